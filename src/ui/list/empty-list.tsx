import { Show, type JSX } from "solid-js";
import type { Mailbox, Place, SyncView } from "../../api/contract.ts";
import { labelOfPlace } from "../../mail/place.ts";
import { compose } from "../compose/asked.ts";
import { useApp } from "../context.ts";
import { say } from "../parts/toast.tsx";
import { createView } from "../answer.ts";
import { words } from "../words.ts";

/** An empty mailbox tells what to do next; while the archive is still being read, it says so instead. */
export function EmptyList(props: { mailbox: Place; isGone: boolean }): JSX.Element {
  const { api, session } = useApp();
  const status = createView(api, "status", () => null);
  const mailboxes = createView(api, "mailboxes", () => null);
  const expectsMail = () => props.mailbox === "inbox" || props.mailbox === "all";
  const text = (): { title: string; text: string } => {
    const sync = status.value?.sync;
    if (props.isGone) return { title: words.nothingHere, text: words.labelGone };
    const isConnected = status.value?.connection.state === "connected";
    if (!expectsMail()) return (isConnected && notReadYet(props.mailbox, sync?.state)) || usual();
    if (sync?.state === "syncing" && isConnected) {
      const chats = sync.done - sync.mail;
      const { title, text: looking } = words.empty.looking;
      return chats > 0 && sync.mail === 0
        ? { title, text: looking(chats) }
        : words.empty.lookingNone;
    }
    if (
      sync === undefined ||
      (sync.state === "waiting" && status.value?.connection.state !== "connected")
    ) {
      return words.empty.offline;
    }
    return (mailboxes.value?.all.total ?? 0) > 0 ? words.empty.inboxRead : usual();
  };
  const usual = () => words.empty[labelOfPlace(props.mailbox)?.kind ?? (props.mailbox as Mailbox)];
  const hasNoMail = () => text() === usual() && expectsMail();
  async function copy(): Promise<void> {
    await navigator.clipboard.writeText(session().address);
    say(words.empty.copied);
  }
  return (
    <div class="nothing">
      <Show when={props.isGone} fallback={<h2>{text().title}</h2>}>
        <h1>{text().title}</h1>
      </Show>
      <p>{text().text}</p>
      <Show when={hasNoMail()}>
        <p>
          <bdi>{session().address}</bdi>
        </p>
      </Show>
      <Show when={props.isGone}>
        <div class="nothing-actions">
          <a class="button" href="#/inbox">
            {words.toInbox}
          </a>
        </div>
      </Show>
      <Show when={hasNoMail() || (expectsMail() && status.value?.sync.state === "syncing")}>
        <div class="nothing-actions">
          <button
            type="button"
            class="button primary"
            onClick={() => compose(api, { to: [session().address] })}
          >
            {words.empty.writeToSelf}
          </button>
          <button type="button" class="button" onClick={() => void copy()}>
            {words.empty.copyAddress}
          </button>
        </div>
      </Show>
    </div>
  );
}

/** What is told of a place that may not be empty: this device has not read everything yet. */
function notReadYet(
  place: Place,
  state: SyncView["state"] | undefined,
): { title: string; text: string } | undefined {
  if (place === "outbox" || place === "drafts") return undefined;
  if (state === "syncing") return words.empty.lookingNone;
  const isAsArrived = place === "sent" || place === "chats";
  return state === "reading" && !isAsArrived ? words.empty.lookingState : undefined;
}
