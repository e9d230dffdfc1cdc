/** From a draft to the message that goes out, and from that message to each stanza. */
import { carriable } from "../base/carriable.ts";
import { hashText } from "../base/hash.ts";
import { type Jid, localOf } from "./address.ts";
import type { Draft, Recipient } from "./draft.ts";
import type { Arrival, Body, Message, MessageRecipient, Named } from "./message.ts";
import type { AddressEntry, FallbackRange } from "./received.ts";
import { isMarkdown } from "./markdown-marks.ts";
import { snippetOf } from "./snippet.ts";

/** XEP-0461's name in fallback elements. */
const REPLY = "urn:xmpp:reply:0";

/** The message a draft becomes: in the database before the network is touched. */
export function messageFromDraft(
  draft: Draft,
  context: { me: Jid; mid: string; thread: string; now: number },
): Arrival {
  const { me, mid, now } = context;
  const { body, fallbacks } = bodyOf(draft);
  const format = isMarkdown(draft.body) ? { format: "markdown" as const } : {};
  const subject = carriable(draft.subject.trim());
  const recipients = [...new Set([...draft.to, ...draft.cc, ...draft.bcc].map((r) => r.jid))];
  const reply = draft.source?.reply ?? linkedReply(draft);
  const refs = [reply?.id, draft.corrects].filter((id) => id !== undefined);
  return {
    message: {
      kind: "mail",
      direction: "out",
      from: me,
      to: named(draft.to),
      cc: named(draft.cc),
      bcc: named(draft.bcc),
      at: now,
      mid,
      contentHash: hashText(JSON.stringify([subject, body, []])),
      archiveIds: [],
      thread: draft.source?.thread ?? draft.linked?.thread ?? context.thread,
      ...(draft.source?.threadParent === undefined
        ? {}
        : { threadParent: draft.source.threadParent }),
      ...(refs.length === 0 ? {} : { refs }),
      ...(reply?.to === undefined ? {} : { replyingTo: reply.to }),
      subject,
      snippet: snippetOf(body, fallbacks, { ...format, name: localOf(me) }),
      ...format,
      ...(draft.corrects === undefined ? {} : { corrects: draft.corrects }),
      attachments: [],
      ...(recipients.includes(me) ? { unread: 1 as const } : {}),
      delivery: "waiting",
      recipients: waitingFor(recipients),
    },
    body: { body, fallbacks, sources: [] },
  };
}

function linkedReply({ linked }: Draft): { id: string; to?: Jid } | undefined {
  return linked?.replies === undefined ? undefined : { id: linked.replies };
}

/** Copies that are yet to go out. */
export function waitingFor(jids: readonly Jid[]): MessageRecipient[] {
  return jids.map((jid) => ({ jid, state: "waiting", written: false }));
}

/** Everything a stanza to one recipient says; the wire turns it into XML. */
export type OutgoingCopy = {
  to: Jid;
  id: string;
  subject?: string;
  body: string;
  thread: { id: string; parent?: string };
  reply?: { id: string; to?: Jid };
  fallbacks: FallbackRange[];
  addresses: AddressEntry[];
  /** The body is Markdown (XEP-0481). */
  isMarkdown?: true;
  /** XEP-0308, XEP-0424: the id of the message it puts right, or takes back. */
  corrects?: string;
  retracts?: string;
};

/**
 * One recipient's copy: same id in all, the full To and Cc list, of Bcc at most their own entry. Every entry says
 * `delivered`, or a server with multicast would send it again (XEP-0033 section 4.4). One recipient needs no list.
 */
export function copyFor(message: Message, body: Body, to: Jid): OutgoingCopy {
  const reply = message.refs?.find((id) => id !== message.corrects);
  const isBcc = message.bcc.some((n) => n.jid === to);
  const only = message.to.length === 1 && message.cc.length === 0 && message.to[0]?.jid === to;
  const addresses =
    only && message.bcc.length === 0
      ? []
      : [
          ...message.to.map((n) => entry("to", n)),
          ...message.cc.map((n) => entry("cc", n)),
          ...(isBcc ? [entry("bcc", { jid: to })] : []),
        ];
  return {
    to,
    id: message.mid,
    ...(message.subject === "" ? {} : { subject: message.subject }),
    body: body.body,
    thread: {
      id: message.thread ?? message.mid,
      ...(message.threadParent === undefined ? {} : { parent: message.threadParent }),
    },
    ...(reply === undefined
      ? {}
      : {
          reply: {
            id: reply,
            ...(message.replyingTo === undefined ? {} : { to: message.replyingTo }),
          },
        }),
    fallbacks: body.fallbacks,
    addresses,
    ...(message.format === "markdown" ? { isMarkdown: true as const } : {}),
    ...(message.corrects === undefined ? {} : { corrects: message.corrects }),
  };
}

/** Body with the quote below it, and where the quote stands, in code points (XEP-0426). */
function bodyOf(draft: Draft): { body: string; fallbacks: FallbackRange[] } {
  const own = carriable(draft.body);
  const quote = withoutLastLines(carriable(draft.quote));
  if (quote.trim() === "") return { body: own, fallbacks: [] };
  const body = own.trim() === "" ? quote : `${withoutLastLines(own)}\n\n${quote}`;
  const isReply = draft.source?.reply !== undefined;
  if (!isReply) return { body, fallbacks: [] };
  const end = Array.from(body).length;
  return { body, fallbacks: [{ for: REPLY, start: end - Array.from(quote).length, end }] };
}

function withoutLastLines(text: string): string {
  return text.replace(/\n+$/, "");
}

function named(list: readonly Recipient[]): Named[] {
  const seen = new Map<Jid, Named>();
  for (const { jid, name } of list) {
    if (!seen.has(jid))
      seen.set(jid, { jid, ...(name === undefined ? {} : { name: carriable(name) }) });
  }
  return [...seen.values()];
}

function entry(type: AddressEntry["type"], { jid, name }: Named): AddressEntry {
  return { type, jid, ...(name === undefined ? {} : { desc: name }), delivered: true };
}
