/** Who sent a message: what is odd about it, who vouches for what, and whether they are blocked. */
import { createMemo, For, Show, type JSX } from "solid-js";
import type { MessageView, SenderView } from "../../api/contract.ts";
import { shownLine } from "../../base/display.ts";
import { domainOf, type Jid } from "../../mail/address.ts";
import { hrefOfPerson } from "../../mail/route.ts";
import { senderWarnings } from "../../mail/sender-check.ts";
import { act } from "../act.ts";
import { useApp } from "../context.ts";
import { Address, isNamed } from "../parts/address.tsx";
import { Icon } from "../parts/icon.tsx";
import { say } from "../parts/toast.tsx";
import { createQuery } from "../query.ts";
import { words } from "../words/more.ts";
import { blockText, senderWords, warningText } from "../words/senders.ts";

/** What is known here of the sender, while the message is open. */
export function createSender(
  message: () => MessageView,
  open: () => boolean,
): () => SenderView | undefined {
  const { api } = useApp();
  const query = createQuery(
    api,
    "sender",
    () => (open() && message().direction === "in" ? { key: message().key } : undefined),
    { keeps: () => true },
  );
  return () => query.value;
}

/** One note, a line for each thing a person should know before they believe the name. */
export function SenderNote(props: { message: MessageView }): JSX.Element {
  const lines = createMemo(() => {
    const { message } = props;
    if (message.direction === "out" && message.replyTo === undefined) return [];
    const { claimedName: nick } = message;
    const isShown = nick !== undefined && shownLine(nick) === message.from.name;
    return senderWarnings({
      jid: message.from.jid,
      ...(isShown ? { nick } : {}),
      ...message.stranger,
      ...(message.replyTo === undefined ? {} : { replyTo: message.replyTo.map((p) => p.jid) }),
    }).map(warningText);
  });
  return (
    <Show when={lines().length > 0}>
      <div class="note sender-note" role="note" aria-label={words.senderWarning}>
        <Icon name="warn" />
        <ul>
          <For each={lines()}>{(line) => <li dir="auto">{line}</li>}</For>
        </ul>
      </div>
    </Show>
  );
}

/** That the sender is blocked, with the way back. */
export function BlockNote(props: {
  message: MessageView;
  sender: SenderView | undefined;
}): JSX.Element {
  const { api } = useApp();
  const block = () => props.sender?.block;
  async function report(): Promise<void> {
    const { jid } = props.message.from;
    const { ok, host } = await api.run("block", { jid, report: props.message.key });
    say(ok ? senderWords.reported(host) : senderWords.notOffered(host));
  }
  return (
    <Show when={block()}>
      {(standing) => (
        <div class="note" role="note" aria-label={senderWords.blockNote}>
          <Icon name="block" />
          <span>{blockText(standing(), props.message.from.jid, props.sender?.host ?? "")}</span>
          <button
            type="button"
            class="link"
            onClick={() => act(api, "unblock", { entry: standing().entry })}
          >
            {senderWords.unblock}
          </button>
          <Show when={standing().state === "blocked" && props.sender?.canReport}>
            <button
              type="button"
              class="link"
              onClick={() => void report().catch(() => say(words.notKept))}
            >
              {senderWords.report}
            </button>
          </Show>
        </div>
      )}
    </Show>
  );
}

/** First in the list of people: the sender with the full address, and who says that the domain is right. */
export function SenderDetail(props: { message: MessageView; me: Jid }): JSX.Element {
  const from = () => props.message.from;
  return (
    <>
      <dt>{senderWords.from}</dt>
      <dd>
        <div>
          <Show when={isNamed(from())}>
            <bdi>{from().name}</bdi>{" "}
          </Show>
          <Address class="article-address" jid={from().jid} />
        </div>
        <Show when={props.message.direction === "in"}>
          <div class="article-address">
            {senderWords.vouched(domainOf(from().jid), domainOf(props.me))}
          </div>
          <a class="link" href={hrefOfPerson(from().jid)}>
            {senderWords.allWith}
          </a>
        </Show>
      </dd>
    </>
  );
}
