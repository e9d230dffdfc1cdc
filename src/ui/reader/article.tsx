import {
  createSignal,
  createUniqueId,
  ErrorBoundary,
  For,
  onMount,
  Show,
  type JSX,
} from "solid-js";
import type { MessageView, Person } from "../../api/contract.ts";
import type { Jid } from "../../mail/address.ts";
import { isolated } from "../../base/isolated.ts";
import { openDraftNow } from "../compose/open-drafts.ts";
import { act } from "../act.ts";
import { say } from "../parts/toast.tsx";
import { useApp } from "../context.ts";
import { Address, isNamed } from "../parts/address.tsx";
import { Broken } from "../parts/broken.tsx";
import { Avatar } from "../parts/avatar.tsx";
import { TechnicalDetails } from "../parts/technical-details.tsx";
import { Icon } from "../parts/icon.tsx";
import { late } from "../parts/late.tsx";
import { dateOf, fullTime, shortTime } from "../time.ts";
import { bounceReason, deliveryWord, words } from "../words/more.ts";
import { Files } from "./attachments/files.tsx";
import { Body } from "./body.tsx";
import { FoldedWords, OnRequest } from "./on-request.tsx";
import { MoreMenu } from "./more-menu.tsx";
import { Reactions } from "./reactions.tsx";
import { BlockNote, createSender, SenderDetail, SenderNote } from "./sender.tsx";

/** What it takes to show foreign HTML is wanted by few messages, and large: it comes after all else is there. */
const HtmlMessage = late(() =>
  import("./html/html-message.tsx").then((html) => {
    html.prepare();
    return html.HtmlMessage;
  }),
);
HtmlMessage.soon();

export function Article(props: {
  message: MessageView;
  /** It stands in a mail conversation, not among the chats with a person. */
  isMail: boolean;
  now: number;
  open: boolean;
  /** Where reading begins. */
  focus: boolean;
  /** Shown where it differs from the conversation's. */
  subject: string;
  onToggle: () => void;
  /** `onUnreadFrom`: it and what came after it are to be unread again. */
  conversation: { href: string; subject: string; onUnreadFrom: (key: number) => void };
}): JSX.Element {
  const sender = createSender(
    () => props.message,
    () => props.open,
  );
  const { session } = useApp();
  const name = () => (props.message.direction === "out" ? words.me : props.message.from.name);
  /** The address stands beside the name, folded or not: a name is what its bearer says it is. */
  const hasOtherName = () => isNamed({ name: name(), jid: props.message.from.jid });
  const id = createUniqueId();
  let element: HTMLElement | undefined;
  onMount(() => {
    if (!props.focus || element === undefined) return;
    // Where it begins in sight, the subject above it stays in sight too.
    const room = element.closest(".reader")?.getBoundingClientRect();
    const begins = element.getBoundingClientRect().top - (room?.top ?? 0);
    if (begins > (room?.height ?? 0) * 0.6) element.scrollIntoView({ block: "start" });
    element.querySelector<HTMLElement>("h3, .article-fold")?.focus({ preventScroll: true });
  });
  const time = (): JSX.Element => (
    <time datetime={dateOf(props.message.at).toISOString()} title={fullTime(props.message.at)}>
      {shortTime(props.message.at, props.now)}
    </time>
  );
  return (
    <article
      ref={element}
      class="article"
      data-key={props.message.key}
      classList={{ open: props.open }}
      aria-label={words.messageFrom(props.message.from.name)}
    >
      <Show
        when={props.open}
        fallback={
          <button
            type="button"
            class="article-fold"
            aria-expanded="false"
            onClick={() => props.onToggle()}
          >
            <span class="article-from">
              <Show
                when={hasOtherName()}
                fallback={<Address class="article-name" jid={props.message.from.jid} />}
              >
                <bdi class="article-name">{name()}</bdi>{" "}
                <Address class="article-address" jid={props.message.from.jid} />
              </Show>
            </span>
            <span class="article-snippet" dir="auto">
              <FoldedWords message={props.message} />
            </span>
            <Show when={props.message.attachments.length > 0}>
              <Icon name="clip" />
            </Show>
            {time()}
          </button>
        }
      >
        <div
          class="article-head"
          onClick={(event) => {
            // The whole line folds, but what is pressed or selected in it does its own thing.
            const pressed = event.target.closest("button, a, dl") !== null;
            if (!pressed && getSelection()?.isCollapsed !== false) props.onToggle();
          }}
        >
          <Avatar person={props.message.from} />
          <div class="article-who">
            <h3 tabindex="-1" id={id}>
              <Show when={hasOtherName()} fallback={<Address jid={props.message.from.jid} />}>
                <bdi>{name()}</bdi>
                <span class="article-address">
                  <Address jid={props.message.from.jid} />
                </span>
              </Show>
            </h3>
            <Addressees message={props.message} me={session().address} />
          </div>
          <button
            type="button"
            class="article-close"
            aria-expanded="true"
            aria-describedby={id}
            onClick={() => props.onToggle()}
          >
            <span class="out-of-sight">{words.messageFrom(props.message.from.name)}</span>
            {time()}
          </button>
          <MoreMenu
            message={props.message}
            sender={sender()}
            href={props.conversation.href}
            subject={props.subject === "" ? props.conversation.subject : props.subject}
            onUnreadFrom={() => props.conversation.onUnreadFrom(props.message.key)}
          />
        </div>
        <div class="article-body">
          <SenderNote message={props.message} />
          <BlockNote message={props.message} sender={sender()} />
          <Notes message={props.message} isMail={props.isMail} />
          <Show when={props.subject !== ""}>
            <p class="article-subject" dir="auto">
              {props.subject}
            </p>
          </Show>
          <OnRequest message={props.message} now={props.now}>
            <Show
              when={props.message.hasHtml}
              fallback={<Body message={props.message} now={props.now} />}
            >
              <ErrorBoundary fallback={(error: unknown) => <Broken error={error} />}>
                <HtmlMessage message={props.message} now={props.now} />
              </ErrorBoundary>
            </Show>
            <Files message={props.message} />
          </OnRequest>
          <Reactions message={props.message} />
          <Delivery message={props.message} />
        </div>
      </Show>
    </article>
  );
}

/** "to me, Tom"; everybody with their address one click away. */
function Addressees(props: { message: MessageView; me: Jid }): JSX.Element {
  const [open, setOpen] = createSignal(false);
  const id = createUniqueId();
  const short = (person: Person): string => (person.jid === props.me ? words.me : person.name);
  const all = () => [...props.message.to, ...props.message.cc, ...props.message.bcc];
  const groups = () =>
    (["to", "cc", "bcc"] as const)
      .map((field) => ({ field, people: props.message[field] }))
      .filter((g) => g.people.length > 0);
  return (
    <>
      <button
        type="button"
        class="article-to"
        aria-expanded={open()}
        aria-controls={id}
        title={words.showRecipients}
        onClick={() => setOpen(!open())}
      >
        {words.toPeople(all().slice(0, 4).map(short).map(isolated).join(", "))}
        {all().length > 4 ? ` ${words.andMore(all().length - 4)}` : ""}
      </button>
      <dl id={id} class="article-people" hidden={!open()}>
        <SenderDetail message={props.message} me={props.me} />
        <For each={groups()}>
          {(group) => (
            <>
              <dt>{words.field[group.field]}</dt>
              <dd>
                <For each={group.people}>
                  {(person) => (
                    <div>
                      <Show when={isNamed(person)} fallback={<Address jid={person.jid} />}>
                        <bdi>{person.name}</bdi>{" "}
                        <Address class="article-address" jid={person.jid} />
                      </Show>
                    </div>
                  )}
                </For>
              </dd>
            </>
          )}
        </For>
      </dl>
    </>
  );
}

function Notes(props: { message: MessageView; isMail: boolean }): JSX.Element {
  return (
    <>
      <Show when={props.isMail && props.message.kind === "chat"}>
        <p class="note" role="note" aria-label={words.answeredInChat}>
          <Icon name="chats" />
          {words.answeredInChat}
        </p>
      </Show>
      <Show when={props.message.problem}>
        {(problem) => (
          <div class="note" role="note" aria-label={words.bounceNotice}>
            <Icon name="warn" />
            <span>{words.bounced(bounceReason(problem()))}</span>
            <TechnicalDetails text={problem()} />
          </div>
        )}
      </Show>
      <Show when={props.message.bccToMe}>
        <p class="note" role="note" aria-label={words.bccToMe}>
          <Icon name="info" />
          {words.bccToMe}
        </p>
      </Show>
    </>
  );
}

/** What is known of my message, and what can be done about it. */
function Delivery(props: { message: MessageView }): JSX.Element {
  const { api } = useApp();
  const failed = () => props.message.recipients?.find((r) => r.state === "failed");
  const isRetracted = () => props.message.retracted !== undefined;
  const word = (): string => {
    const bad = failed();
    const state =
      bad === undefined
        ? props.message.delivery && deliveryWord[props.message.delivery]
        : `${deliveryWord.failed}: ${bounceReason(bad.reason)}`;
    return isRetracted() ? words.retraction(state ?? "") : (state ?? "");
  };
  /** What the servers said, word for word. */
  const details = (): string =>
    (props.message.recipients ?? [])
      .filter((r) => r.state === "failed" && r.reason !== undefined)
      .map((r) => `${r.jid}: ${r.reason}`)
      .join("\n");
  async function edit(): Promise<void> {
    try {
      const back = await api.run("editUnsent", { key: props.message.key });
      if (back !== null) openDraftNow(back.draft);
    } catch {
      say(words.notKept);
    }
  }
  return (
    <Show when={props.message.delivery}>
      {(state) => (
        <div class="delivery" data-state={failed() === undefined ? state() : "failed"}>
          <span>{word()}</span>
          <Show when={(props.message.recipients?.length ?? 0) > 1}>
            <ul aria-label={words.recipients}>
              <For each={props.message.recipients}>
                {(recipient) => (
                  <li>
                    <Address jid={recipient.jid} />:{" "}
                    {recipient.state === "failed"
                      ? `${deliveryWord.failed}: ${bounceReason(recipient.reason)}`
                      : deliveryWord[recipient.state]}
                  </li>
                )}
              </For>
            </ul>
          </Show>
          <TechnicalDetails text={details()} />
          <Show when={failed() !== undefined || (state() === "waiting" && !isRetracted())}>
            <span class="delivery-actions">
              <Show when={failed()}>
                <button
                  type="button"
                  class="button"
                  onClick={() => act(api, "retrySend", { key: props.message.key })}
                >
                  {words.retry}
                </button>
              </Show>
              <Show when={!isRetracted()}>
                <button type="button" class="button" onClick={() => void edit()}>
                  {words.edit}
                </button>
                <button
                  type="button"
                  class="button"
                  onClick={() => act(api, "discardUnsent", { key: props.message.key })}
                >
                  {words.discard}
                </button>
              </Show>
            </span>
          </Show>
        </div>
      )}
    </Show>
  );
}
