import { createSignal, For, Show, type JSX } from "solid-js";
import { MAILBOXES, type Mailbox, type MailboxesView } from "../../api/contract.ts";
import { compose } from "../compose/open-drafts.ts";
import { useApp } from "../context.ts";
import { keyOf } from "../keys/key-map.ts";
import { Icon } from "../parts/icon.tsx";
import { late } from "../parts/late.tsx";
import { count, mailboxName, words } from "../words.ts";
import { AccountMenu } from "./account-menu.tsx";
import { Status } from "./status.tsx";
import "./sidebar.css";

const SignOutDialog = late(async () => (await import("./sign-out-dialog.tsx")).SignOutDialog);

export function Sidebar(props: {
  mailbox: Mailbox | undefined;
  counts: MailboxesView | undefined;
  onClose: () => void;
}): JSX.Element {
  const { api } = useApp();
  const [signingOut, setSigningOut] = createSignal(false);
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
      <nav class="sidebar-boxes" aria-label={words.mailboxes}>
        <ul>
          <For each={MAILBOXES}>
            {(mailbox) => (
              <li>
                <a
                  class="sidebar-item"
                  href={`#/${mailbox}`}
                  aria-current={props.mailbox === mailbox ? "page" : undefined}
                  aria-label={labelOf(mailbox, props.counts)}
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
      <Status />
      <AccountMenu onSignOut={() => setSigningOut(true)} />
      <Show when={signingOut()}>
        <SignOutDialog onClose={() => setSigningOut(false)} />
      </Show>
    </div>
  );
}

/** Unread conversations; of what I write, all of it. */
function countOf(mailbox: Mailbox, counts: MailboxesView | undefined): number {
  const of = counts?.[mailbox];
  if (of === undefined || mailbox === "sent" || mailbox === "all") return 0;
  return mailbox === "outbox" || mailbox === "drafts" ? of.total : of.unread;
}

function labelOf(mailbox: Mailbox, counts: MailboxesView | undefined): string {
  const shown = countOf(mailbox, counts);
  const name = mailboxName[mailbox];
  if (shown === 0) return name;
  if (mailbox === "outbox") return `${name}, ${words.waiting(shown)}`;
  return mailbox === "drafts" ? `${name}, ${count(shown)}` : `${name}, ${words.unread(shown)}`;
}
