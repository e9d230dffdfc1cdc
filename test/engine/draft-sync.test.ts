/** Drafts between devices of one account, over an account that a test can break. */
import { type Element, xml } from "@xmpp/xml";
import { deflateSync } from "fflate";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { bytesToBase64 } from "../../src/base/base64.ts";
import { setClock } from "../../src/engine/account-state/device.ts";
import { discardDraft, saveDraft } from "../../src/engine/commands/drafts.ts";
import { send } from "../../src/engine/commands/send.ts";
import { undo } from "../../src/engine/commands/undo.ts";
import { createDraftSync, maySendTwice, takeDraftEvent } from "../../src/engine/draft-sync.ts";
import type { AccountContext } from "../../src/engine/context.ts";
import { ingest } from "../../src/engine/ingest.ts";
import { createRescue } from "../../src/engine/rescue.ts";
import { readDevices } from "../../src/engine/queries/devices.ts";
import { readDraft } from "../../src/engine/queries/draft.ts";
import { readWindow } from "../../src/engine/queries/window.ts";
import { WORKING_STORES } from "../../src/engine/working-set.ts";
import { encodeDraftItem } from "../../src/mail/account-state/draft-item.ts";
import type { Jid } from "../../src/mail/address.ts";
import { deviceOf, nextStamp, type Stamp } from "../../src/mail/clock.ts";
import type { Draft } from "../../src/mail/draft.ts";
import { messageFromDraft } from "../../src/mail/outgoing.ts";
import { newDraft } from "../../src/mail/reply.ts";
import { putMeta, readMeta } from "../../src/store/meta.ts";
import { NODE_DRAFTS } from "../../src/xmpp/nodes.ts";
import { ConnectionError } from "../../src/xmpp/connection-error.ts";
import type { IqRequest } from "../../src/xmpp/iq.ts";
import type { Session } from "../../src/xmpp/session.ts";
import { StanzaError } from "../../src/xmpp/stanza-error.ts";
import { pageOf } from "./page-on-trial.ts";
import { accountOnTrial, me } from "./store-on-trial.ts";

const PUBSUB = "http://jabber.org/protocol/pubsub";
const ID = "one-draft-of-mine";
const bob = "bob@x.test" as Jid;
const NOW = Date.UTC(2026, 10, 29);
const DAY = 24 * 3600 * 1000;
const YEAR = 365 * DAY;

/** The account's node, as a server keeps it. */
let account: {
  items: Map<string, Element>;
  exists: boolean;
  /** How many items the node keeps, and how many one may that is made as it is asked for. */
  room: number;
  mostRoom: number;
  /** What is published makes a node anew that is gone: with room for one item, as Prosody does. */
  makesAnew: boolean;
  access: string;
  published: string[];
  /** What private XML storage holds; undefined where there is none. */
  privateXml: Element | undefined;
  /** How many it answered. */
  requests: number;
  /** What comes of a request instead of an answer. */
  fails: (request: IqRequest) => Error | undefined;
  /** The server's time, epoch ms; undefined where it does not tell. */
  time: number | undefined;
  /** Whom it tells of what is published. */
  devices: Set<AccountContext>;
};
type Device = Awaited<ReturnType<typeof device>>;

beforeEach(() => {
  account = {
    items: new Map(),
    exists: false,
    room: 1,
    mostRoom: 256,
    makesAnew: false,
    access: "whitelist",
    published: [],
    privateXml: undefined,
    requests: 0,
    fails: () => undefined,
    time: undefined,
    devices: new Set(),
  };
});

/** Nobody of one test is there in the next one. */
const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

const error = (condition: string): StanzaError => new StanzaError({ type: "cancel", condition });
const iq = (...children: Element[]): Element => xml("iq", { type: "result" }, ...children);

/** What a server answers to the few things that are asked of it. */
async function answer(request: IqRequest): Promise<Element> {
  const { child, type } = request;
  account.requests++;
  const failure = account.fails(request);
  if (failure !== undefined) throw failure;
  if (child.getNS() === "jabber:iq:private") {
    if (account.privateXml === undefined) throw error("service-unavailable");
    if (type === "set") [account.privateXml] = child.getChildElements();
    return iq(xml("query", { xmlns: "jabber:iq:private" }, account.privateXml));
  }
  if (child.getNS() === "http://jabber.org/protocol/disco#items") {
    const items = [...account.items.keys()].map((name) => xml("item", { jid: me, name }));
    return iq(xml("query", { xmlns: child.getNS() ?? "" }, items));
  }
  const [what] = child.getChildElements();
  if (what === undefined) throw error("bad-request");
  if (what.attrs["node"] !== NODE_DRAFTS) throw error("item-not-found");
  if (what.name === "create") {
    if (account.exists) throw error("conflict");
    account.exists = true;
    account.room = account.mostRoom;
    return iq();
  }
  if (!account.exists && account.makesAnew && what.name === "publish") {
    account.exists = true;
    account.room = 1;
  }
  if (!account.exists) throw error("item-not-found");
  switch (what.name) {
    case "configure":
      if (type === "set") account.room = account.mostRoom;
      return iq(configuration(child.getNS() ?? ""));
    case "affiliations":
    case "subscriptions":
      throw error("feature-not-implemented");
    case "publish":
      return publish(what);
    case "retract":
      for (const { attrs } of what.getChildren("item")) account.items.delete(String(attrs["id"]));
      return iq();
    default: {
      const ids = what.getChildren("item").map(({ attrs }) => String(attrs["id"]));
      const found = ids.flatMap((id) => account.items.get(id) ?? []);
      return iq(xml("pubsub", { xmlns: PUBSUB }, xml("items", {}, found)));
    }
  }
}

function configuration(xmlns: string): Element {
  const field = (name: string, value: string): Element =>
    xml("field", { var: `pubsub#${name}` }, xml("value", {}, value));
  const form = xml(
    "x",
    { xmlns: "jabber:x:data", type: "form" },
    field("access_model", account.access),
    field("persist_items", "1"),
    field("max_items", String(account.room)),
    field("send_last_published_item", "never"),
    field("notify_retract", "1"),
  );
  return xml("pubsub", { xmlns }, xml("configure", {}, form));
}

async function publish(what: Element): Promise<Element> {
  const item = what.getChild("item");
  const id = String(item?.attrs["id"]);
  if (account.access !== "whitelist") throw error("conflict");
  if (item === undefined) throw error("bad-request");
  account.items.delete(id);
  account.items.set(id, item);
  for (const oldest of [...account.items.keys()].slice(0, -account.room))
    account.items.delete(oldest);
  account.published.push(id);
  const event = {
    items: [{ id, payload: item.getChildElements()[0] }],
    retracted: [],
    isGone: false,
  };
  for (const context of account.devices) await takeDraftEvent(context, event);
  return iq();
}

/** One of the person's browsers. `clock`: what it says, epoch ms. */
async function device(clock?: number) {
  const context = await accountOnTrial();
  let at = clock ?? 0;
  if (clock !== undefined) context.now = () => at++;
  let stop: (() => void) | undefined;
  let look: (() => void) | undefined;
  let hurry: (() => void) | undefined;
  const self = {
    context,
    /** Over the network until `leave`. */
    async join(isNew = true, pauseMs = 150) {
      const controller = new AbortController();
      const errors: unknown[] = [];
      const iqOnline = async (request: IqRequest): Promise<Element> => {
        if (controller.signal.aborted) throw new ConnectionError("lost", "the test is over");
        return answer(request);
      };
      const session = { jid: me, fullJid: `${me}/here`, iq: iqOnline } as unknown as Session;
      account.devices.add(context);
      const sync = createDraftSync(context, session, {
        isNew,
        features: { pep: true, pepPublishOptions: true, refusesParts: false },
        pauseMs,
        againMs: 0,
        serverNow: () => account.time,
        signal: controller.signal,
        onError: (e) => void errors.push(e),
      });
      look = () => sync.look();
      hurry = () => sync.hurry();
      const off = context.bus.onTopics((topics) => {
        if (topics.includes("drafts")) sync.nudge();
      });
      stop = () => {
        off();
        controller.abort();
        account.devices.delete(context);
      };
      stops.push(stop);
      await sync.begun;
      expect(errors).toEqual([]);
    },
    leave: () => stop?.(),
    mark: async () =>
      (await context.store.read(["meta"], (tx) => readMeta(tx, "draftMarks")))?.[ID],
    look: () => look?.(),
    hurry: () => hurry?.(),
    /** `editor`: a composer that has what is here before it. */
    async save(body: string, more: Partial<Draft> = {}, editor?: string) {
      const draft: Draft = { ...newDraft(ID, 0, [{ jid: bob }]), body, ...more };
      if (editor === undefined) return saveDraft(context, { draft });
      const base = await baseOn(context);
      return saveDraft(context, { draft, editor, ...(base === undefined ? {} : { base }) });
    },
    async bodies(): Promise<string[]> {
      const drafts = await context.store.read(["drafts"], (tx) =>
        tx.objectStore("drafts").getAll(),
      );
      return drafts.map(({ body }) => body).sort();
    },
    async isClean(): Promise<boolean> {
      const marks = await context.store.read(["meta"], (tx) => readMeta(tx, "draftMarks"));
      return Object.values(marks ?? {}).every(({ dirty }) => dirty === undefined);
    },
  };
  return self;
}

async function baseOn(context: AccountContext): Promise<string | undefined> {
  const view = await readDraft(context, { id: ID });
  return view === null || view.gone !== undefined ? undefined : view.base;
}

const says = (which: Device, ...bodies: string[]): Promise<void> =>
  vi.waitFor(async () => expect(await which.bodies()).toEqual(bodies), 8000);

test("what is written on one device is on the other after a pause, once for many keys", async () => {
  const [one, two] = [await device(), await device()];
  await one.join();
  await two.join();
  for (const body of ["H", "He", "Hel", "Hello"]) await one.save(body);
  await says(two, "Hello");
  expect(account.published).toEqual([ID]);
  await vi.waitFor(async () => expect(await one.isClean()).toBe(true));
});

test("written while a stream begins: it waits for a pause, as all that is written does", async () => {
  const [one, two] = [await device(), await device()];
  let saved: Promise<unknown> | undefined;
  account.fails = ({ child }) => {
    if (isOfList(child)) saved ??= one.save("H");
    return undefined;
  };
  await one.join();
  await saved;
  await one.save("Hello");
  await two.join();
  await says(two, "Hello");
  expect(account.published).toEqual([ID]);
});

test("who is about to leave is not kept waiting for a pause; what is written after that waits as before", async () => {
  const [one, two] = [await device(), await device()];
  await one.join(true, 60_000);
  await two.join();
  await one.save("Hello");
  one.hurry();
  await says(two, "Hello");
  await one.save("Hello Bob");
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await two.bodies()).toEqual(["Hello"]);
});

test("written without a connection: noted, and carried once there is one; a reload forgets nothing", async () => {
  const [one, two] = [await device(), await device()];
  await one.save("offline");
  expect(await one.isClean()).toBe(false);
  await one.join();
  await two.join();
  await says(two, "offline");
  expect(await one.isClean()).toBe(true);
});

const isOfList = (child: Element): boolean =>
  child.getNS() === "http://jabber.org/protocol/disco#items" || child.getChild("items") != null;

test.each([
  ["a request that is not answered", new ConnectionError("timeout", "no answer"), () => true],
  ["a node refused for now", error("resource-constraint"), () => true],
  // Asked for both ways.
  ["a list refused for now", error("resource-constraint"), isOfList],
] as const)("after %s it is begun again, on the same stream", async (_what, failure, isMeant) => {
  const [one, two] = [await device(), await device()];
  await one.save("Hello");
  let times = 2;
  account.fails = ({ child }) => (isMeant(child) && times-- > 0 ? failure : undefined);
  await one.join();
  await two.join();
  await says(two, "Hello");
  expect(times).toBeLessThanOrEqual(0);
});

test("it counts as kept once it is seen there, not once the server said so", async () => {
  const one = await device();
  await one.save("Hello");
  const real = account.items.set.bind(account.items);
  // A server that says yes and keeps nothing.
  account.items.set = () => account.items;
  await one.join();
  expect(account.published).toEqual([ID]);
  account.devices.clear();
  expect(await one.isClean()).toBe(true);
  one.leave();
  account.items.set = real;
  // The list says it is not there: it goes again.
  await one.join();
  expect(account.items.has(ID)).toBe(true);
});

test("edited on two devices at once: both texts are kept, once each, on both", async () => {
  const [one, two] = [await device(), await device()];
  await one.save("first");
  await one.join();
  await two.join();
  one.leave();
  two.leave();
  await one.save("from one", {}, "editor-one");
  await two.save("from two", {}, "editor-two");
  await one.join();
  await two.join();
  await says(one, "from one", "from two");
  await says(two, "from one", "from two");
  await vi.waitFor(async () => {
    expect(await one.isClean()).toBe(true);
    expect(await two.isClean()).toBe(true);
  });
  expect(account.items.size).toBe(2);
});

test("an open composer keeps its words; where others took the id, it follows them", async () => {
  const [one, two] = [await device(), await device()];
  await one.save("first");
  await one.join();
  await two.join();
  one.leave();
  await one.save("from one", {}, "editor-one");
  // Later by its clock, and so the one under the id.
  for (let ms = 0; ms < 50; ms++) two.context.now();
  await two.save("from two", {}, "editor-two");
  await vi.waitFor(() => expect(account.published).toHaveLength(2), 8000);
  await one.join();
  const view = await readDraft(one.context, { id: ID, editor: "editor-one" });
  expect(view).toMatchObject({
    draft: { body: "from one" },
    editor: "editor-one",
    left: "changed",
  });
  expect(view?.draft?.id).not.toBe(ID);
  const theirs = await readDraft(one.context, { id: ID });
  expect(theirs).toMatchObject({ draft: { body: "from two" }, beside: [expect.any(String)] });
  expect(theirs).not.toHaveProperty("left");
  // What is typed on goes there, and Send sends that.
  const { id } = await one.save("from one, on", {}, "editor-one");
  expect(id).toBe(view?.draft?.id);
  await says(two, "from one, on", "from two");
  const draft: Draft = { ...newDraft(ID, 0, [{ jid: bob }]), body: "from one, on" };
  expect(await send(one.context, { draft, editor: "editor-one" })).toEqual({ ok: true });
  await says(two, "from two");
});

test("words that came while somebody typed stay beside what is typed", async () => {
  const [one, two] = [await device(), await device()];
  await one.save("first");
  await one.join();
  await two.join();
  const before = await baseOn(two.context);
  await one.save("first and second", {}, "editor-one");
  await says(two, "first and second");
  // The composer of the other device had the first words before it.
  await saveDraft(two.context, {
    draft: { ...newDraft(ID, 0, [{ jid: bob }]), body: "first, my way" },
    editor: "editor-two",
    base: before ?? "",
  });
  expect(await two.bodies()).toEqual(["first and second", "first, my way"]);
  await says(one, "first and second", "first, my way");
});

test("thrown away here, gone there, also for who was away; Undo brings it back to all", async () => {
  const [one, two] = [await device(), await device()];
  await one.save("Hello");
  await one.join();
  await two.join();
  two.leave();
  const { undo: step } = await discardDraft(one.context, { id: ID });
  await vi.waitFor(async () => expect(await one.isClean()).toBe(true));
  expect(await two.bodies()).toEqual(["Hello"]);
  await two.join();
  await says(two);
  await undo(one.context, step === undefined ? {} : { id: step });
  await says(one, "Hello");
  await says(two, "Hello");
});

test("thrown away without a connection, while another device kept its words beside: gone, and those words stay", async () => {
  const [one, two] = [await device(), await device()];
  await one.save("first");
  await one.join();
  await two.join();
  two.leave();
  await two.save("from two", {}, "editor-two");
  // Later by its clock, and so the one under the id.
  for (let ms = 0; ms < 50; ms++) one.context.now();
  await one.save("from one", {}, "editor-one");
  await vi.waitFor(async () => expect(await one.isClean()).toBe(true));
  one.leave();
  await two.join();
  await says(two, "from one", "from two");
  await vi.waitFor(async () => expect(await two.isClean()).toBe(true));
  await discardDraft(one.context, { id: ID });
  await one.join();
  await says(one, "from two");
  await says(two, "from two");
  await vi.waitFor(async () => {
    expect(await one.isClean()).toBe(true);
    expect(await two.isClean()).toBe(true);
  });
  const late = await device();
  await late.join();
  await says(late, "from two");
});

test("what an earlier version could not read of its own is read, and the draft goes on", async () => {
  const [one, two] = [await device(), await device()];
  await one.save("mine");
  const own = (await one.mark())?.stamp ?? "";
  const later = nextStamp(own as Stamp, 0, deviceOf(own as Stamp));
  const revision = ["000000001000other1" as Stamp, later];
  const draft = { ...newDraft(ID, 0, [{ jid: bob }]), body: "mine" };
  const text = encodeDraftItem({ id: ID, revision, stamp: own as Stamp, draft });
  const payload = xml("draft", { xmlns: NODE_DRAFTS }, text);
  account.exists = true;
  account.items.set(ID, xml("item", { id: ID }, payload));
  await one.context.store.write(["meta"], async (tx) => {
    const marks = (await readMeta(tx, "draftMarks")) ?? {};
    const known = { shared: 1, dirty: 1, held: "damaged", revision } as const;
    putMeta(tx, "draftMarks", { ...marks, [ID]: { ...marks[ID], stamp: own as Stamp, ...known } });
  });
  await one.join();
  await two.join();
  await says(two, "mine");
  expect((await one.mark())?.held).toBeUndefined();
  expect(await one.isClean()).toBe(true);
  await one.save("mine, and on");
  await says(two, "mine, and on");
  await discardDraft(two.context, { id: ID });
  await says(one);
});

test("a draft that could not be read there, and is there no more: it is saved, and shown as saved", async () => {
  const one = await device();
  await one.join();
  await one.save("Hello");
  await vi.waitFor(async () => expect(await one.isClean()).toBe(true));
  one.leave();
  account.items.delete(ID);
  await one.context.store.write(["meta"], async (tx) => {
    const marks = (await readMeta(tx, "draftMarks")) ?? {};
    const mark = Object.assign({}, marks[ID], { held: "damaged" as const });
    putMeta(tx, "draftMarks", { ...marks, [ID]: mark });
  });
  const page = await pageOf(one.context, "a-composer");
  const { changed, behind } = await page.during(async () => {
    await one.join();
    await vi.waitFor(async () => expect(await one.isClean()).toBe(true));
  });
  expect(changed).toEqual(expect.arrayContaining([expect.stringContaining("window")]));
  expect(behind).toEqual([]);
});

test("sent on one device: gone on the other, and not sent from there", async () => {
  const [one, two] = [await device(), await device()];
  await one.save("Hello");
  await one.join();
  await two.join();
  const draft: Draft = { ...newDraft(ID, 0, [{ jid: bob }]), body: "Hello" };
  expect(await send(one.context, { draft })).toEqual({ ok: true });
  await says(two);
  expect(await readDraft(two.context, { id: ID })).toEqual({ gone: "sent" });
  expect(await send(two.context, { draft })).toMatchObject({ problem: "already-sent" });
  expect(await two.save("Hello again")).toMatchObject({ sent: true });
});

test("changed here while another device sent it: the composer goes on in a draft of its own, and knows why", async () => {
  const [one, two] = [await device(), await device()];
  await one.save("Hello", {}, "editor-one");
  await one.join();
  await two.join();
  await says(two, "Hello");
  one.leave();
  await one.save("Hello, Bob", {}, "editor-one");
  const draft: Draft = { ...newDraft(ID, 0, [{ jid: bob }]), body: "Hello" };
  expect(await send(two.context, { draft })).toEqual({ ok: true });
  await vi.waitFor(async () => expect(await two.isClean()).toBe(true));
  await one.join();
  const view = await readDraft(one.context, { id: ID, editor: "editor-one" });
  expect(view).toMatchObject({ draft: { body: "Hello, Bob" }, left: "sent" });
  const { id } = view?.draft ?? newDraft("", 0, []);
  expect(await readDraft(one.context, { id, editor: "editor-one" })).toEqual(view);
  expect(await readDraft(one.context, { id })).not.toHaveProperty("left");
});

test("sent from both without a connection: the second does not go out, and its own words are a draft", async () => {
  const [one, two] = [await device(), await device()];
  await one.save("Hello");
  await one.join();
  await two.join();
  two.leave();
  const draft: Draft = { ...newDraft(ID, 0, [{ jid: bob }]), body: "Hello" };
  await send(one.context, { draft });
  await vi.waitFor(async () => expect(await one.isClean()).toBe(true));
  await send(two.context, { draft: { ...draft, body: "Hello, from the train" } });
  expect(await maySendTwice(two.context)).toBe(true);
  await two.join();
  const left = await two.context.store.read(["outbox", "messages"], async (tx) => [
    await tx.objectStore("outbox").count(),
    await tx.objectStore("messages").count(),
  ]);
  expect(left).toEqual([0, 0]);
  await says(two, "Hello, from the train");
});

/** The archive has it: another device sent it. */
async function sentElsewhere({ context }: Device): Promise<void> {
  const draft: Draft = { ...newDraft(ID, 0, [{ jid: bob }]), body: "Hello" };
  const sent = messageFromDraft(draft, { me, mid: ID, thread: "t", now: 5 });
  const { recipients: _r, delivery: _d, ...message } = sent.message;
  await context.store.write(WORKING_STORES, (tx) =>
    ingest(tx, me, [{ ...sent, message: { ...message, archiveIds: ["a1"] } }]),
  );
}

test("the message in the archive is word enough: its draft goes", async () => {
  const one = await device();
  await one.save("Hello");
  await one.join();
  await sentElsewhere(one);
  one.leave();
  await one.join();
  await says(one);
});

test.each([
  ["it goes", "Hello", []],
  ["words that only this device has stay a draft", "Hello, Bob", ["Hello, Bob"]],
] as const)(
  "the account has lost a draft by the time the archive says that it was sent: %s",
  async (_what, words, left) => {
    const one = await device();
    await one.save("Hello");
    await one.join();
    one.leave();
    if (words !== "Hello") await one.save(words);
    account.items.clear();
    await sentElsewhere(one);
    await one.join();
    await says(one, ...left);
    await vi.waitFor(() => expect(account.items.size).toBe(left.length));
  },
);

test("a node others can read gets nothing, and one opened later nothing more", async () => {
  const one = await device();
  account.exists = true;
  account.access = "open";
  await one.save("secret");
  await one.join();
  expect(account.published).toEqual([]);
  expect(await one.isClean()).toBe(false);
  one.leave();
  account.access = "whitelist";
  await one.join();
  expect(account.published).toEqual([ID]);
  account.access = "open";
  account.published = [];
  await one.save("secret, too");
  // Looked at anew once the server refused, and closed from then on.
  await vi.waitFor(async () =>
    expect(await one.context.store.read(["meta"], (tx) => readMeta(tx, "draftNode"))).toBe(
      "closed",
    ),
  );
  expect(account.published).toEqual([]);
});

test("without a private node drafts go to private XML, where a look finds them, and what was lost goes again", async () => {
  account.exists = true;
  account.access = "open";
  account.privateXml = xml("drafts", { xmlns: "urn:envoi:drafts:0" });
  const [one, two] = [await device(), await device()];
  await one.save("Hello");
  await one.join();
  await two.join();
  await says(two, "Hello");
  expect(account.published).toEqual([]);
  const place = await one.context.store.read(["meta"], (tx) => readMeta(tx, "draftNode"));
  expect(place).toBe("private-xml");
  await two.save("Hello, Bob");
  await vi.waitFor(async () => expect(await two.isClean()).toBe(true));
  await says(one, "Hello");
  one.look();
  await says(one, "Hello, Bob");
  // Another device wrote at the same time, and what it wrote knows nothing of this draft.
  account.privateXml = xml("drafts", { xmlns: "urn:envoi:drafts:0" });
  two.look();
  await vi.waitFor(() => expect(account.privateXml?.getChildElements()).toHaveLength(1));
  await vi.waitFor(async () => expect(await two.isClean()).toBe(true));
});

test("what private XML has no room for stays here, and says so", async () => {
  account.exists = true;
  account.access = "open";
  account.privateXml = xml(
    "drafts",
    { xmlns: "urn:envoi:drafts:0" },
    xml("item", { xmlns: "urn:envoi:drafts:0", id: "another" }, "A".repeat(250_000)),
  );
  const one = await device();
  await one.save(randomText(20_000));
  await one.join();
  await vi.waitFor(async () => {
    const marks = await one.context.store.read(["meta"], (tx) => readMeta(tx, "draftMarks"));
    expect(marks?.[ID]?.held).toBe("refused");
  });
  expect(account.privateXml.getChildElements()).toHaveLength(1);
  expect(await one.bodies()).toHaveLength(1);
});

/** Text that does not deflate to nothing. */
function randomText(length: number): string {
  return Array.from({ length }, () => Math.random().toString(36)[2] ?? "x").join("");
}

/** The browser's data of this device are gone; what was in memory comes back. */
async function lose({ context }: Device, act: () => Promise<unknown>): Promise<void> {
  const rescue = createRescue(context);
  await act();
  await new Promise((resolve) => setTimeout(resolve, 20));
  const stores = [...WORKING_STORES, "drafts"] as const;
  await context.store.write(stores, async (tx) => {
    for (const name of stores) void tx.objectStore(name).clear();
  });
  await rescue.restore();
  rescue.stop();
}

test.each([
  ["changed", (one: Device) => one.save("Hello again"), ["Hello again"]],
  ["thrown away", (one: Device) => discardDraft(one.context, { id: ID }), []],
])("the database is gone after a draft was %s: it is that once, everywhere", async (_, act, is) => {
  const [one, two] = [await device(), await device()];
  await one.save("Hello");
  await one.join();
  await two.join();
  await says(two, "Hello");
  await vi.waitFor(async () => expect(await one.isClean()).toBe(true));
  one.leave();
  await lose(one, () => act(one));
  await one.join();
  await says(two, ...is);
  await says(one, ...is);
  expect(account.items.size).toBe(1);
});

test("deleted under us: made anew, and everything goes there again", async () => {
  const one = await device();
  await one.save("Hello");
  await one.join();
  account.exists = false;
  account.items.clear();
  await takeDraftEvent(one.context, { items: [], retracted: [], isGone: true });
  await vi.waitFor(() => expect([...account.items.keys()]).toEqual([ID]), 8000);
});

describe("a draft taken away, or its node deleted, without a word", () => {
  const losses = [
    ["taken away", true],
    ["with its node", false],
  ] as const;

  test.each(losses)(
    "%s: there again after a look, which is one request else",
    async (_, exists) => {
      const one = await device();
      await one.save("Hello");
      await one.join();
      await vi.waitFor(async () => expect(await one.isClean()).toBe(true));
      account.requests = 0;
      one.look();
      one.look();
      await vi.waitFor(() => expect(account.requests).toBe(1));
      Object.assign(account, { exists, items: new Map(), published: [] });
      one.look();
      await vi.waitFor(() => expect(account.published).toEqual([ID]), 8000);
      expect(account.room).toBe(256);
    },
  );

  test.each(losses)("%s: there again in a stream that goes on", async (_, exists) => {
    const one = await device();
    await one.save("Hello");
    await one.join();
    await vi.waitFor(async () => expect(await one.isClean()).toBe(true));
    one.leave();
    account.requests = 0;
    await one.join(false);
    expect(account.requests).toBe(1);
    one.leave();
    Object.assign(account, { exists, items: new Map(), published: [] });
    await one.join(false);
    await vi.waitFor(() => expect(account.published).toEqual([ID]), 8000);
  });
});

test("deleted under us on a server that makes it anew for one item: made as it is to be before anything is written", async () => {
  account.makesAnew = true;
  const one = await device();
  await one.join();
  for (const number of [1, 2, 3, 4])
    await one.save(`text ${number}`, { id: `draft-${number}-of-mine` });
  await vi.waitFor(() => expect(account.items.size).toBe(4), 8000);
  account.exists = false;
  account.items.clear();
  let toWrongPlace = 0;
  account.fails = ({ child }) => {
    if (!account.exists && child.getChild("publish") != null) toWrongPlace++;
    return undefined;
  };
  await takeDraftEvent(one.context, { items: [], retracted: [], isGone: true });
  await vi.waitFor(() => expect(account.items.size).toBe(4), 8000);
  await vi.waitFor(async () => expect(await one.isClean()).toBe(true));
  expect(toWrongPlace).toBe(0);
  expect(account.room).toBe(256);
});

test.each([-10 * YEAR, 10 * YEAR])(
  "begun by a clock %d ms off that is put right: what is written then, and that it is thrown away, counts everywhere",
  async (off) => {
    const [one, two] = [await device(NOW + off), await device(NOW)];
    await one.save("Hello");
    await one.join();
    await two.join();
    await setClock(one.context, NOW);
    await one.save("Hello, Bob");
    await says(two, "Hello, Bob");
    await two.save("Hello, Bob!");
    await says(one, "Hello, Bob!");
    await discardDraft(one.context, { id: ID });
    await says(two);
    await says(one);
  },
);

/** What another client wrote, and everybody is told of. */
async function writeElsewhere(id: string, payload: string): Promise<void> {
  const item = xml("item", { id }, xml("draft", { xmlns: "urn:envoi:drafts:0" }, payload));
  account.items.set(id, item);
  const event = {
    items: [{ id, payload: item.getChildElements()[0] }],
    retracted: [],
    isGone: false,
  };
  for (const context of account.devices) await takeDraftEvent(context, event);
}

const payloadOf = (value: unknown): string =>
  bytesToBase64(deflateSync(new TextEncoder().encode(JSON.stringify(value))));
const written = payloadOf({ v: 1, words: "of another client" });

test.each([
  ["damaged", written, "damaged"],
  ["newer", payloadOf({ v: 2 }), "newer"],
  ["of more than a megabyte", payloadOf({ v: 1, x: "x".repeat(1_100_000) }), "damaged"],
] as const)(
  "an item that is %s stays as it is, whatever becomes of the draft here, until there is one that can be read",
  async (_what, theirs, held) => {
    const one = await device();
    await one.save("Hello");
    await one.join();
    const mine = account.items.get(ID)?.getChildElements()[0]?.text() ?? "";
    await writeElsewhere(ID, theirs);
    expect(await readDraft(one.context, { id: ID })).toMatchObject({ held });
    await one.save("Hello, Bob");
    // Gone through by the time another draft is there.
    await one.save("another", { id: "another-draft-of-mine" });
    await vi.waitFor(() => expect(account.items.size).toBe(2), 8000);
    expect(account.items.get(ID)?.getChildElements()[0]?.text()).toBe(theirs);
    one.leave();
    await one.join();
    const { undo: step } = await discardDraft(one.context, { id: ID });
    await one.save("a third", { id: "a-third-draft-of-mine" });
    await vi.waitFor(() => expect(account.items.size).toBe(3), 8000);
    expect(account.items.get(ID)?.getChildElements()[0]?.text()).toBe(theirs);
    await undo(one.context, step === undefined ? {} : { id: step });
    await writeElsewhere(ID, mine);
    await vi.waitFor(async () => expect(await one.isClean()).toBe(true), 8000);
    expect(await readDraft(one.context, { id: ID })).toMatchObject({
      draft: { body: "Hello, Bob" },
    });
    expect(account.published.at(-1)).toBe(ID);
  },
);

test.each([
  ["by a device ten years ahead", 0, [ID]],
  ["by a device ten years ahead of a server that does not tell the time", undefined, [ID]],
  ["after more than a month of the server's", 31 * DAY, []],
] as const)(
  "that a draft was thrown away is kept for a month by the server's clock: looked at %s",
  async (_what, later, left) => {
    const [one, other] = [await device(NOW), await device(NOW + 10 * YEAR)];
    await one.save("Hello");
    await one.join();
    await discardDraft(one.context, { id: ID });
    await vi.waitFor(async () => expect(await one.isClean()).toBe(true));
    account.time = later === undefined ? undefined : NOW + later;
    await other.join();
    expect([...account.items.keys()]).toEqual(left);
  },
);

test.each([
  ["clocks are right", 0],
  ["its clock is ten years behind", 10 * YEAR],
])(
  "thrown away without a connection more than a month ago: gone for who comes later, too, where %s",
  async (_what, behind) => {
    const [one, two] = [await device(NOW), await device(NOW)];
    account.time = NOW;
    await one.save("Hello");
    await one.join();
    await two.join();
    await says(two, "Hello");
    one.leave();
    two.leave();
    await discardDraft(one.context, { id: ID });
    account.time = NOW + 35 * DAY;
    one.context.now = () => NOW + 35 * DAY - behind;
    await one.join();
    await vi.waitFor(async () => expect(await one.isClean()).toBe(true));
    await two.join();
    await says(two);
    expect([...account.items.keys()]).toEqual([ID]);
  },
);

test("thrown away while the server refuses for a moment: told there a little later, and not called saved before", async () => {
  const [one, two] = [await device(), await device()];
  await one.save("Hello");
  await one.join();
  await two.join();
  const waiting = async (): Promise<number> => (await readDevices(one.context)).pending;
  expect(await waiting()).toBe(0);
  let times = 1;
  const forNow = new StanzaError({ type: "wait", condition: "resource-constraint" });
  account.fails = ({ child }) =>
    child.getChild("publish") != null && times-- > 0 ? forNow : undefined;
  await discardDraft(one.context, { id: ID });
  await vi.waitFor(() => expect(times).toBe(0));
  expect(await waiting()).toBe(1);
  await says(two);
  await vi.waitFor(async () => expect(await waiting()).toBe(0));
});

test.each(["cancel", "modify", "auth"] as const)(
  "what the server would not take (%s) is tried again on the same stream",
  async (type) => {
    const [one, two] = [await device(), await device()];
    await one.join();
    await two.join();
    let times = 1;
    account.fails = ({ child }) =>
      child.getChild("publish") != null && times-- > 0
        ? new StanzaError({ type, condition: "not-allowed" })
        : undefined;
    await one.save("Hello");
    await says(two, "Hello");
    expect(await readDraft(one.context, { id: ID })).not.toHaveProperty("held");
  },
);

test("on a node with little room what counts as kept is there, the rest stays here and says so, and takes a place that gets free", async () => {
  account.mostRoom = 5;
  const one = await device();
  await one.join();
  for (let number = 0; number < 9; number++)
    await one.save(`text ${number}`, { id: `draft-${number}-of-mine` });
  const kept = async (): Promise<string[]> => {
    const { rows } = await readWindow(one.context, { mailbox: "drafts", offset: 0, limit: 9 });
    return rows.filter(({ held }) => held === undefined).map(({ id }) => id.slice(1));
  };
  await vi.waitFor(async () => {
    expect(await kept()).toHaveLength(2);
    expect([...account.items.keys()].sort()).toEqual((await kept()).sort());
  }, 8000);
  const [first = ""] = await kept();
  await discardDraft(one.context, { id: first });
  await vi.waitFor(async () => {
    expect(await kept()).toHaveLength(2);
    for (const id of await kept()) expect(account.items.has(id)).toBe(true);
  }, 8000);
  expect(await kept()).not.toContain(first);
  // More than there is room for, from before this was looked at.
  one.leave();
  account.mostRoom = account.room = 2;
  account.items.clear();
  await one.join();
  await vi.waitFor(async () => expect(await kept()).toHaveLength(1), 8000);
  expect([...account.items.keys()]).toEqual(await kept());
});

test("drafts that end push none out that go on, however long the stream is", async () => {
  account.mostRoom = 10;
  const one = await device();
  await one.join();
  for (const number of [1, 2, 3])
    await one.save(`text ${number}`, { id: `draft-${number}-of-mine` });
  for (let number = 0; number < 9; number++) {
    const id = `short-lived-draft-${number}`;
    await one.save("Hello", { id });
    await vi.waitFor(() => expect(account.published).toContain(id));
    await discardDraft(one.context, { id });
    await vi.waitFor(async () => expect(await one.isClean()).toBe(true));
  }
  for (const number of [1, 2, 3]) expect(account.items.has(`draft-${number}-of-mine`)).toBe(true);
});

test("garbage in the account changes nothing and stops nothing", async () => {
  const one = await device();
  await one.save("Hello");
  account.exists = true;
  const item = (id: string, text: string): Element =>
    xml("item", { id }, xml("draft", { xmlns: "urn:envoi:drafts:0" }, text));
  account.items.set("garbage-1", item("garbage-1", "%%%"));
  account.items.set("no-payload", xml("item", { id: "no-payload" }));
  account.items.set("other-payload", xml("item", { id: "other-payload" }, xml("x", {}, "y")));
  await one.join();
  await says(one, "Hello");
  expect(account.items.size).toBe(4);
});

test("too large for a stanza: it stays here and says so, and nothing is lost", async () => {
  const one = await device();
  await one.context.store.write(["meta"], async (tx) =>
    putMeta(tx, "stanzaLimit", { advertised: 20_000 }),
  );
  const noise = Array.from(crypto.getRandomValues(new Uint8Array(20_000)), (b) =>
    String.fromCharCode(0x4e00 + b * 7),
  ).join("");
  await one.save(noise);
  await one.join();
  expect(account.published).toEqual([]);
  expect(await readDraft(one.context, { id: ID })).toMatchObject({ held: "too-big" });
  const list = await readWindow(one.context, { mailbox: "drafts", offset: 0, limit: 5 });
  expect(list.rows).toMatchObject([{ held: "too-big" }]);
  await one.save("short");
  await vi.waitFor(() => expect(account.published).toEqual([ID]), 8000);
  expect(await readDraft(one.context, { id: ID })).not.toHaveProperty("held");
});

test("what it answers is found again where its row has another key", async () => {
  const [one, two] = [await device(), await device()];
  const asked = messageFromDraft(
    { ...newDraft("the-question", 0, [{ jid: bob }]), body: "When?" },
    { me, mid: "the-question", thread: "t", now: 5 },
  );
  const other = messageFromDraft(
    { ...newDraft("another-one", 0, [{ jid: bob }]), body: "Else" },
    { me, mid: "another-one", thread: "u", now: 4 },
  );
  for (const [who, list] of [
    [one, [asked]],
    [two, [other, asked]],
  ] as const)
    await who.context.store.write(WORKING_STORES, (tx) => ingest(tx, me, [...list]));
  await one.save("On Friday", { kind: "reply", source: { key: 1, thread: "t" } });
  await one.join();
  await two.join();
  const view = await readDraft(two.context, { id: ID });
  expect(view?.draft?.source).toMatchObject({ key: 2, thread: "t" });
});

test("a draft remembers no more words beside it than an item may name", async () => {
  const one = await device();
  for (let number = 0; number < 12; number++) {
    const draft: Draft = { ...newDraft(ID, 0, [{ jid: bob }]), body: `text ${number}` };
    await saveDraft(one.context, { draft, editor: `editor-${number}` });
  }
  const marks = await one.context.store.read(["meta"], (tx) => readMeta(tx, "draftMarks"));
  expect(marks?.[ID]?.beside).toHaveLength(8);
  expect(await one.bodies()).toHaveLength(12);
});

test("both write at once, connected: each composer has its own words, and what one throws away goes everywhere", async () => {
  const [one, two] = [await device(), await device()];
  await one.save("first");
  await one.join();
  await two.join();
  await one.save("from one", {}, "editor-one");
  for (let ms = 0; ms < 50; ms++) two.context.now();
  await two.save("from two", {}, "editor-two");
  await says(one, "from one", "from two");
  await says(two, "from one", "from two");
  const view = await readDraft(one.context, { id: ID, editor: "editor-one" });
  expect(view).toMatchObject({ draft: { body: "from one" }, editor: "editor-one" });
  const id = view?.draft?.id ?? "";
  const { undo: step } = await discardDraft(one.context, { id, editor: "editor-one" });
  await says(one, "from two");
  await says(two, "from two");
  await undo(one.context, step === undefined ? {} : { id: step });
  await says(two, "from one", "from two");
});
