/** XEP-0490, both ways: what is told, what is heard, and that neither goes backwards. */
import { type Element, xml } from "@xmpp/xml";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { archivedArrival, liveArrival } from "../../src/engine/arrivals.ts";
import { markRead } from "../../src/engine/commands/mark-read.ts";
import { triage } from "../../src/engine/commands/triage.ts";
import { createDisplayedSync, takeDisplayedEvent } from "../../src/engine/displayed.ts";
import { ingest } from "../../src/engine/ingest.ts";
import { WORKING_STORES } from "../../src/engine/working-set.ts";
import type { Jid } from "../../src/mail/address.ts";
import type { ArchiveRange } from "../../src/mail/archive-range.ts";
import { type Arrival, arrivalOf } from "../../src/mail/message.ts";
import type { Received } from "../../src/mail/received.ts";
import { putMeta } from "../../src/store/meta.ts";
import { buildDisplayed } from "../../src/xmpp/displayed.ts";
import { parseFrame } from "../../src/xmpp/frame.ts";
import type { IqRequest } from "../../src/xmpp/iq.ts";
import { parseMessage } from "../../src/xmpp/message.ts";
import type { Session } from "../../src/xmpp/session.ts";
import { StanzaError } from "../../src/xmpp/stanza-error.ts";
import { accountOnTrial, me } from "./store-on-trial.ts";

const PUBSUB = "http://jabber.org/protocol/pubsub";
const NODE = "urn:xmpp:mds:displayed:0";
const bob = "bob@x.test" as Jid;
const eve = "eve@x.test" as Jid;

let context: Awaited<ReturnType<typeof accountOnTrial>>;
/** The end of a test. */
let over: AbortController;
/** What was published: contact and archive id. */
let told: string[];
/** So many requests for the node the server answers "not now". */
let busy: number;

beforeEach(async () => {
  context = await accountOnTrial();
  await knownOfArchive(piece(0, 9e12, true));
  told = [];
  busy = 0;
  over = new AbortController();
  onTestFinished(() => over.abort());
});

function piece(oldestAt: number, newestAt: number, bottom = false): ArchiveRange {
  const [oldestId, newestId] = [`at-${oldestAt}`, `at-${newestAt}`];
  return { oldestId, oldestAt, newestId, newestAt, bottom };
}

/** Pieces of the archive that are here, the newest last. */
async function knownOfArchive(...ranges: ArchiveRange[]): Promise<void> {
  await context.store.write(["meta"], async (tx) => putMeta(tx, "ranges", ranges));
}

function session(): Session {
  const field = (name: string, value: string): Element =>
    xml("field", { var: `pubsub#${name}` }, xml("value", {}, value));
  const form = xml(
    "x",
    { xmlns: "jabber:x:data", type: "form" },
    field("access_model", "whitelist"),
    field("persist_items", "1"),
    field("max_items", "256"),
    field("send_last_published_item", "never"),
    field("notify_retract", "1"),
  );
  const iq = async ({ child }: IqRequest): Promise<Element> => {
    const item = child.getChild("publish")?.getChild("item");
    if (item !== undefined) {
      const mark = item.getChild("displayed", NODE)?.getChild("stanza-id");
      told.push(`${item.attrs["id"]} ${mark?.attrs["id"]}`);
      expect(mark?.attrs["by"]).toBe(me);
    }
    const isOther = child.getChildElements().some(({ attrs }) => (attrs["node"] ?? NODE) !== NODE);
    if (isOther || child.getNS() === "http://jabber.org/protocol/disco#items")
      throw new StanzaError({ type: "cancel", condition: "item-not-found" });
    if (busy-- > 0) throw new StanzaError({ type: "wait", condition: "resource-constraint" });
    const configure = xml("configure", {}, form);
    return xml("iq", {}, xml("pubsub", { xmlns: child.getNS() ?? PUBSUB }, configure));
  };
  return { jid: me, iq } as unknown as Session;
}

function online(): void {
  const sync = createDisplayedSync(context, session(), {
    isNew: true,
    pauseMs: 20,
    signal: over.signal,
    onError: (error) => {
      throw error;
    },
  });
  context.bus.onTopics((topics) => {
    if (topics.includes("mail")) sync.nudge();
  });
  sync.nudge();
}

let last = 0;
type Sent = {
  type: "chat" | "normal";
  from?: string;
  thread?: string;
  /** Where its sender chose one that was used before. */
  id?: string;
  extra?: string;
};

function received({ type, from = bob, thread = "t", id, extra = "" }: Sent): Received {
  const to = from === me ? bob : me;
  const subject = type === "normal" ? "<subject>S</subject>" : "";
  const frame = parseFrame(
    `<message xmlns='jabber:client' type='${type}' from='${from}' to='${to}' id='${id ?? `message-id-${++last}`}'>${subject}<body>B</body><thread>${thread}</thread>${extra}</message>`,
  );
  const message = frame.ok ? parseMessage(frame.element, me) : undefined;
  if (message === undefined) throw new Error("no message");
  return message;
}

async function take(arrival: Arrival | undefined): Promise<number> {
  if (arrival === undefined) throw new Error("no arrival");
  const { added } = await context.store.write(WORKING_STORES, (tx) => ingest(tx, me, [arrival]));
  context.bus.touch(["mail"]);
  return added[0]?.conversation ?? 0;
}

function come(sent: Sent, at: number, archiveId?: string): Promise<number> {
  const inArchive = archiveId === undefined ? {} : { archiveId };
  return take(arrivalOf(received(sent), { me, at, unread: true, ...inArchive }));
}

const arrive = (
  type: Sent["type"],
  from: Jid,
  archiveId: string | undefined,
  at: number,
  thread = "t",
): Promise<number> => come({ type, from, thread }, at, archiveId);

const read = (conversation: number): Promise<null> =>
  markRead(context, { conversation: `c${conversation}` });
const unread = async (): Promise<string[]> =>
  context.store.read(["messages"], async (tx) =>
    (await tx.objectStore("messages").index("unread").getAll())
      .map((row) => `${row.kind} ${row.from} ${row.archiveIds[0]}`)
      .sort(),
  );
const mark = (jid: Jid, id: string, by: Jid = me) =>
  takeDisplayedEvent(context, { items: [{ id: jid, payload: buildDisplayed(by, id) }] });
/** The archive says where the live one stands. */
async function placed(archiveId: string): Promise<void> {
  await context.store.write(["messages"], async (tx) => {
    const store = tx.objectStore("messages");
    for (const { unarchived: _live, ...row } of await store.index("unarchived").getAll())
      void store.put({ ...row, archiveIds: [archiveId] });
  });
  context.bus.touch(["mail"]);
}
/** Several pauses, in which nothing more was told. */
const quiet = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 150));

test("where the node cannot be looked at just now, what was read is told later on the same stream", async () => {
  busy = 1;
  online();
  await read(await arrive("chat", bob, "a1", 1000));
  context.bus.touch(["mail"]);
  await vi.waitFor(() => expect(busy).toBeLessThanOrEqual(0));
  await vi.waitFor(() => {
    context.bus.touch(["mail"]);
    expect(told).toEqual([`${bob} a1`]);
  });
});

test("read here is told once nothing before it is unread, and of each contact the newest", async () => {
  online();
  const mail = await arrive("normal", bob, "a1", 1000, "one");
  const chat = await arrive("chat", bob, "a2", 2000);
  const other = await arrive("chat", eve, "e1", 1500);
  await read(chat);
  await quiet();
  // The mail before it is unread: a marker would say that it was seen.
  expect(told).toEqual([]);
  await read(mail);
  await vi.waitFor(() => expect(told).toEqual([`${bob} a2`]));
  await read(other);
  await vi.waitFor(() => expect(told).toEqual([`${bob} a2`, `${eve} e1`]));
});

test("never backwards: what another program read further is left as it is", async () => {
  online();
  const mail = await arrive("normal", bob, "a1", 1000);
  await arrive("chat", bob, "a2", 2000);
  await mark(bob, "a2");
  await read(mail);
  await quiet();
  expect(told).toEqual([]);
  // An older mark of a chat app is no reason to tell it anything, nor anything unread.
  await mark(bob, "a1");
  await quiet();
  expect(told).toEqual([]);
  expect(await unread()).toEqual([]);
});

test("what is not in the archive yet is told once it is", async () => {
  online();
  const chat = await arrive("chat", bob, undefined, 1000);
  await read(chat);
  await quiet();
  expect(told).toEqual([]);
  await placed("a1");
  await vi.waitFor(() => expect(told).toEqual([`${bob} a1`]));
});

test("of two read in the same second the later is told", async () => {
  const chat = await arrive("chat", bob, "a1", 1000);
  await arrive("chat", bob, "a2", 1000);
  await read(chat);
  online();
  await vi.waitFor(() => expect(told).toEqual([`${bob} a2`]));
});

test("an old marker at nothing, and old chats that the archive never took, keep nothing from being told", async () => {
  await arrive("chat", bob, undefined, 1000);
  await mark(bob, "a0");
  await read(await arrive("chat", bob, "a2", 1_000_000));
  online();
  await vi.waitFor(() => expect(told).toEqual([`${bob} a2`]));
});

test("a chat app's marker is a floor for chats with that contact, and reads no mail", async () => {
  await arrive("chat", bob, "a1", 1000);
  await arrive("normal", bob, "a2", 1500, "mail-of-bob");
  await arrive("chat", bob, "a3", 2000);
  await arrive("chat", bob, "a4", 3000);
  await arrive("chat", eve, "e1", 900);
  await mark(bob, "a3");
  expect(await unread()).toEqual([`chat ${bob} a4`, `chat ${eve} e1`, `mail ${bob} a2`]);
});

test("a marker of a contact that names another's message says nothing", async () => {
  await arrive("chat", eve, "e1", 5000);
  await arrive("chat", bob, "a1", 3000);
  await mark(bob, "e1");
  expect(await unread()).toEqual([`chat ${bob} a1`, `chat ${eve} e1`]);
});

test("a marker is found however much stands before it", async () => {
  const first = await arrive("chat", bob, "a1", 1000);
  await arrive("chat", bob, "a2", 5000);
  await context.store.write(["messages"], async (tx) => {
    const row = await tx.objectStore("messages").index("conversation").get([first, 1000]);
    if (row === undefined) throw new Error("no row");
    const { unread: _unread, ...rest } = row;
    for (let n = 0; n < 5001; n++) {
      const other = { from: eve, at: 2000 + (n % 1000), archiveIds: [`e${n}`], mid: `eve-${n}` };
      void tx.objectStore("messages").put({ ...rest, ...other, key: 1000 + n });
    }
  });
  await mark(bob, "a2");
  expect(await unread()).toEqual([]);
});

test("new and live, a chat waits for the archive's word before a marker counts for it", async () => {
  online();
  await read(await arrive("chat", bob, "a1", 1_000_000));
  await mark(bob, "a1");
  await quiet();
  // Half a minute later, by a clock that is a minute behind.
  await take(liveArrival(received({ type: "chat" }), me, 970_000, false));
  await quiet();
  expect(await unread()).toEqual([`chat ${bob} undefined`]);
});

test("sent again by its sender's program: a marker at it covers it, and nothing that may stand after it", async () => {
  const twice = { type: "chat", id: "sent-again-after-a-cut" } as const;
  await come(twice, 5000, "a9");
  await come(twice, 1000, "a1");
  await arrive("chat", bob, "a5", 3000);
  await mark(bob, "a1");
  expect(await unread()).toEqual([`chat ${bob} a5`]);
});

test("of one second, on two pages that came backwards, only the marked one is surely read", async () => {
  await arrive("chat", bob, "second", 1000);
  for (const n of [1, 2]) await arrive("chat", eve, `e${n}`, 500 + n);
  await arrive("chat", bob, "first", 1000);
  await mark(bob, "first");
  expect(await unread()).toContain(`chat ${bob} second`);
});

test("within one second of the archive they are in the order in which they came", async () => {
  for (const id of ["a1", "a2", "a3"]) await arrive("chat", bob, id, 1000);
  await mark(bob, "a2");
  expect(await unread()).toEqual([`chat ${bob} a3`]);
});

test("a marker at the mail itself, or at what I wrote, reads the chats before it", async () => {
  await arrive("chat", bob, "a1", 1000);
  await arrive("normal", bob, "a2", 1500, "mail-of-bob");
  await mark(bob, "a2");
  expect(await unread()).toEqual([`mail ${bob} a2`]);
});

test("a marker that is here before its message counts once that comes", async () => {
  online();
  await mark(bob, "a2");
  await arrive("chat", bob, "a1", 1000);
  expect(await unread()).toEqual([`chat ${bob} a1`]);
  await arrive("chat", bob, "a2", 2000);
  await vi.waitFor(async () => expect(await unread()).toEqual([]));
  await quiet();
  expect(told).toEqual([]);
});

test("marked as unread by hand after that: it stays unread", async () => {
  const chat = await arrive("chat", bob, "a1", 1000);
  await read(chat);
  await triage(context, { act: { do: "unread" }, on: { conversations: [`c${chat}`] } });
  await mark(bob, "a1");
  expect(await unread()).toEqual([`chat ${bob} a1`]);
  // Also where the clock here is years behind, and where another chat is read elsewhere later.
  await arrive("chat", bob, "a2", 2_000_000);
  await mark(bob, "a2");
  expect(await unread()).toEqual([`chat ${bob} a1`]);
});

describe("nothing is told", () => {
  test("while a gap lies below what was read, and what then comes stays unread", async () => {
    await knownOfArchive(piece(1, 1000, true), piece(50_000, 90_000));
    online();
    await read(await arrive("normal", bob, "n9", 90_000, "one"));
    await quiet();
    expect(told).toEqual([]);
    await arrive("chat", bob, "g5", 20_000);
    await quiet();
    expect(await unread()).toEqual([`chat ${bob} g5`]);
  });

  test("of chats from before the first sign-in that nobody said were read", async () => {
    await context.store.write(["meta"], async (tx) => putMeta(tx, "firstSignInAt", 5000));
    online();
    const old = received({ type: "chat" });
    await take(archivedArrival({ archiveId: "c1", at: 1000, received: old }, me, 5000));
    await read(await arrive("normal", bob, "m1", 6000, "x"));
    await quiet();
    expect(told).toEqual([]);
    expect(await unread()).toEqual([]);
  });

  test("over a newer marker whose message is not here yet", async () => {
    await knownOfArchive(piece(500, 1500));
    online();
    await mark(bob, "a9");
    await read(await arrive("normal", bob, "a1", 1000, "one"));
    await quiet();
    expect(told).toEqual([]);
  });

  test("over a marker at a later chat of the same second", async () => {
    await read(await arrive("chat", bob, "a1", 1000));
    await arrive("chat", bob, "a2", 1000);
    await mark(bob, "a2");
    online();
    await quiet();
    expect(told).toEqual([]);
    expect(await unread()).toEqual([]);
  });

  test("over a marker at a live chat that has no place in the archive yet; it is read once it has", async () => {
    await read(await arrive("chat", bob, "a1", 1000));
    await arrive("chat", bob, undefined, 2000);
    await mark(bob, "a2");
    online();
    await quiet();
    await placed("a2");
    await vi.waitFor(async () => expect(await unread()).toEqual([]));
    await quiet();
    expect(told).toEqual([]);
  });

  test("of a message that stands in the archive twice", async () => {
    online();
    const twice = { type: "normal", thread: "one", id: "sent-again-after-a-cut" } as const;
    const mail = await come(twice, 1000, "a1");
    await arrive("chat", bob, "a5", 3000);
    await come(twice, 5000, "a9");
    await read(mail);
    await quiet();
    expect(told).toEqual([]);
    expect(await unread()).toEqual([`chat ${bob} a5`]);
  });

  test("of what somebody in a room wrote to me alone: the room's own marker stays", async () => {
    online();
    const extra = "<x xmlns='http://jabber.org/protocol/muc#user'/>";
    const chat = await come({ type: "chat", from: "room@muc.x.test/nick", extra }, 1000, "a1");
    await read(chat);
    await quiet();
    expect(told).toEqual([]);
  });

  test("over an older mail that is unread, read while the clock was far behind", async () => {
    online();
    const now = Date.UTC(2026, 5, 1);
    await arrive("normal", bob, "a1", now - 3_600_000, "old");
    const other = received({ type: "normal", thread: "new" });
    await read(await take(liveArrival(other, me, Date.UTC(2016, 5, 1), false)));
    await quiet();
    await take(arrivalOf(other, { me, at: now, archiveId: "a2", unread: true }));
    await quiet();
    expect(await unread()).toEqual([`mail ${bob} a1`]);
    expect(told).toEqual([]);
  });

  test("over an unread one of the same second, whichever came first", async () => {
    online();
    const second = await arrive("normal", bob, "second", 1000, "2");
    await arrive("normal", bob, "first", 1000, "1");
    await read(second);
    await quiet();
    expect(told).toEqual([]);
  });
});

test("a gap or old chats below are no matter where a marker or a chat of mine lies above them", async () => {
  await context.store.write(["meta"], async (tx) => putMeta(tx, "firstSignInAt", 5000));
  await knownOfArchive(piece(500, 90_000));
  online();
  const old = (archiveId: string, at: number) =>
    take(archivedArrival({ archiveId, at, received: received({ type: "chat" }) }, me, 5000));
  await old("c1", 1000);
  await come({ type: "chat", from: me }, 2000, "c2");
  await read(await arrive("normal", bob, "m1", 6000, "x"));
  await vi.waitFor(() => expect(told).toEqual([`${bob} m1`]));
  await take(
    archivedArrival(
      { archiveId: "e1", at: 1000, received: received({ type: "chat", from: eve }) },
      me,
      5000,
    ),
  );
  await mark(eve, "e1");
  await read(await arrive("normal", eve, "e2", 6000, "y"));
  await vi.waitFor(() => expect(told).toEqual([`${bob} m1`, `${eve} e2`]));
});

test("markers that name another archive, or say nothing, change nothing", async () => {
  await arrive("chat", bob, "a1", 1000);
  await mark(bob, "a1", eve);
  await takeDisplayedEvent(context, {
    items: [
      { id: bob, payload: undefined },
      { id: bob, payload: xml("displayed", { xmlns: NODE }) },
      { id: "@@", payload: buildDisplayed(me, "a1") },
    ],
  });
  expect(await unread()).toEqual([`chat ${bob} a1`]);
});
