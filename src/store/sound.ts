/**
 * What a row must have for the app to use it. A row may be garbage (a damaged disk, a hand in the developer tools) or
 * come from a newer version: more fields are no fault, missing or wrong ones are.
 */
import type { StoreName } from "./schema.ts";

type Check = (value: unknown) => boolean;

const isNumber: Check = (v) => typeof v === "number" && !Number.isNaN(v);
const isText: Check = (v) => typeof v === "string";
const isFlag: Check = (v) => typeof v === "boolean";
const maybe =
  (check: Check): Check =>
  (v) =>
    v === undefined || check(v);
const list =
  (check: Check): Check =>
  (v) =>
    Array.isArray(v) && v.every(check);
const mapOf =
  (check: Check): Check =>
  (v) =>
    typeof v === "object" && v !== null && !Array.isArray(v) && Object.values(v).every(check);
const oneOf =
  (...words: string[]): Check =>
  (v) =>
    typeof v === "string" && words.includes(v);
const shape = (fields: Record<string, Check>): Check => {
  const entries = Object.entries(fields);
  return (v) =>
    typeof v === "object" &&
    v !== null &&
    entries.every(([name, check]) => check((v as Record<string, unknown>)[name]));
};

/** A register: what was said, and when. */
const said =
  (check: Check): Check =>
  (v) =>
    Array.isArray(v) && v.length === 2 && check(v[0]) && isText(v[1]);
const snooze = { until: isNumber, awake: maybe(isNumber) };

const named = list(shape({ jid: isText, name: maybe(isText) }));
const copies = list(shape({ jid: isText, state: isText, reason: maybe(isText) }));
const total = shape({ total: isNumber, unread: isNumber });
const counts = { state: isText, done: isNumber, mail: isNumber, total: maybe(isNumber) };

const META: Record<string, Check> = {
  nextMessage: isNumber,
  nextConversation: isNumber,
  totals: mapOf(total),
  ranges: list(
    shape({
      oldestId: isText,
      oldestAt: isNumber,
      newestId: isText,
      newestAt: isNumber,
      bottom: isFlag,
    }),
  ),
  fetched: shape({ messages: isNumber, mail: isNumber }),
  firstSignInAt: isNumber,
  signInUnsure: isFlag,
  connection: shape({ state: oneOf("offline", "connecting", "connected"), host: maybe(isText) }),
  sync: shape(counts),
  archiveStart: shape({
    state: oneOf("empty", "starts"),
    at: maybe(isNumber),
    checkedAt: isNumber,
    keeps: maybe(shape({ atLeastMs: isNumber, atMostMs: isNumber })),
  }),
  serverFeatures: shape({ archive: isFlag, carbons: isFlag, resumption: isFlag }),
  blocked: list(isText),
  blockIntents: list(shape({ entry: isText, blocks: isFlag, problem: maybe(isText) })),
  lookUps: list(
    shape({
      id: isText,
      thread: maybe(isText),
      message: maybe(isText),
      with: maybe(isText),
      at: maybe(isNumber),
      answer: maybe(oneOf("found", "not-found", "failed")),
    }),
  ),
  syncPaused: isFlag,
  noArchive: isFlag,
  dismissed: list(isText),
  rosterVersion: isText,
  storagePersisted: isFlag,
  reactionsAhead: list(shape({ mid: isText, jid: isText, at: isNumber, emoji: list(isText) })),
  preferences: shape({}),
  stream: shape({ token: isText, inbound: isNumber, online: isFlag }),
  device: isText,
  clock: isText,
  spammers: list(isText),
  displayed: mapOf(isText),
  readHere: mapOf(shape({ key: isNumber, at: isNumber })),
  draftMarks: mapOf(shape({ revision: list(isText), stamp: isText })),
  draftRoom: isNumber,
  stateItems: mapOf(shape({ size: isNumber })),
  stateGaps: list(isText),
  stateSpent: list(isText),
  stateJournal: shape({ messages: list(isText), registers: list(isText) }),
  stateHealth: shape({ carrier: isText, items: isNumber, bytes: isNumber }),
  clockSettled: isText,
  clockOffset: isNumber,
};

const ROWS: Partial<Record<StoreName, Check>> = {
  messages: shape({
    key: isNumber,
    conversation: isNumber,
    kind: oneOf("mail", "chat"),
    direction: oneOf("in", "out"),
    from: isText,
    nick: maybe(isText),
    to: named,
    cc: named,
    bcc: named,
    replyTo: maybe(named),
    at: isNumber,
    mid: isText,
    contentHash: isText,
    archiveIds: list(isText),
    thread: maybe(isText),
    threadParent: maybe(isText),
    refs: maybe(list(isText)),
    subject: isText,
    snippet: isText,
    attachments: list(shape({ name: maybe(isText), mediaType: maybe(isText), cid: maybe(isText) })),
    delivery: maybe(isText),
    recipients: maybe(copies),
    retraction: maybe(shape({ recipients: copies, delivery: maybe(isText) })),
    format: maybe(oneOf("markdown", "plain")),
    spoiler: maybe(isText),
    corrects: maybe(isText),
    retractedAt: maybe(isNumber),
    reactions: maybe(list(shape({ jid: isText, at: isNumber, emoji: list(isText) }))),
    folder: maybe(isText),
    tags: maybe(list(isText)),
    snooze: maybe(shape(snooze)),
  }),
  bodies: shape({
    key: isNumber,
    body: isText,
    fallbacks: list(shape({})),
    sources: list(list(isText)),
    formatted: maybe(shape({ kind: oneOf("xhtml-im", "html", "markdown"), text: isText })),
    source: maybe(shape({ xml: isText })),
  }),
  parts: shape({ url: isText }),
  originals: shape({
    key: isNumber,
    formatted: maybe(shape({ kind: oneOf("xhtml-im", "html"), text: isText })),
    source: maybe(shape({ xml: isText })),
  }),
  retractions: shape({ at: isNumber }),
  conversations: shape({
    id: isNumber,
    kind: oneOf("mail", "chat"),
    person: maybe(isText),
    at: isNumber,
    lastInAt: isNumber,
    lastOutAt: isNumber,
    subject: isText,
    subjectAt: isNumber,
    snippet: isText,
    snippetAt: isNumber,
    count: isNumber,
    versions: maybe(isNumber),
    mails: isNumber,
    received: isNumber,
    sent: isNumber,
    unread: isNumber,
    attachments: isNumber,
    people: list(shape({ jid: isText, nick: maybe(isText), at: isNumber })),
    waiting: isNumber,
    failed: isNumber,
    folders: maybe(mapOf(isNumber)),
    stray: maybe(isNumber),
    tags: maybe(mapOf(isNumber)),
    snooze: maybe(shape({ at: isNumber, ...snooze })),
    root: shape({ at: isNumber, mid: isText, from: isText, thread: maybe(isText) }),
  }),
  entries: isNumber,
  timeline: shape({ person: isText, at: isNumber, key: isNumber, what: isText }),
  drafts: shape({
    id: isText,
    kind: oneOf("new", "reply", "reply-all", "forward"),
    to: named,
    cc: named,
    bcc: named,
    pending: shape({ to: isText, cc: isText, bcc: isText }),
    subject: isText,
    body: isText,
    quote: isText,
    source: maybe(shape({ key: isNumber })),
    corrects: maybe(isText),
    linked: maybe(shape({ thread: maybe(isText), replies: maybe(isText) })),
    updatedAt: isNumber,
  }),
  outbox: shape({ key: isNumber, mid: isText, createdAt: isNumber, copies: maybe(shape({})) }),
  people: shape({
    jid: isText,
    rosterName: maybe(isText),
    nick: maybe(isText),
    lastAt: isNumber,
    written: isNumber,
  }),
  // A newer client may say anything in fields of its own.
  state: shape({ said: mapOf(said(() => true)), day: isNumber, month: isNumber }),
  registers: shape({ said: said(() => true) }),
  labels: shape({
    id: isText,
    kind: oneOf("tag", "folder"),
    name: said(isText),
    hue: said(isNumber),
    inside: said((v) => v === null || isText(v)),
    order: said(isNumber),
    gone: maybe(said(isFlag)),
  }),
  undo: shape({
    at: isNumber,
    act: isText,
    count: isNumber,
    total: maybe(isNumber),
    changes: list(Array.isArray),
    labels: list(shape({ id: isText })),
  }),
  avatars: shape({
    jid: isText,
    type: isText,
    bytes: (v) => v === null || v instanceof Uint8Array,
    checkedAt: isNumber,
  }),
};

/** `key`: needed where the check depends on it (named single values). */
export function isSound(store: StoreName, value: unknown, key?: unknown): boolean {
  if (store === "meta") return META[String(key)]?.(value) ?? true;
  return ROWS[store]?.(value) ?? true;
}
