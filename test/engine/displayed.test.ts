/** XEP-0490, both ways: what is told, what is heard, and that neither goes backwards. */
import { type Element, xml } from "@xmpp/xml";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { markRead } from "../../src/engine/commands/mark-read.ts";
import { triage } from "../../src/engine/commands/triage.ts";
import { createDisplayedSync, takeDisplayedEvent } from "../../src/engine/displayed.ts";
import { ingest } from "../../src/engine/ingest.ts";
import { WORKING_STORES } from "../../src/engine/working-set.ts";
import type { Jid } from "../../src/mail/address.ts";
import { arrivalOf } from "../../src/mail/message.ts";
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

beforeEach(async () => {
  context = await accountOnTrial();
  told = [];
  over = new AbortController();
  onTestFinished(() => over.abort());
});

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
    if (child.getNS() === "http://jabber.org/protocol/disco#items")
      throw new StanzaError({ type: "cancel", condition: "item-not-found" });
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
async function arrive(
  type: "chat" | "normal",
  from: Jid,
  archiveId: string | undefined,
  at: number,
  thread = "t",
): Promise<number> {
  const subject = type === "normal" ? "<subject>S</subject>" : "";
  const frame = parseFrame(
    `<message xmlns='jabber:client' type='${type}' from='${from}' to='${me}' id='message-id-${++last}'>${subject}<body>${last}</body><thread>${thread}</thread></message>`,
  );
  const received = frame.ok ? parseMessage(frame.element, me) : undefined;
  if (received === undefined) throw new Error("no message");
  const arrival = arrivalOf(received, {
    me,
    at,
    unread: true,
    ...(archiveId === undefined ? {} : { archiveId }),
  });
  if (arrival === undefined) throw new Error("no arrival");
  const { added } = await context.store.write(WORKING_STORES, (tx) => ingest(tx, me, [arrival]));
  context.bus.touch(["mail"]);
  return added[0]?.conversation ?? 0;
}

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
/** Several pauses, in which nothing more was told. */
const quiet = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 150));

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
  const rows = await context.store.read(["messages"], (tx) => tx.objectStore("messages").getAll());
  await context.store.write(["messages"], async (tx) => {
    for (const row of rows) void tx.objectStore("messages").put({ ...row, archiveIds: ["a1"] });
  });
  context.bus.touch(["mail"]);
  await vi.waitFor(() => expect(told).toEqual([`${bob} a1`]));
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
