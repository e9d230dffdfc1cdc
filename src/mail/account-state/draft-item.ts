/**
 * A draft as the text of one item in the account: base64 of deflated JSON (RFC 4648, RFC 1951), short names, a version.
 * What is read here came from a server: it may be damaged, huge, or of a version to come.
 */
import { deflateSync, Inflate } from "fflate";
import { base64ToBytes, bytesToBase64 } from "../../base/base64.ts";
import { LAST_MS } from "../../base/moment.ts";
import { isRecord, isTextList } from "../../base/shape.ts";
import { type Jid, parseJid } from "../address.ts";
import { isStamp, type Stamp } from "../clock.ts";
import type { Draft, DraftKind, Recipient } from "../draft.ts";
import { type DraftItem, includes, joinRevisions } from "./draft-merge.ts";

const VERSION = 1;
/** Of the JSON; no server takes a stanza of a draft this large. Bytes */
const MAX_BYTES = 1024 * 1024;
/** The inflater is fed so much at a time, so that it can be stopped. Bytes */
const STEP_BYTES = 1024;
const KINDS: readonly DraftKind[] = ["new", "reply", "reply-all", "forward"];
/** The id becomes the message's when it is sent; it must be good for that. */
const ID = /^[\w.:-]{8,100}$/;

/** Whatever becomes of a draft's text on its way, these say why it is not read. */
export type DraftProblem = "damaged" | "newer" | "too-big";

export function encodeDraftItem(item: DraftItem): string {
  const { revision, stamp, beside, draft, gone } = item;
  const fields = {
    v: VERSION,
    r: revision,
    s: stamp,
    b: beside,
    ...(gone === undefined ? { d: packed(draft) } : { g: gone, w: item.words }),
  };
  const bytes = new TextEncoder().encode(JSON.stringify(fields));
  return bytesToBase64(deflateSync(bytes, { level: 9 }));
}

/** `id`: of the item. Never throws. */
export function decodeDraftItem(
  id: string,
  text: string,
): { item: DraftItem } | { problem: DraftProblem } {
  if (!ID.test(id)) return { problem: "damaged" };
  const bytes = base64ToBytes(text.replaceAll(/\s+/g, ""));
  const json = bytes === undefined ? { problem: "damaged" as const } : inflated(bytes);
  if ("problem" in json) return json;
  const value = parsed(json.text);
  if (!isRecord(value) || typeof value["v"] !== "number") return { problem: "damaged" };
  if (value["v"] > VERSION) return { problem: "newer" };
  if (value["v"] !== VERSION) return { problem: "damaged" };
  const item = readItem(id, value);
  return item === undefined ? { problem: "damaged" } : { item };
}

function readItem(id: string, value: Record<string, unknown>): DraftItem | undefined {
  const { r: revision, s: stamp, b: beside = [], g: gone, w: words, d } = value;
  if (!isStampList(revision) || !isStampList(beside) || !isStamp(stamp)) return undefined;
  // Its device may have said more since than these words: that it threw them away, where somebody else's hold.
  if (!includes(revision, [stamp])) return undefined;
  const known = {
    id,
    revision: joinRevisions(revision, []),
    stamp,
    ...(beside.length === 0 ? {} : { beside }),
  };
  if (gone === "sent" || gone === "discarded")
    return { ...known, gone, ...(typeof words === "string" ? { words } : {}) };
  const draft = isRecord(d) ? unpacked(id, d) : undefined;
  return draft === undefined ? undefined : { ...known, draft };
}

function isStampList(value: unknown): value is Stamp[] {
  return isTextList(value) && value.every(isStamp);
}

function packed(draft: Draft): Record<string, unknown> {
  const { kind, to, cc, bcc, pending, subject, body, quote, source, corrects, linked } = draft;
  return {
    k: KINDS.indexOf(kind),
    t: to.map(packedRecipient),
    c: cc.map(packedRecipient),
    b: bcc.map(packedRecipient),
    p: [pending.to, pending.cc, pending.bcc],
    u: subject,
    x: body,
    q: quote,
    a: draft.updatedAt,
    o: source && {
      f: source.of?.from,
      m: source.of?.mid,
      h: source.of?.contentHash,
      t: source.thread,
      p: source.threadParent,
      r: source.reply?.id,
      w: source.reply?.to,
    },
    e: corrects,
    l: linked && { t: linked.thread, r: linked.replies },
  };
}

function packedRecipient({ jid, name }: Recipient): string[] {
  return name === undefined ? [jid] : [jid, name];
}

function unpacked(id: string, d: Record<string, unknown>): Draft | undefined {
  const kind = typeof d["k"] === "number" ? KINDS[d["k"]] : undefined;
  const { u: subject, x: body, q: quote, a: updatedAt, e: corrects } = d;
  const [to, cc, bcc] = [d["t"], d["c"], d["b"]].map(recipients);
  const [openTo = "", openCc = "", openBcc = ""] = isTextList(d["p"]) ? d["p"] : [];
  if (kind === undefined || to === undefined || cc === undefined || bcc === undefined)
    return undefined;
  if (!isText(subject) || !isText(body) || !isText(quote)) return undefined;
  if (typeof updatedAt !== "number") return undefined;
  const source = sourceOf(d["o"]);
  const linked = linkedOf(d["l"]);
  return {
    id,
    kind,
    to,
    cc,
    bcc,
    pending: { to: openTo, cc: openCc, bcc: openBcc },
    subject,
    body,
    quote,
    ...(source === undefined ? {} : { source }),
    ...(isText(corrects) ? { corrects } : {}),
    ...(linked === undefined ? {} : { linked }),
    updatedAt: Math.max(0, Math.min(LAST_MS, updatedAt)),
  };
}

function recipients(value: unknown): Recipient[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.flatMap((entry: unknown): Recipient[] => {
    if (!isTextList(entry)) return [];
    const jid = parseJid(entry[0]);
    if (jid === undefined) return [];
    return [entry[1] === undefined ? { jid } : { jid, name: entry[1] }];
  });
}

/** Which message it answers is looked for where it is opened: its row has another key on every device. */
function sourceOf(value: unknown): Draft["source"] {
  if (!isRecord(value)) return undefined;
  const { f, m, h, t: thread, p: threadParent, r: replyId, w } = value;
  const from = isText(f) ? parseJid(f) : undefined;
  const to = isText(w) ? parseJid(w) : undefined;
  return {
    key: 0,
    ...(from === undefined || !isText(m)
      ? {}
      : { of: { from, mid: m, ...(isText(h) ? { contentHash: h } : {}) } }),
    ...(isText(thread) ? { thread } : {}),
    ...(isText(threadParent) ? { threadParent } : {}),
    ...(isText(replyId) ? { reply: { id: replyId, ...withJid(to) } } : {}),
  };
}

function withJid(to: Jid | undefined): { to?: Jid } {
  return to === undefined ? {} : { to };
}

function linkedOf(value: unknown): Draft["linked"] {
  if (!isRecord(value)) return undefined;
  const { t: thread, r: replies } = value;
  return { ...(isText(thread) ? { thread } : {}), ...(isText(replies) ? { replies } : {}) };
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** A few bytes may inflate to gigabytes: it stops where that is more than a draft can be. */
function inflated(bytes: Uint8Array): { text: string } | { problem: DraftProblem } {
  const parts: Uint8Array[] = [];
  let length = 0;
  let isWhole = false;
  const inflate = new Inflate((part, final) => {
    parts.push(part);
    length += part.length;
    isWhole ||= final;
  });
  try {
    for (let at = 0; at < bytes.length && length <= MAX_BYTES; at += STEP_BYTES)
      inflate.push(bytes.subarray(at, at + STEP_BYTES), at + STEP_BYTES >= bytes.length);
    if (length > MAX_BYTES) return { problem: "too-big" };
    if (!isWhole) return { problem: "damaged" };
    const all = new Uint8Array(length);
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(all) };
  } catch {
    return { problem: "damaged" };
  }
}
