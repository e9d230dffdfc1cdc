import { For, Show, type JSX } from "solid-js";
import { act } from "../act.ts";
import { useApp } from "../context.ts";
import { Address } from "../parts/address.tsx";
import { createQuery } from "../query.ts";
import { Facts, Section } from "./setting.tsx";
import { blockedWords, senderWords, standingText } from "../words/senders.ts";

/** Whom the server blocks for this account, and the way back for each. */
export function BlockedSection(): JSX.Element {
  const { api } = useApp();
  const blocked = createQuery(api, "blocked", () => null, { key: "entry" });
  return (
    <Section of="blocked">
      <Show when={blocked.value}>
        {(view) => (
          <Facts words={blockedWords.title}>
            <p class="settings-hint">{about(view())}</p>
            <Show when={view().entries.length > 0}>
              <ul aria-labelledby="settings-blocked">
                <For each={view().entries}>
                  {(standing) => (
                    <li class="settings-row">
                      <span>
                        <Address jid={standing.entry} />
                        <span class="settings-hint">{standingText(standing, view().host)}</span>
                      </span>
                      <button
                        type="button"
                        class="button"
                        aria-label={senderWords.unblockOf(standing.entry)}
                        onClick={() => act(api, "unblock", { entry: standing.entry })}
                      >
                        {senderWords.unblock}
                      </button>
                    </li>
                  )}
                </For>
              </ul>
            </Show>
          </Facts>
        )}
      </Show>
    </Section>
  );
}

function about(view: { host: string; isOffered?: boolean; entries: readonly unknown[] }): string {
  if (view.isOffered === undefined) return blockedWords.notAsked;
  if (!view.isOffered) return senderWords.notOffered(view.host);
  const text = blockedWords.text(view.host);
  return view.entries.length === 0 ? `${blockedWords.none} ${text}` : text;
}
