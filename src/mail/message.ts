/** A message as the database keeps it: headers here, text in its own store, so that lists never load bodies. */
import { hashText } from "../base/hash.ts";
import { type Jid, localOf } from "./address.ts";
import type { DeliveryState } from "./delivery.ts";
import type { FolderId } from "./place.ts";
import type { AddressEntry, Attachment, FallbackRange, Received } from "./received.ts";
import { withoutFileFallback } from "./file-fallback.ts";
import { isReactionAlone, type Reaction } from "./reactions.ts";
import { roughText, snippetOf } from "./snippet.ts";

export type MessageKind = "mail" | "chat";

export type Named = { jid: Jid; name?: string };

/** How a chat came to stand in a mail conversation; undone when an older chat turns up between. */
export type AttachedBy = "link" | "timeline";

export type Message = {
  key: number;
  conversation: number;
  kind: MessageKind;
  direction: "in" | "out";
  from: Jid;
  nick?: string;
  to: Named[];
  cc: Named[];
  bcc: Named[];
  replyTo?: Named[];
  /** Epoch ms, from our server or our own clock, never from the sender: PROTOCOL.md section 3, rule 8. */
  at: number;
  /** 1 while `at` is the word of this device's clock alone, which may be years off. */
  guessedAt?: 1;
  /** Origin-id, else id, else "#" and the content hash: what replies point at and copies are matched by. */
  mid: string;
  /** Tells two messages of one sender apart that share a `mid`. */
  contentHash: string;
  /** Ids in my archive, confirmed by a query; several for mail I sent to several. */
  archiveIds: string[];
  /** 1 while no archive id is known; absent otherwise, so that the index holds only these. Kept by the writer. */
  unarchived?: 1;
  thread?: string;
  threadParent?: string;
  /** 1: somebody in a room wrote it to me alone (XEP-0045 section 7.5); `from` is the room's address then. */
  room?: 1;
  /** What it answers: reply id and references. Absent where there are none (the index stays small). */
  refs?: string[];
  /** The sender of the message answered, where the reply says so (XEP-0461 `to`). */
  replyingTo?: Jid;
  subject: string;
  snippet: string;
  lang?: string;
  attachments: Omit<Attachment, "sources">[];
  /** 1 while unread; absent otherwise, so that the index holds unread rows only. */
  unread?: 1;
  /** Where somebody put it (mail/place.ts); absent: where it came, the inbox, or for what I sent no folder. */
  folder?: FolderId;
  star?: 1;
  /** Ids, sorted. */
  tags?: string[];
  /** What follows in its conversation stays out of the inbox. */
  mute?: 1;
  /** Its conversation comes back then; epoch ms. `awake`: it did. */
  snooze?: { until: number; awake?: 1 };
  attachedBy?: AttachedBy;
  /** For mail of mine that went or goes through this outbox: the least that is true of all recipients. */
  delivery?: DeliveryState;
  recipients?: MessageRecipient[];
  /** My word that it is withdrawn, and what became of it (mail/retraction.ts). */
  retraction?: { recipients: MessageRecipient[]; delivery?: DeliveryState };
  /** A bounce that belongs to no message known here: what it says. */
  problem?: string;
  /** How the text is to be read, where that is not message styling (XEP-0393). */
  format?: "markdown" | "plain";
  /** 1: there is a formatted version beside the text (XEP-0071, XEP-0481). */
  html?: 1;
  /** XEP-0382. */
  spoiler?: string;
  /** XEP-0308: the `mid` of the message this one puts right, as its sender says. */
  corrects?: string;
  /** XEP-0424: withdrawn by its sender then; epoch ms. */
  retractedAt?: number;
  /** XEP-0444. */
  reactions?: Reaction[];
};

/** What is known of one copy of a message of mine. */
export type MessageRecipient = {
  jid: Jid;
  state: DeliveryState;
  /** For failed: what the server said, or a word of ours. */
  reason?: string;
  /** Was written to a stream at least once: on doubt the archive is asked before it is written again. */
  written: boolean;
  /**
   * It was refused before and sent again: the archive's time of its newest message then, 0 where that is not known. What
   * the archive says of the first copy says nothing of this one.
   */
  again?: number;
};

/** The heavy part of a message. */
export type Body = {
  key: number;
  body: string;
  /** Where the quoted fallback stands, in code points, when the sender marked it (XEP-0428). */
  fallbacks: FallbackRange[];
  /** Per attachment, in order. A `data:` URL stands in `parts`, and here as INLINE alone. */
  sources: string[][];
  formatted?: FormattedText;
  /** The stanza as it came, for "View source"; see BODY_HOLE. */
  source?: { xml: string; isWhole: boolean };
  /** 1: HTML and stanza are too much to stand here; kept by the writer (store/originals.ts). */
  apart?: 1;
};

/** Another encoding of the text (XEP-0071, XEP-0481): a stranger's, nothing in it trusted. */
export type FormattedText = { kind: "xhtml-im" | "html" | "markdown"; text: string };

/** Says in a body's sources: the bytes came with the message, and are kept apart. */
export const INLINE = "data:";

export type NewMessage = Omit<Message, "key" | "conversation">;
/**
 * A message as it comes in, before it has a place. `copyTo`: whom this very copy is addressed to. `retracts`: it only
 * says that another one of its sender's is withdrawn; `reacts`: only what its sender says of another one with an emoji.
 */
export type Arrival = {
  message: NewMessage;
  body: Omit<Body, "key">;
  copyTo?: Jid;
  retracts?: string;
  reacts?: { to: string; emoji: string[] };
};

/** Bodies that only say what happened elsewhere (receipts, chat states) are no messages. */
export function kindOf(received: Received): MessageKind | undefined {
  if (received.retracts !== undefined || isReactionAlone(received)) return undefined;
  const hasText =
    (received.body ?? "") !== "" ||
    received.attachments.length > 0 ||
    formattedOf(received) !== undefined;
  switch (received.type) {
    case "normal":
    case "headline":
      return hasText || (received.subject ?? "") !== "" ? "mail" : undefined;
    case "chat":
      return hasText ? "chat" : undefined;
    default:
      return undefined;
  }
}

/**
 * Makes the row of a received stanza, or undefined where it is no message a person reads.
 * `at`: epoch ms as the archive or our own clock says. `archiveId` only from an archive query.
 */
export function arrivalOf(
  received: Received,
  context: { me: Jid; at: number; archiveId?: string; unread: boolean },
): Arrival | undefined {
  const own = kindOf(received);
  const kind = own ?? kindOfWord(received);
  if (kind === undefined) return undefined;
  const reacts = own === undefined ? received.reactions : undefined;
  const formatted = formattedOf(received);
  const hasHtml = formatted !== undefined && formatted.kind !== "markdown";
  const direction = received.from === context.me ? "out" : "in";
  const contentHash = contentHashOf(received);
  const refs = [
    ...new Set([
      ...(received.reply ? [received.reply.id] : []),
      ...received.references,
      ...[received.replaces, received.retracts, reacts?.to].filter((id) => id !== undefined),
    ]),
  ];
  const named = addressees(received);
  const body = received.body ?? "";
  const selfMail = direction === "out" && received.to === context.me;
  const message: NewMessage = {
    kind,
    direction,
    from: received.from,
    ...(received.nick !== undefined && direction === "in" ? { nick: received.nick } : {}),
    ...named,
    at: context.at,
    mid: received.originId ?? received.id ?? `#${contentHash}`,
    contentHash,
    archiveIds: context.archiveId === undefined ? [] : [context.archiveId],
    ...(received.thread === undefined ? {} : { thread: received.thread.id }),
    ...(received.thread?.parent === undefined ? {} : { threadParent: received.thread.parent }),
    ...(received.isFromRoom ? { room: 1 as const } : {}),
    ...(refs.length === 0 ? {} : { refs }),
    ...(received.reply?.to === undefined ? {} : { replyingTo: received.reply.to }),
    subject: received.subject ?? "",
    snippet: listLine(received, formatted),
    ...(received.lang === undefined ? {} : { lang: received.lang }),
    ...formatOf(received),
    ...(hasHtml ? { html: 1 as const } : {}),
    ...(received.spoiler === undefined ? {} : { spoiler: received.spoiler }),
    ...(received.replaces === undefined ? {} : { corrects: received.replaces }),
    attachments: received.attachments.map(({ sources: _sources, ...meta }) => meta),
    ...(context.unread && (direction === "in" || selfMail) ? { unread: 1 as const } : {}),
  };
  return {
    message,
    body: {
      body,
      fallbacks: received.fallbacks,
      sources: received.attachments.map((a) => a.sources),
      ...(formatted === undefined ? {} : { formatted }),
      ...(received.source === undefined ? {} : { source: received.source }),
    },
    ...(received.retracts === undefined ? {} : { retracts: received.retracts }),
    ...(reacts === undefined ? {} : { reacts }),
    ...(received.to === undefined ? {} : { copyTo: received.to }),
  };
}

/**
 * What a list says of it: its words, else those of its HTML, else what its files are called; of a spoiler no more than
 * its sender says beforehand.
 */
function listLine(received: Received, formatted: FormattedText | undefined): string {
  const { attachments, spoiler } = received;
  if (spoiler !== undefined) return spoiler;
  const name = received.nick ?? (localOf(received.from) || received.from);
  const { body, fallbacks } = withoutFileFallback(
    { body: received.body ?? "", fallbacks: received.fallbacks },
    attachments.flatMap((file) => file.sources),
  );
  if (body !== "") return snippetOf(body, fallbacks, { ...formatOf(received), name });
  if (formatted?.kind === "markdown")
    return snippetOf(formatted.text, [], { format: "markdown", name });
  const text = roughText(formatted?.text ?? "");
  if (text.trim() !== "") return snippetOf(text, [], { format: "plain" });
  return snippetOf(
    attachments
      .map((file) => file.name ?? "")
      .filter((name) => name !== "")
      .join(", "),
    [],
    { format: "plain" },
  );
}

/** Of what only says something of another message. */
function kindOfWord(received: Received): MessageKind | undefined {
  if (received.retracts === undefined && received.reactions === undefined) return undefined;
  return received.type === "chat" ? "chat" : received.type === "normal" ? "mail" : undefined;
}

function formatOf({ content, isUnstyled }: Received): Pick<Message, "format"> {
  if (content?.type === "text/markdown") return { format: "markdown" };
  return isUnstyled === true ? { format: "plain" } : {};
}

/**
 * The same in every browser, whatever language its person reads. Part of the state's key of messages with weak ids:
 * account-state/xep-private-state.md section 6 defines it, and it may not change.
 */
export function contentHashOf(
  received: Pick<Received, "subject" | "body" | "untranslated" | "attachments">,
): string {
  const { subject, body } = received.untranslated ?? received;
  return hashText(JSON.stringify([subject, body, received.attachments.map((a) => a.sources)]));
}

/** The formatted version: what a gateway made of HTML mail before what a chat client made of its own text. */
function formattedOf({ content, xhtml }: Received): FormattedText | undefined {
  if (content?.type === "text/html" && content.text !== undefined)
    return { kind: "html", text: content.text };
  if (content?.type === "text/markdown" && content.text !== undefined)
    return { kind: "markdown", text: content.text };
  return xhtml === undefined ? undefined : { kind: "xhtml-im", text: xhtml };
}

/** Ids this long are unique in practice; shorter ones ("1", "msg") are not, and prove nothing alone. */
const STRONG_ID_LENGTH = 8;

/** Whether the `mid` alone (with sender and content) proves two copies to be one message. */
export function hasStrongId(message: Pick<NewMessage, "mid">): boolean {
  return message.mid.length >= STRONG_ID_LENGTH && !message.mid.startsWith("#");
}

/** Everybody a message names except me: its sender and its recipients. */
export function participantsOf(
  message: Pick<NewMessage, "from" | "to" | "cc" | "bcc">,
  me: Jid,
): Jid[] {
  const all = [message.from, ...[...message.to, ...message.cc, ...message.bcc].map((n) => n.jid)];
  return [...new Set(all)].filter((jid) => jid !== me);
}

function addressees(received: Received): Pick<Message, "to" | "cc" | "bcc" | "replyTo"> {
  const of = (type: AddressEntry["type"]): Named[] => {
    const seen = new Map<Jid, Named>();
    for (const entry of received.addresses) {
      if (entry.type !== type || entry.jid === undefined || seen.has(entry.jid)) continue;
      seen.set(entry.jid, {
        jid: entry.jid,
        ...(entry.desc === undefined ? {} : { name: entry.desc }),
      });
    }
    return [...seen.values()];
  };
  const to = of("to");
  const cc = of("cc");
  const bcc = of("bcc");
  const listed = [...to, ...cc, ...bcc].some((n) => n.jid === received.to);
  const plain = to.length + cc.length === 0;
  // A copy of mine to somebody who stands in neither list went there as Bcc; a plain message has no lists at all.
  if (received.to !== undefined && !listed) (plain ? to : bcc).push({ jid: received.to });
  const replyTo = of("replyto");
  return { to, cc, bcc, ...(replyTo.length === 0 ? {} : { replyTo }) };
}
