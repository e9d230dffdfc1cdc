/**
 * What must hold when everything is calm again, against what the server took and what people did. The invariants are
 * those of the reliability notes: I1 sent exactly once, I2 every archived message one row on every device, I4 nothing
 * said that is not so, I5 the truth about the connection.
 */
import type { ArchiveRange } from "../../src/mail/archive-range.ts";
import { conversationOf, type Conversation, listings } from "../../src/mail/conversation.ts";
import type { Message } from "../../src/mail/message.ts";
import type { Jid } from "../../src/mail/address.ts";
import type { ConnectionRow, SyncView } from "../../src/mail/status.ts";
import { entryKey } from "../../src/store/keys.ts";
import type { PlaceTotals } from "../../src/store/entries.ts";
import { markOf } from "./marks.ts";

/** A device and whose it is: bare address. */
export type Whose = { readonly name: string; readonly jid: string };

/** A send a person made. `outcome` stays open where the tab died before it answered. */
export type Sent = {
  mark: string;
  device: Whose;
  to: Jid[];
  outcome: "open" | "ok" | "refused";
};

/** Marks. `perhaps`: the tab died meanwhile, or more came. */
export type Reading = { read: Set<string>; perhaps: Set<string> };

/** What really happened: what people did and what the server has. */
export interface Truth {
  readonly hasArchive: boolean;
  readonly sent: readonly Sent[];
  /** Marks of the messages that archives forgot. */
  readonly expired: ReadonlySet<string>;
  /** How many messages a mark may be, where its id proves nothing and the server took it more than once. */
  readonly copies: ReadonlyMap<string, number>;
  /** For a while the archive did not say what became of a copy. */
  readonly wasArchiveMute: boolean;
  /** What went wrong outside of what the checks look at. */
  readonly complaints: readonly string[];
  /** Oldest first; undefined where the server has no such account. */
  archiveOf(jid: string): readonly { id: string; mark: string | undefined }[] | undefined;
  /** What somebody read on the device, and what they may have. */
  readingOn(device: Whose): Reading;
  /** How often the server took this copy of a message. */
  timesTaken(message: { mid: string; from: Jid }, jid: Jid): number;
}

/** The rows of a device's database, as they lie there. */
export type Rows = {
  messages: Message[];
  bodies: { key: number; body: string }[];
  conversations: Conversation[];
  entryKeys: unknown[];
  entries: number[];
  outbox: { key: number; mid: string }[];
  totals: unknown;
  ranges: unknown;
  connection: unknown;
  sync: unknown;
};

/** Everything a device's database says. */
export type Contents = {
  device: Whose;
  messages: Message[];
  marks: Map<number, string>;
  conversations: Conversation[];
  entries: { key: string; id: number }[];
  outbox: { key: number; mid: string }[];
  totals: PlaceTotals | undefined;
  ranges: ArchiveRange[];
  connection: ConnectionRow | undefined;
  sync: SyncView | undefined;
};

export function contentsOf(device: Whose, rows: Rows): Contents {
  return {
    device,
    messages: rows.messages,
    marks: new Map(rows.bodies.flatMap(({ key, body }) => pair(key, markOf(body)))),
    conversations: rows.conversations,
    entries: rows.entryKeys.map((key, i) => ({
      key: JSON.stringify(key),
      id: rows.entries[i] ?? -1,
    })),
    outbox: rows.outbox,
    totals: rows.totals as PlaceTotals | undefined,
    ranges: (rows.ranges ?? []) as ArchiveRange[],
    connection: rows.connection as ConnectionRow | undefined,
    sync: rows.sync as SyncView | undefined,
  };
}

function pair(key: number, mark: string | undefined): [number, string][] {
  return mark === undefined ? [] : [[key, mark]];
}

/** Why this device is not at rest yet; nothing where it is. */
export function unrest({ device, connection, sync, messages }: Contents): string[] {
  const said: string[] = [];
  if (connection?.state !== "connected")
    said.push(`I5 ${device.name} is ${connection?.state}: ${connection?.trouble?.detail ?? ""}`);
  if (sync?.state !== "up-to-date" && sync?.state !== "no-archive")
    said.push(`I5 ${device.name} says sync ${sync?.state}`);
  for (const { key, recipients } of messages) {
    for (const { jid, state } of recipients ?? []) {
      if (state === "waiting" || state === "sending")
        said.push(`I1 ${device.name} message ${key} to ${jid} is still ${state}`);
    }
  }
  return said;
}

/** Everything that is not as it must be. */
export function violations(truth: Truth, all: readonly Contents[]): string[] {
  return [
    ...all.flatMap((contents) => [
      ...oneRowEach(truth, contents),
      ...recounted(contents),
      ...outboxMatches(contents),
      ...(truth.hasArchive
        ? [
            ...archiveIsHere(truth, contents),
            ...rowsAreArchived(truth, contents),
            ...rangesAreTrue(truth, contents),
          ]
        : []),
      ...readIsTrue(truth, contents),
    ]),
    ...truth.sent.flatMap((sent) => sentOnce(truth, all, sent)),
    ...truth.complaints.map((text) => `I5 ${text}`),
  ];
}

function oneRowEach({ copies }: Truth, { device, marks }: Contents): string[] {
  const counts = new Map<string, number>();
  for (const mark of marks.values()) counts.set(mark, (counts.get(mark) ?? 0) + 1);
  return [...counts]
    .filter(([mark, count]) => count > (copies.get(mark) ?? 1))
    .map(([mark, count]) => `I2 ${device.name} has ${mark} ${count} times`);
}

function archiveIsHere(truth: Truth, { device, marks }: Contents): string[] {
  const here = new Set(marks.values());
  return (truth.archiveOf(device.jid) ?? []).flatMap(({ mark }) =>
    mark === undefined || here.has(mark) ? [] : [`I2 ${device.name} lacks ${mark}`],
  );
}

/** A row is a message that is or was in the archive; one of mine that did not get there says so. */
function rowsAreArchived(truth: Truth, { device, messages, marks }: Contents): string[] {
  const archived = new Set((truth.archiveOf(device.jid) ?? []).map(({ mark }) => mark));
  return messages.flatMap(({ key, delivery }) => {
    const mark = marks.get(key);
    if (mark === undefined || archived.has(mark) || truth.expired.has(mark)) return [];
    return delivery === "failed" ? [] : [`I2 ${device.name} shows ${mark}, which is in no archive`];
  });
}

/**
 * Read is what was opened here or answered, and nothing else. Only of mail from others: nobody writes to be told. Of a
 * message that the server keeps twice, under an id that proves nothing, the copy that came later may be unread.
 */
function readIsTrue(truth: Truth, { device, messages, marks }: Contents): string[] {
  const reading = truth.readingOn(device);
  const answered = new Set(
    messages.filter(({ direction }) => direction === "out").map((row) => row.conversation),
  );
  const readHere = new Set(
    messages.filter((row) => row.unread !== 1).map((row) => marks.get(row.key)),
  );
  return messages.flatMap(({ key, kind, direction, conversation, unread }) => {
    const mark = marks.get(key);
    if (mark === undefined || kind !== "mail" || direction !== "in") return [];
    if (unread === 1)
      return reading.read.has(mark) && !readHere.has(mark)
        ? [`I2 ${device.name} read ${mark}, which is unread`]
        : [];
    const mayBeRead =
      reading.read.has(mark) || reading.perhaps.has(mark) || answered.has(conversation);
    return mayBeRead ? [] : [`I2 ${device.name} shows ${mark} as read, which nobody read`];
  });
}

/**
 * One range down to the bottom, or several where the archive forgot what lay between; and everything that is still in
 * the archive, up to the newest that was followed, known by its archive id.
 */
function rangesAreTrue(truth: Truth, { device, ranges, messages }: Contents): string[] {
  const archive = truth.archiveOf(device.jid) ?? [];
  if (archive.length === 0) return [];
  const known = new Set(messages.flatMap(({ archiveIds }) => archiveIds));
  const range = ranges.at(-1);
  // An archive that was empty at sign-in: what came live since is here, and nothing is claimed about it.
  if (range === undefined && known.size === 0) return [];
  const isWhole = ranges.every(({ bottom, below }, i) => (i === 0 && bottom) || below === "gone");
  if (range === undefined || !isWhole)
    return [`I2 ${device.name} has ranges ${JSON.stringify(ranges)}`];
  const newest = archive.findIndex(({ id }) => id === range.newestId);
  return archive
    .slice(0, newest + 1)
    .filter(({ id, mark }) => mark !== undefined && !known.has(id))
    .map(({ mark }) => `I2 ${device.name} claims to know ${mark} and does not`);
}

/** Conversations, lists and counters against a recount from the messages. */
function recounted({ device, messages, conversations, entries, totals }: Contents): string[] {
  const wrong: string[] = [];
  const expected: string[] = [];
  const counts = new Map<string, { total: number; unread: number }>();
  for (const conversation of conversations) {
    const own = messages.filter((m) => m.conversation === conversation.id);
    const again = conversationOf(conversation, own, device.jid as Jid);
    if (JSON.stringify(sorted(again)) !== JSON.stringify(sorted(conversation)))
      wrong.push(`I2 ${device.name} conversation ${conversation.id} is not its messages`);
    for (const { place: mailbox, at } of listings(again)) {
      expected.push(`${JSON.stringify(entryKey(mailbox, at, conversation.id))}=${conversation.id}`);
      const count = counts.get(mailbox) ?? { total: 0, unread: 0 };
      counts.set(mailbox, {
        total: count.total + 1,
        unread: count.unread + (again.unread > 0 ? 1 : 0),
      });
    }
  }
  const listed = entries.map(({ key, id }) => `${key}=${id}`);
  if (expected.sort().join() !== listed.sort().join())
    wrong.push(`I2 ${device.name} lists ${listed.join(" ")}, not ${expected.join(" ")}`);
  for (const [mailbox, kept] of Object.entries(totals ?? {})) {
    const { total, unread } = kept ?? { total: 0, unread: 0 };
    const count = counts.get(mailbox) ?? { total: 0, unread: 0 };
    if (count.total !== total || count.unread !== unread)
      wrong.push(
        `I2 ${device.name} counts ${mailbox} ${total}/${unread}, not ${JSON.stringify(count)}`,
      );
  }
  const homes = new Set(conversations.map(({ id }) => id));
  for (const { key, conversation } of messages) {
    if (!homes.has(conversation)) wrong.push(`I2 ${device.name} message ${key} has no home`);
  }
  return wrong;
}

/** Names in order of the keys, and people without the order of equals. */
function sorted(c: Conversation): unknown {
  const people = c.people.map((person) => JSON.stringify(person)).sort();
  return Object.entries({ ...c, people })
    .map((entry) => JSON.stringify(entry))
    .sort();
}

function outboxMatches({ device, messages, outbox }: Contents): string[] {
  return outbox.flatMap(({ key }) => {
    const row = messages.find((message) => message.key === key);
    return row?.recipients?.some(({ state }) => state === "failed") === true
      ? []
      : [`I1 ${device.name} keeps ${key} in the outbox without work`];
  });
}

/** I1 and I4 for one message a person sent. */
function sentOnce(truth: Truth, all: readonly Contents[], sent: Sent): string[] {
  const sender = all.find(({ device }) => device === sent.device);
  const rows = sender?.messages.filter(({ key }) => sender.marks.get(key) === sent.mark) ?? [];
  const [row] = rows;
  if (row === undefined)
    return sent.outcome === "ok" ? [`I1 ${sent.mark} was sent and has no row`] : [];
  const wrong: string[] = [];
  for (const jid of sent.to) {
    const state = row.recipients?.find((r) => r.jid === jid)?.state;
    const taken = truth.timesTaken(row, jid);
    if (state === "sent" && taken === 0)
      wrong.push(`I4 ${sent.mark} to ${jid} is said to be sent and was never taken`);
    // The one case nobody can decide: a server that took a copy, never said so, and has no archive that would.
    if (taken > 1 && truth.hasArchive && !truth.wasArchiveMute)
      wrong.push(`I1 ${sent.mark} to ${jid} was taken ${taken} times`);
    const exists = truth.archiveOf(jid) !== undefined;
    if (exists && state !== "sent") wrong.push(`I1 ${sent.mark} to ${jid} ended as ${state}`);
    if (exists && state === "sent") wrong.push(...reached(truth, all, sent, jid));
  }
  return wrong;
}

/** The recipient has it: everywhere with an archive, somewhere without. */
function reached(
  { hasArchive, expired }: Truth,
  all: readonly Contents[],
  { mark }: Sent,
  jid: Jid,
): string[] {
  if (expired.has(mark)) return [];
  const theirs = all.filter(({ device }) => device.jid === jid);
  const having = theirs.filter(({ marks }) => [...marks.values()].includes(mark));
  const enough = hasArchive ? theirs.length : 1;
  return having.length >= enough
    ? []
    : [`I1 ${mark} is on ${having.length} of ${theirs.length} devices of ${jid}`];
}
