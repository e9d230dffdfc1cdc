/** One conversation: opened at the first unread message, what was read before folded, a reply box at the end. */
import {
  createComputed,
  createEffect,
  createMemo,
  createSignal,
  For,
  on,
  onCleanup,
  Show,
  untrack,
  type JSX,
} from "solid-js";
import type { ApiClient } from "../../api/client.ts";
import type { ConversationView, MessageView, Place, TriageAct } from "../../api/contract.ts";
import type { DraftKind } from "../../mail/draft.ts";
import { InlineReply } from "../compose/composers.tsx";
import { inlineDraftOf, raise, replyTo } from "../compose/open-drafts.ts";
import { useApp } from "../context.ts";
import { Icon } from "../parts/icon.tsx";
import { say } from "../parts/toast.tsx";
import { createMinute, readOnce } from "../answer.ts";
import { createQuery } from "../query.ts";
import { hrefOfPlace, parseRoute } from "../route.ts";
import { createActions } from "../keys/actions.ts";
import { keyOf, titleOf } from "../keys/key-map.ts";
import { isLeaving } from "../triage/commands.ts";
import { doAct } from "../triage/perform.ts";
import { afterArchiving } from "../settings/preferences.ts";
import { TroubleLine } from "../sidebar/status.tsx";
import { words } from "../words/more.ts";
import { moreWords } from "../words/senders.ts";
import { Article } from "./article.tsx";
import { copyLink } from "./copy-link.ts";
import { argsOf, type ConversationRoute, lookUpArgs, PAGE } from "./asked.ts";
import { LinkCheck } from "./links/link-check.tsx";
import { guardLinks } from "./links/open-link.ts";
import { NotHere } from "./not-here.tsx";
import { Others } from "./others.tsx";
import { createReaderTriage, ReaderActs, ReaderMarks, ReaderUndo, StarButton } from "./triage.tsx";
import "../parts/note.css";
import "./reader.css";

/** Who goes on at once asks for the next one himself. ms */
const PREFETCH_MS = 300;
/** A run of this many folded messages becomes one line. */
const RUN = 4;

type Found = Extract<ConversationView, { state: "found" }>;

export function Reader(props: { route: ConversationRoute; mailbox: Place }): JSX.Element {
  const { api } = useApp();
  const now = createMinute();
  const [limit, setLimit] = createSignal(PAGE);
  const args = createMemo(() => argsOf(props.route, limit()), undefined, {
    equals: (a, b) => JSON.stringify(a) === JSON.stringify(b),
  });
  // Before anything is drawn: the worker reads it meanwhile.
  createComputed(() => api.askAhead("conversation", args()));
  const query = createQuery(api, "conversation", args, {
    key: "key",
    keeps: (before, after) =>
      before.thread === after.thread &&
      before.message === after.message &&
      before.with === after.with,
  });
  const found = (): Found | undefined => (query.value?.state === "found" ? query.value : undefined);
  const neighbours = createQuery(
    api,
    "neighbours",
    () => {
      const id = found()?.id;
      return id === undefined ? undefined : { mailbox: props.mailbox, id };
    },
    { keeps: () => true },
  );
  const goTo = (href: string | undefined): boolean => {
    if (href === undefined) return false;
    location.hash = href;
    return true;
  };
  const back = (): void => void (location.hash = hrefOfPlace(props.mailbox));
  const newest = (): MessageView | undefined => found()?.messages.at(-1);
  /** Answers go to the newest message that came in; without one, to the newest. */
  const answered = (): MessageView | undefined =>
    found()?.messages.findLast((m) => m.direction === "in") ?? newest();
  const start = (kind: DraftKind): void => {
    const message = answered();
    const open = inlineDraftOf(found()?.messages.map((m) => m.key) ?? []);
    if (open !== undefined && kind !== "forward") return raise(open.draft.id);
    if (message !== undefined) void replyTo(api, message.key, kind, wordsToQuote(api, message));
  };

  /** By key: back to the row it was opened from, so that the next key goes on from there. */
  function backToRow(): void {
    const row = document.querySelector<HTMLElement>("[role=row][aria-current=true]");
    back();
    setTimeout(() => {
      const stop = document.querySelector<HTMLElement>("[role=row][tabindex='0']");
      (row?.isConnected === true ? row : stop)?.focus();
    });
  }
  createActions({
    back: backToRow,
    next: () => goTo(neighbours.value?.older),
    previous: () => goTo(neighbours.value?.newer),
  });
  createActions(
    {
      reply: () => start("reply"),
      replyAll: () => start("reply-all"),
      forward: () => start("forward"),
      unreadFrom: () => markUnread(focusedMessage()),
    },
    () => found() !== undefined,
  );
  const { scene, subject } = createReaderTriage({
    view: found,
    place: () => props.mailbox,
    onDone: goOn,
  });
  /** After what was done with it: what comes next is known before it leaves the list. */
  function goOn(act: TriageAct, where = afterArchiving()): void {
    const conversation = found();
    if (conversation === undefined) return;
    if (act.do === "unread") {
      seen = conversation.id;
      return back();
    }
    if (!isLeaving(act)) return;
    const { newer, older } = neighbours.value ?? {};
    if (where === "list" || !goTo(where === "newer" ? newer : older)) backToRow();
  }
  function markUnread(from?: number): void {
    const now = subject();
    if (now === undefined) return;
    doAct(scene, now, { do: "unread", ...(from === undefined ? {} : { from }) });
  }

  // What is open and in sight counts as read; marking it unread again is not undone by that.
  let seen = "";
  // Some of a conversation is here, and not what the link means: the archive may have it.
  const lacking = createMemo(() => {
    const { message, at } = props.route;
    const view = found();
    const isHere = view === undefined || view.messages.some(({ id }) => id === message);
    return message === undefined || at === undefined || isHere ? undefined : message;
  });
  createEffect(() => {
    if (lacking() === undefined) return;
    const args = untrack(() => lookUpArgs(props.route));
    api.run("lookUp", args).catch(() => undefined);
  });

  const visible = createVisible();
  createEffect(() => {
    const conversation = found();
    if (conversation === undefined || !conversation.unread || !visible()) return;
    if (seen === conversation.id) return;
    // Nobody asked for it: where it cannot be kept, the mail stays unread and the page says why at the top.
    api.run("markRead", { conversation: conversation.id }).catch(() => undefined);
  });

  return (
    <>
      <div class="bar reader-bar" role="toolbar" aria-label={words.conversationBar}>
        <button
          type="button"
          class="quiet"
          aria-label={words.back}
          title={titleOf(words.back, "back")}
          onClick={back}
        >
          <Icon name="back" />
        </button>
        <Show when={subject()}>{(now) => <ReaderActs scene={scene} subject={now()} />}</Show>
        <span class="reader-gap" />
        <TroubleLine />
        <ReaderUndo scene={scene} />
        <Show when={subject()}>{(now) => <StarButton scene={scene} subject={now()} />}</Show>
        <button
          type="button"
          class="quiet"
          aria-label={words.newer}
          title={titleOf(words.newer, "previous")}
          disabled={neighbours.value?.newer === undefined}
          onClick={() => goTo(neighbours.value?.newer)}
        >
          <Icon name="up" />
        </button>
        <button
          type="button"
          class="quiet"
          aria-label={words.older}
          title={titleOf(words.older, "next")}
          disabled={neighbours.value?.older === undefined}
          onClick={() => goTo(neighbours.value?.older)}
        >
          <Icon name="down" />
        </button>
      </div>
      <Show when={query.value?.state === "missing"}>
        <NotHere route={props.route} />
      </Show>
      <Show when={found()?.id} keyed>
        {(_id) => (
          <Show when={found()}>
            {(conversation) => (
              <Conversation
                view={conversation()}
                target={targetOf(props.route, conversation())}
                onUnreadFrom={markUnread}
                now={now()}
                onOlder={() => setLimit(limit() + PAGE)}
                onReply={start}
                answered={answered()}
              />
            )}
          </Show>
        )}
      </Show>
      <LinkCheck />
      <Prefetch href={neighbours.value?.older} />
      <Prefetch href={neighbours.value?.newer} />
    </>
  );
}

/** HTML alone is read here, where there is a parser for it, and quoted as text: never as HTML, never with its pictures. */
function wordsToQuote(
  api: ApiClient,
  { key, body, hasHtml }: MessageView,
): (() => Promise<string>) | undefined {
  if (!hasHtml || body !== "") return undefined;
  return async () => (await import("./html/words-of.ts")).readWords(api, key);
}

/** The message that has the focus, by its key. */
function focusedMessage(): number | undefined {
  const article = document.activeElement?.closest<HTMLElement>("article[data-key]");
  const key = Number(article?.dataset["key"] ?? Number.NaN);
  return Number.isNaN(key) ? undefined : key;
}

/** Whether somebody can see the page, as it changes. */
function createVisible(): () => boolean {
  const [visible, setVisible] = createSignal(document.visibilityState === "visible");
  const onChange = (): void => void setVisible(document.visibilityState === "visible");
  document.addEventListener("visibilitychange", onChange);
  onCleanup(() => document.removeEventListener("visibilitychange", onChange));
  return visible;
}

/** The message a permalink means; none where it is the conversation's own address. */
function targetOf(route: ConversationRoute, view: Found): string | undefined {
  const own = parseRoute(view.href);
  const isOwn =
    own.name === "conversation" && own.thread === route.thread && own.message === route.message;
  return isOwn ? undefined : route.message;
}

/** Has a neighbour read once, so that the next key shows it at once; when nothing of this one is waited for any more. */
function Prefetch(props: { href: string | undefined }): JSX.Element {
  const { api } = useApp();
  createEffect(() => {
    const route = props.href === undefined ? undefined : parseRoute(props.href);
    if (route?.name !== "conversation") return;
    const timer = setTimeout(
      () => void readOnce(api, "conversation", argsOf(route, PAGE)).catch(() => undefined),
      PREFETCH_MS,
    );
    onCleanup(() => clearTimeout(timer));
  });
  return null;
}

function Conversation(props: {
  view: Found;
  target: string | undefined;
  onUnreadFrom: (key: number) => void;
  now: number;
  onOlder: () => void;
  onReply: (kind: DraftKind) => void;
  answered: MessageView | undefined;
}): JSX.Element {
  const { api } = useApp();
  let scroller: HTMLDivElement | undefined;
  // Decided when the conversation opens; what arrives later is open, what is read meanwhile stays as it was.
  const [unfolded, setUnfolded] = createSignal<ReadonlySet<number>>(
    untrack(() => firstUnfolded(props.view, props.target)),
  );
  const [showRun, setShowRun] = createSignal(false);
  let known = untrack(() => new Set(props.view.messages.map((m) => m.key)));
  createEffect(
    on(
      () => props.view.messages.map((m) => m.key),
      (keys) => {
        const fresh = keys.filter((key) => !known.has(key) && key > Math.max(0, ...known));
        known = new Set(keys);
        if (fresh.length > 0) setUnfolded(new Set([...unfolded(), ...fresh]));
      },
    ),
  );
  const toggle = (key: number): void => {
    const next = new Set(unfolded());
    if (!next.delete(key)) next.add(key);
    setUnfolded(next);
  };
  const expandAll = (): void => {
    setShowRun(true);
    setUnfolded(new Set(props.view.messages.map((m) => m.key)));
  };
  /** All but the newest, which a conversation is opened for. */
  const collapseAll = (): void => {
    const newest = props.view.messages.at(-1);
    setUnfolded(new Set(newest === undefined ? [] : [newest.key]));
  };
  /** How many of the oldest messages stand behind "N older messages". */
  const hidden = (): number => {
    if (showRun()) return 0;
    const first = props.view.messages.findIndex((m) => unfolded().has(m.key));
    return first >= RUN ? first - 1 : 0;
  };
  const focusOf = (): number | undefined =>
    props.view.messages.find((m) => m.id !== undefined && m.id === props.target)?.key ??
    props.view.messages.find((m) => m.unread)?.key ??
    props.view.messages.at(-1)?.key;
  const start = untrack(focusOf);

  function step(by: number): boolean {
    const list = [...(scroller?.querySelectorAll<HTMLElement>("article") ?? [])];
    const at = list.findIndex((a) => a.contains(document.activeElement));
    const next = list[Math.min(Math.max(0, at + by), list.length - 1)];
    next?.querySelector<HTMLElement>("h3, button")?.focus();
    next?.scrollIntoView({ block: "nearest" });
    return next !== undefined;
  }
  createActions({
    nextMessage: () => step(1),
    previousMessage: () => step(-1),
    expandAll,
    collapseAll,
    copyLink: () => void copy(),
    more: openMore,
  });
  /** Of the message that has the focus, else of the conversation: it is asked for by how it began. */
  async function copy(): Promise<void> {
    const { href, subject, messages } = props.view;
    const key = focusedMessage();
    const focused = messages.find((m) => m.key === key);
    const linked = focused ?? messages[0];
    if (linked === undefined) return;
    const { from, at } = linked;
    const copied = await copyLink(href, { id: focused?.id, from: from.jid, at }, subject);
    say(copied ? moreWords.linkCopied : moreWords.notCopied);
  }
  /** The menu of the message that has the focus, else of the newest. */
  function openMore(): boolean {
    const list = [...(scroller?.querySelectorAll("article") ?? [])];
    const article = list.find((a) => a.contains(document.activeElement)) ?? list.at(-1);
    const button = article?.querySelector<HTMLElement>(".article-more button");
    button?.click();
    return button !== null && button !== undefined;
  }

  const draft = () => inlineDraftOf(props.view.messages.map((m) => m.key));
  const several = () => {
    const message = props.answered;
    return (
      message !== undefined && message.kind === "mail" && message.to.length + message.cc.length > 1
    );
  };

  return (
    <div
      class="reader"
      ref={(element) => {
        scroller = element;
        onCleanup(guardLinks(element));
      }}
    >
      <div class="reader-column">
        <header class="reader-head">
          <h2 tabindex="-1" dir="auto" classList={{ none: props.view.subject === "" }}>
            {props.view.subject === "" ? titleWithout(props.view) : props.view.subject}
          </h2>
          <Show when={props.view.messages.length > 1}>
            <button
              type="button"
              class="quiet"
              aria-label={words.expandAll}
              title={titleOf(words.expandAll, "expandAll")}
              onClick={expandAll}
            >
              <Icon name="expand" />
            </button>
          </Show>
        </header>
        <ReaderMarks view={props.view} now={props.now} />
        <Show when={props.view.others}>{(others) => <Others others={others()} />}</Show>
        <Show when={props.view.older > 0}>
          <button type="button" class="reader-run" onClick={() => props.onOlder()}>
            {words.olderMessages(props.view.older)}
          </button>
        </Show>
        <Show when={hidden() > 0}>
          <button type="button" class="reader-run" onClick={() => setShowRun(true)}>
            {words.olderMessages(hidden())}
          </button>
        </Show>
        <For each={props.view.messages.slice(hidden())}>
          {(message) => (
            <Article
              message={message}
              isMail={props.view.kind === "mail"}
              now={props.now}
              open={unfolded().has(message.key)}
              focus={message.key === start}
              subject={message.subject === props.view.subject ? "" : message.subject}
              onToggle={() => toggle(message.key)}
              conversation={{
                href: props.view.href,
                subject: props.view.subject,
                onUnreadFrom: (key) => props.onUnreadFrom(key),
              }}
            />
          )}
        </For>
        <Show
          when={draft()}
          keyed
          fallback={
            <div class="reply-box">
              <button type="button" class="reply-start" onClick={() => props.onReply("reply")}>
                {words.writeReply}
              </button>
              <div class="reply-actions">
                <button
                  type="button"
                  class="button"
                  title={keyOf("reply")}
                  onClick={() => props.onReply("reply")}
                >
                  <Icon name="reply" />
                  {words.reply}
                </button>
                <Show when={several()}>
                  <button
                    type="button"
                    class="button"
                    title={keyOf("replyAll")}
                    onClick={() => props.onReply("reply-all")}
                  >
                    <Icon name="replyAll" />
                    {words.replyAll}
                  </button>
                </Show>
                <button
                  type="button"
                  class="button"
                  title={keyOf("forward")}
                  onClick={() => props.onReply("forward")}
                >
                  <Icon name="forward" />
                  {words.forward}
                </button>
              </div>
            </div>
          }
        >
          {(open) => <InlineReply open={open} api={api} />}
        </Show>
      </div>
    </div>
  );
}

function titleWithout(view: Found): string {
  if (view.kind === "mail") return words.noSubject;
  const other = view.messages.find((m) => m.direction === "in")?.from ?? view.messages[0]?.to[0];
  return other?.name ?? words.noSubject;
}

/** The unread ones, what was not sent, and the newest; a message asked for by its address. */
function firstUnfolded(view: Found, target: string | undefined): Set<number> {
  const open = view.messages.filter(
    (m) =>
      m.unread ||
      m.delivery === "waiting" ||
      m.delivery === "failed" ||
      (m.id !== undefined && m.id === target),
  );
  const newest = view.messages.at(-1);
  const isChat = view.kind === "chat" ? view.messages.slice(-20) : [];
  return new Set([...open, ...isChat, ...(newest === undefined ? [] : [newest])].map((m) => m.key));
}
