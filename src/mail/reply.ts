/** How a message being written starts out when it answers or passes on another one. */
import type { Jid } from "./address.ts";
import type { Draft, DraftKind, Recipient } from "./draft.ts";
import type { Message, Named } from "./message.ts";

/** Quoted text beyond this many characters is cut: the reader has the original. */
const MAX_QUOTE = 20_000;

export type Original = {
  message: Message;
  /** What its writer wrote, without what they quoted. */
  body: string;
  senderName: string;
  /** Of a chat that answers a mail: what that mail's conversation is called, and its thread. */
  standsIn?: { subject: string; thread?: string };
};

/** An empty draft. */
export function newDraft(id: string, now: number, to: readonly Recipient[] = []): Draft {
  return {
    id,
    kind: "new",
    to: [...to],
    cc: [],
    bcc: [],
    pending: { to: "", cc: "", bcc: "" },
    subject: "",
    body: "",
    quote: "",
    updatedAt: now,
  };
}

/** A draft that answers or forwards. Reply-all goes to everybody but me; a Bcc is never answered to all by accident. */
export function draftFrom(
  kind: DraftKind,
  original: Original,
  me: Jid,
  id: string,
  now: number,
): Draft {
  const { message } = original;
  const base = newDraft(id, now);
  if (kind === "forward") {
    return {
      ...base,
      kind,
      subject: prefixed("Fwd:", message.subject),
      quote: message.retractedAt === undefined ? forwardedText(original) : "",
      source: {
        key: message.key,
        ...(message.thread === undefined ? {} : { threadParent: message.thread }),
      },
    };
  }
  const thread = message.thread ?? original.standsIn?.thread;
  const { to, cc } =
    kind === "reply-all" ? everybody(original, me) : { to: answerTo(original, me), cc: [] };
  return {
    ...base,
    kind,
    to,
    cc,
    // The thread says what is answered; "Re:" is for email (added by the bridge, not here).
    subject: message.subject || (original.standsIn?.subject ?? ""),
    // What its writer took back, or hid until somebody asks for it, is not said again.
    quote: isForAll(message) ? quotedText(original) : "",
    source: {
      key: message.key,
      ...(thread === undefined ? {} : { thread }),
      ...(message.mid.startsWith("#") ? {} : { reply: { id: message.mid, to: message.from } }),
    },
  };
}

/** replyto, else the sender; of my own mail its recipients. */
function answerTo({ message, senderName }: Original, me: Jid): Recipient[] {
  if (message.from === me) {
    const others = message.to.filter((n) => n.jid !== me);
    return others.length > 0 ? recipients(others) : [{ jid: me }];
  }
  if (message.replyTo !== undefined) return recipients(message.replyTo);
  return [recipient({ jid: message.from, name: senderName })];
}

function everybody(original: Original, me: Jid): { to: Recipient[]; cc: Recipient[] } {
  const { message } = original;
  const to = answerTo(original, me);
  const known = new Set<Jid>([me, ...to.map((r) => r.jid)]);
  const rest = (list: readonly Named[]): Recipient[] => {
    const more = list.filter((n) => !known.has(n.jid));
    for (const { jid } of more) known.add(jid);
    return recipients(more);
  };
  return { to: [...to, ...rest(message.to)], cc: rest(message.cc) };
}

function recipients(list: readonly Named[]): Recipient[] {
  return list.map(recipient);
}

function recipient({ jid, name }: Named): Recipient {
  return name === undefined || name === jid ? { jid } : { jid, name };
}

function isForAll(message: Message): boolean {
  return message.retractedAt === undefined && message.spoiler === undefined;
}

function quotedText({ message, body, senderName }: Original): string {
  const who = senderName === message.from ? message.from : `${senderName} <${message.from}>`;
  const lines = cut(body)
    .replace(/\n+$/, "")
    .split("\n")
    .map((line) => (line === "" ? ">" : `> ${line}`));
  return `On ${isoMinute(message.at)}, ${who} wrote:\n${lines.join("\n")}`;
}

function forwardedText({ message, body, senderName }: Original): string {
  const who = senderName === message.from ? message.from : `${senderName} <${message.from}>`;
  const to = message.to.map((n) => n.jid).join(", ");
  const head = [
    "---------- Forwarded message ----------",
    `From: ${who}`,
    `Date: ${isoMinute(message.at)}`,
    `Subject: ${message.subject}`,
    `To: ${to}`,
  ];
  return `${head.join("\n")}\n\n${cut(body)}`;
}

function cut(text: string): string {
  return text.length <= MAX_QUOTE ? text : `${text.slice(0, MAX_QUOTE)}\n[…]`;
}

/** "2026-11-23 14:05" in the writer's own time zone. */
function isoMinute(at: number): string {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

function prefixed(prefix: string, subject: string): string {
  return subject.startsWith(prefix) || subject === "" ? subject : `${prefix} ${subject}`;
}
