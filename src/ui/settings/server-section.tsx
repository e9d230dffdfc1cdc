import { For, Show, type JSX } from "solid-js";
import type { ServerView } from "../../api/contract.ts";
import { useApp } from "../context.ts";
import { AdminLines } from "../parts/admin-lines.tsx";
import { createQuery } from "../query.ts";
import { serverAbility, sizeOf, storageWords } from "../words/storage.ts";
import { Row } from "./row.tsx";
import { Facts, Section } from "./setting.tsx";

const ABILITIES = ["archive", "carbons", "resumption", "privateState", "blocking"] as const;

/** What the server can do for mail, and for what it cannot, lines its admin can paste. */
const FACTS = ABILITIES.map((name) => serverAbility[name].name).join(" ");

export function ServerSection(): JSX.Element {
  const { api } = useApp();
  const server = createQuery(api, "server", () => null, { key: "host" });
  const can = (name: (typeof ABILITIES)[number], view: ServerView): string => {
    const has = view[name];
    if (has === undefined) return storageWords.notAsked;
    return has ? storageWords.yes : storageWords.no;
  };
  return (
    <Section of="server">
      <Show when={server.value}>
        {(view) => (
          <Facts words={FACTS}>
            <dl>
              <Row name={storageWords.host}>
                <bdi>{view().host}</bdi>
              </Row>
              <For each={ABILITIES}>
                {(name) => <Row name={serverAbility[name].name}>{can(name, view())}</Row>}
              </For>
              <Show when={view().maxStanzaBytes}>
                {(bytes) => <Row name={storageWords.maxMessage}>{sizeOf(bytes())}</Row>}
              </Show>
            </dl>
            <For each={ABILITIES.filter((name) => view()[name] === false)}>
              {(name) => (
                <div class="settings-missing">
                  <strong>{serverAbility[name].name}</strong>
                  <p>{serverAbility[name].without}</p>
                  <AdminLines lines={serverAbility[name].lines} />
                </div>
              )}
            </For>
          </Facts>
        )}
      </Show>
    </Section>
  );
}
