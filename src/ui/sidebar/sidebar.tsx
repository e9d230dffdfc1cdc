import { createEffect, createSignal, For, onCleanup, Show, type JSX } from "solid-js";
import { MAILBOXES, type Mailbox, type MailboxesView, type Place } from "../../api/contract.ts";
import { compose } from "../compose/asked.ts";
import { useApp } from "../context.ts";
import { keyOf } from "../keys/key-map.ts";
import { Icon } from "../parts/icon.tsx";
import { afterRows } from "../listed.ts";
import { late } from "../parts/late.tsx";
import { count, mailboxName, words } from "../words.ts";
import { Over } from "../parts/over.tsx";
import { AccountMenu } from "./account-menu.tsx";
import { Status } from "./status.tsx";
import "./sidebar.css";

const Labels = late(async () => (await import("./labels.tsx")).Labels);
const SignOutDialog = late(async () => (await import("./sign-out-dialog.tsx")).SignOutDialog);

export function Sidebar(props: {
  mailbox: Place | undefined;
  counts: MailboxesView | undefined;
  onClose: () => void;
}): JSX.Element {
  const { api } = useApp();
  const [signingOut, setSigningOut] = createSignal(false);
  const wantsLabels = createWanted(() => props.counts);
  return (
    <div class="sidebar">
      <div class="sidebar-top">
        <button
          type="button"
          class="button primary sidebar-compose"
          title={keyOf("compose")}
          onClick={() => compose(api)}
        >
          {words.compose}
        </button>
      </div>
      <div class="sidebar-boxes">
        <nav aria-label={words.mailboxes}>
          <ul>
            <For each={MAILBOXES}>
              {(mailbox) => (
                <li>
                  <a
                    class="sidebar-item"
                    href={`#/${mailbox}`}
                    aria-current={props.mailbox === mailbox ? "page" : undefined}
                    aria-label={labelOf(mailbox, props.counts)}
                    data-place={mailbox}
                    onClick={() => props.onClose()}
                  >
                    <Icon name={mailbox} />
                    <span class="sidebar-label">{mailboxName[mailbox]}</span>
                    <Show when={countOf(mailbox, props.counts) > 0}>
                      <span
                        class="sidebar-count"
                        data-count={count(countOf(mailbox, props.counts))}
                      />
                    </Show>
                  </a>
                </li>
              )}
            </For>
          </ul>
        </nav>
        <Show when={wantsLabels()}>
          <Over>
            <Labels place={props.mailbox} counts={props.counts} onClose={() => props.onClose()} />
          </Over>
        </Show>
      </div>
      <Status />
      <AccountMenu onSignOut={() => setSigningOut(true)} />
      <Show when={signingOut()}>
        <Over onClose={() => setSigningOut(false)}>
          <SignOutDialog onClose={() => setSigningOut(false)} />
        </Over>
      </Show>
    </div>
  );
}

/** ms after the first rows */
const LABELS_MS = 1500;

/** Tags and folders come with the rows where there are any; where not, after what is waited for. */
function createWanted(counts: () => MailboxesView | undefined): () => boolean {
  const [wanted, setWanted] = createSignal(false);
  createEffect(() => {
    const now = counts();
    if (now === undefined || wanted()) return;
    const isUsed = Object.keys(now.labels).length > 0;
    onCleanup(afterRows(isUsed ? 0 : LABELS_MS, () => setWanted(true)));
  });
  return wanted;
}

/** Of these all of it counts, whether read or not. */
const WHOLE: Partial<Record<Mailbox, (n: number) => string>> = {
  outbox: words.waiting,
  drafts: count,
  snoozed: count,
};
const UNCOUNTED: readonly Mailbox[] = ["sent", "all", "trash"];

/** Unread conversations; of what I write and what waits, all of it. */
function countOf(mailbox: Mailbox, counts: MailboxesView | undefined): number {
  const of = counts?.[mailbox];
  if (of === undefined || UNCOUNTED.includes(mailbox)) return 0;
  return mailbox in WHOLE ? of.total : of.unread;
}

function labelOf(mailbox: Mailbox, counts: MailboxesView | undefined): string {
  const shown = countOf(mailbox, counts);
  const name = mailboxName[mailbox];
  return shown === 0 ? name : `${name}, ${(WHOLE[mailbox] ?? words.unread)(shown)}`;
}
