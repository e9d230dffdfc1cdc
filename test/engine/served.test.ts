/** What the page shows follows what is written, whoever writes it: every query hears of what its answer is made of. */
import { xml } from "@xmpp/xml";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { createArchiveWriter } from "../../src/engine/archive-writer.ts";
import { setClock } from "../../src/engine/account-state/device.ts";
import { takeFirstSignIn } from "../../src/engine/account-state/first-sign-in.ts";
import { noteHealth, noteHeard } from "../../src/engine/account-state/health.ts";
import { joinBatch } from "../../src/engine/account-state/join.ts";
import { publishPending } from "../../src/engine/account-state/publish.ts";
import { createBlocking } from "../../src/engine/blocking.ts";
import { block, unblock } from "../../src/engine/commands/block.ts";
import { discardDraft, saveDraft } from "../../src/engine/commands/drafts.ts";
import { deleteLabel, saveLabel } from "../../src/engine/commands/labels.ts";
import { lookUp } from "../../src/engine/commands/look-up.ts";
import { markRead } from "../../src/engine/commands/mark-read.ts";
import { setPreference } from "../../src/engine/commands/preferences.ts";
import { retract } from "../../src/engine/commands/retract.ts";
import { discardUnsent, editUnsent, retrySend, send } from "../../src/engine/commands/send.ts";
import { dismissNotice, pauseSync, resumeSync, retryGap } from "../../src/engine/commands/sync.ts";
import { triage } from "../../src/engine/commands/triage.ts";
import { undo } from "../../src/engine/commands/undo.ts";
import { createConnectionReport } from "../../src/engine/connection-report.ts";
import { markFailed, markSent } from "../../src/engine/delivery.ts";
import { takeDisplayedEvent } from "../../src/engine/displayed.ts";
import { takeDraftEvent } from "../../src/engine/draft-sync.ts";
import { takeInbound } from "../../src/engine/live.ts";
import { readBlocked } from "../../src/engine/queries/sender.ts";
import { watchRetention } from "../../src/engine/retention.ts";
import { createRoom } from "../../src/engine/room.ts";
import { createSnoozes } from "../../src/engine/snoozes.ts";
import { putSync } from "../../src/engine/sync-state.ts";
import { createTroubles } from "../../src/engine/troubles.ts";
import type { Jid } from "../../src/mail/address.ts";
import { encodeDraftItem } from "../../src/mail/account-state/draft-item.ts";
import { FORGET_BEFORE } from "../../src/mail/account-state/forget.ts";
import { FIRST_SIGN_IN, firstSignInSaid } from "../../src/mail/account-state/registers.ts";
import { ruleStamp, type Stamp } from "../../src/mail/clock.ts";
import type { Received } from "../../src/mail/received.ts";
import { newDraft } from "../../src/mail/reply.ts";
import { stateKey, whenOf } from "../../src/mail/state.ts";
import type { TriageAct } from "../../src/mail/triage.ts";
import { putMeta } from "../../src/store/meta.ts";
import { StorageError } from "../../src/store/storage-error.ts";
import { buildDisplayed } from "../../src/xmpp/displayed.ts";
import type { ArchivePage } from "../../src/xmpp/mam.ts";
import { NODE_DRAFTS } from "../../src/xmpp/nodes.ts";
import type { Session } from "../../src/xmpp/session.ts";
import { MemoryNode } from "./memory-node.ts";
import { NOT_HERE, pageOf, type PageOnTrial } from "./page-on-trial.ts";
import { accountOnTrial, me } from "./store-on-trial.ts";
import { BARE } from "./bare-received.ts";

const bob = "bob@x.test" as Jid;
const eve = "eve@x.test" as Jid;
const HOUR = 3_600_000;
const BEGIN = Date.UTC(2026, 0, 1);
const EDITOR = "a-composer";
const NOBODY = { type: "cancel", condition: "item-not-found" } as const;
const LATER = ruleStamp(Date.UTC(2030, 0, 1));

let account: Awaited<ReturnType<typeof accountOnTrial>>;
let page: PageOnTrial;
/** Stamps of another device, each later than the last. */
let stamps: number;

beforeEach(async () => {
  account = await accountOnTrial();
  let at = BEGIN + 100 * HOUR;
  account.now = () => at++;
  stamps = 0;
  onTestFinished(() => account.store.close());
  await account.store.write(["meta"], async (tx) => {
    putMeta(tx, "firstSignInAt", BEGIN);
    putMeta(tx, "stateHeard", true);
  });
  await fromArchive(received(0), received(1), received(2, { type: "chat", subject: "" }));
  page = await pageOf(account, EDITOR);
});

function received(n: number, more: Partial<Received> = {}): Received {
  return {
    from: bob,
    fromResource: "",
    to: me,
    toResource: "",
    type: "normal",
    id: `message-${n}-that-is-told-of`,
    subject: `Matter ${n}`,
    body: `About ${n}`,
    thread: { id: `thread-${n}` },
    ...BARE,
    ...more,
  };
}

let archived = 0;
const archiveIds = new Map<string, string>();

function archivePage(...messages: Received[]): ArchivePage {
  const items = messages.map((each) => {
    const archiveId = `archive-${archived++}`;
    archiveIds.set(each.id ?? "", archiveId);
    return { archiveId, at: BEGIN + archived * HOUR, received: each };
  });
  const marks = items.map(({ archiveId, at }) => ({ archiveId, at }));
  return { items, marks, unreadable: [], complete: false, ended: true, length: 1000 };
}

async function fromArchive(...messages: Received[]): Promise<void> {
  return written(archivePage(...messages));
}

async function written(what: ArchivePage): Promise<void> {
  const writer = createArchiveWriter(account);
  await writer.load();
  writer.put(what);
  await writer.drained();
}

/** Each step changes what may be shown, and all of it is shown after it. */
async function expectShown(steps: Record<string, () => Promise<unknown>>): Promise<void> {
  for (const [name, step] of Object.entries(steps)) {
    const { changed, behind } = await page.during(step);
    expect.soft(behind, name).toEqual([]);
    expect.soft(changed, name).not.toEqual([]);
  }
}

async function rowOf(n: number) {
  const rows = await account.store.read(["messages"], (tx) =>
    tx.objectStore("messages").index("mid").getAll(`message-${n}-that-is-told-of`),
  );
  if (rows[0] === undefined) throw new Error(`no message ${n}`);
  return rows[0];
}

async function keyOf(mid: string): Promise<number> {
  const key = await account.store.read(["messages"], (tx) =>
    tx.objectStore("messages").index("mid").getKey(mid),
  );
  return key ?? 0;
}

async function act(n: number, what: TriageAct): Promise<unknown> {
  const on = { conversations: [`c${(await rowOf(n)).conversation}`] };
  return triage(account, { act: what, on });
}

const draftOf = (id: string, body = "Hello") => ({
  ...newDraft(id, 0, [{ jid: bob }]),
  subject: `Draft ${id}`,
  body,
});

test("what a person does with conversations", () =>
  expectShown({
    read: async () => markRead(account, { conversation: `c${(await rowOf(0)).conversation}` }),
    unread: () => act(0, { do: "unread" }),
    star: () => act(0, { do: "star" }),
    unstar: () => act(0, { do: "unstar" }),
    archive: () => act(0, { do: "move", to: "archive" }),
    "undo of that": () => undo(account, {}),
    mute: () => act(0, { do: "mute" }),
    spam: () => act(1, { do: "move", to: "spam" }),
    "deletion for good": () => act(1, { do: "delete-forever" }),
    snooze: () => act(0, { do: "snooze", until: account.now() + 1 }),
    "the end of that": async () => {
      const snoozes = createSnoozes(account);
      await new Promise((resolve) => setTimeout(resolve, 200));
      snoozes.close();
    },
  }));

test("what a person does with folders and tags", () =>
  expectShown({
    "a folder": () => saveLabel(account, { kind: "folder", name: "Boat" }),
    "a tag": () => saveLabel(account, { kind: "tag", name: "Soon" }),
    "mail in that folder": async () => act(0, { do: "move", to: await labelId("folder") }),
    "mail with that tag": async () => act(0, { do: "tag", tag: await labelId("tag"), on: true }),
    "another name": async () => saveLabel(account, { ...(await known("folder")), name: "Ship" }),
    "another colour": async () => saveLabel(account, { ...(await known("tag")), hue: 5 }),
    "a place in the order": async () =>
      saveLabel(account, { ...(await known("tag")), place: 0, name: "X" }),
    "no folder": async () => deleteLabel(account, { id: await labelId("folder") }),
    "undo of that": () => undo(account, {}),
    "no tag": async () => deleteLabel(account, { id: await labelId("tag") }),
    "undo of that, too": () => undo(account, {}),
  }));

async function labelId(kind: "folder" | "tag"): Promise<string> {
  return (await known(kind)).id;
}

async function known(kind: "folder" | "tag") {
  const labels = await account.store.read(["labels"], (tx) => tx.objectStore("labels").getAll());
  return { kind, id: labels.find((label) => label.kind === kind)?.id ?? "" };
}

test("what a person writes", () =>
  expectShown({
    "a draft": () => saveDraft(account, { draft: draftOf("one"), editor: EDITOR }),
    "more of it": () => saveDraft(account, { draft: draftOf("one", "Hello Bob"), editor: EDITOR }),
    "words of another tab": () =>
      saveDraft(account, { draft: draftOf("one", "No"), editor: "another" }),
    "thrown away": () => discardDraft(account, { id: "one" }),
    "undo of that": () => undo(account, {}),
    sent: () => send(account, { draft: draftOf("one"), editor: EDITOR }),
    "taken by the server": () => markSent(account, "one", bob),
    "sent to who is not there": () => send(account, { draft: draftOf("two") }),
    refused: () => markFailed(account, "two", bob, "item-not-found"),
    "tried again": async () => retrySend(account, { key: await keyOf("two") }),
    "refused again": () => markFailed(account, "two", bob, "item-not-found"),
    "back in a draft": async () => editUnsent(account, { key: await keyOf("two") }),
    "sent to nobody": () => send(account, { draft: draftOf("three") }),
    "thrown away unsent": async () => discardUnsent(account, { key: await keyOf("three") }),
    "sent to a stranger": () =>
      send(account, { draft: { ...draftOf("four"), to: [{ jid: eve, name: "Eve" }] } }),
    "taken, too": () => markSent(account, "four", eve),
    "taken back": async () => retract(account, { key: await keyOf("four") }),
  }));

test("what a person sets", () =>
  expectShown({
    "chats as mail": () => setPreference(account, { name: "chatsAsMail", value: true }),
    "chats apart": () => setPreference(account, { name: "chatsAsMail", value: false }),
    "spelling unchecked": () => setPreference(account, { name: "spelling", value: false }),
    paused: async () => {
      await putSync(account, { state: "syncing" });
      await page.rest();
      await pauseSync(account);
    },
    resumed: () => resumeSync(account),
    blocked: () => block(account, { jid: eve }),
    unblocked: () => unblock(account, { entry: eve }),
    "a link opened": () => lookUp(account, NOT_HERE),
    "a gap tried again": async () => {
      await connected();
      await written({ ...archivePage(), marks: [] });
      await page.rest();
      await retryGap(account, { id: "g0" });
    },
    "a notice dismissed": async () => {
      await noteHealth(account, { carrier: "none", refused: "no-pep", detail: "" });
      await page.rest();
      await dismissNotice(account, { id: "not-shared" });
    },
  }));

async function connected(): Promise<void> {
  const tenure = {
    signal: new AbortController().signal,
    holder: "this",
    isSurelyMine: async () => true,
  };
  await createConnectionReport(account, tenure).say({ state: "connected", host: "x.test" });
}

test("what the account's devices say", () =>
  expectShown({
    read: () => said(0, { read: [true, LATER] }),
    starred: () => said(0, { star: [true, LATER] }),
    "put into a folder that nobody spoke of": () => said(1, { folder: ["boat", LATER] }),
    "that folder": () => registers({ "label/boat/kind": "folder", "label/boat/name": "Boat" }),
    "its new name": () => registers({ "label/boat/name": "Ship" }),
    "its end": () => registers({ "label/boat/gone": true }),
    "a tag": () => registers({ "label/soon/kind": "tag", "label/soon/name": "Soon" }),
    "chats as mail": () => registers({ "setting/chatsAsMail": true }),
    "another device": () => registers({ "device/other1": { name: "Telephone", at: BEGIN } }),
    "deletion for good": () => said(0, { folder: ["gone", LATER] }),
    "an earlier first sign-in": async () => {
      await fromArchive(received(7));
      const { at } = await rowOf(7);
      await account.store.write(["meta"], async (tx) => putMeta(tx, "firstSignInAt", at + HOUR));
      const entry = { name: FIRST_SIGN_IN, said: firstSignInSaid(BEGIN) };
      await joinBatch(account, { messages: [], registers: [entry] });
      await page.rest();
      await takeFirstSignIn(account);
    },
    "a snooze": () => said(1, { snooze: [account.now() + HOUR, LATER] }),
    "all of it saved": publishes,
    "a word of this one": () => act(2, { do: "star" }),
    "that it is to be forgotten": async () => {
      const day = whenOf((await rowOf(2)).at).day + 1;
      await registers({ [FORGET_BEFORE]: { day, saidAt: account.now() } });
      const year = 366 * 24 * HOUR;
      account.now = () => BEGIN + 2 * year;
      await page.rest();
      await publishes();
    },
    "a right clock": async () => {
      await act(1, { do: "snooze", until: account.now() + HOUR });
      await page.rest();
      await setClock(account, account.now() + 10 * HOUR);
    },
  }));

async function publishes(): Promise<void> {
  const carrier = new MemoryNode().connect(() => undefined).open();
  if ("refused" in carrier) throw new Error("no place");
  const { signal } = new AbortController();
  await publishPending(account, carrier, { echoes: new Map(), serverNow: () => undefined, signal });
}

async function said(n: number, what: object): Promise<unknown> {
  const row = await rowOf(n);
  const entry = { key: stateKey(row), day: whenOf(row.at).day, said: what };
  return joinBatch(account, { messages: [entry], registers: [] });
}

async function registers(values: Record<string, unknown>): Promise<unknown> {
  const entries = Object.entries(values).map(([name, value]) => ({
    name,
    said: [value, ruleStamp(Date.UTC(2030, 0, 1) + stamps++)] as const,
  }));
  return joinBatch(account, { messages: [], registers: entries as never });
}

test("what the storage and the server take away", () =>
  expectShown({
    "no archive": () => hasArchive(false),
    "what nobody can read": () => takeInbound(account, { kind: "unreadable", text: "<message" }),
    "what is kept of that, where there is no room": async () => {
      const room = createRoom(
        account.store,
        account.bus,
        createTroubles(() => undefined),
        () => {
          room.stop();
        },
      );
      room.noteFull();
      await room.waiting();
    },
    "who is blocked": async () => {
      await block(account, { jid: eve });
      const iq = async () => xml("iq", {}, xml("blocklist", { xmlns: "urn:xmpp:blocking" }));
      const blocking = createBlocking(account, { jid: me, iq } as unknown as Session, {
        isNew: true,
        reports: false,
        signal: new AbortController().signal,
        onError: () => undefined,
      });
      blocking.nudge();
      await vi.waitFor(async () =>
        expect((await readBlocked(account)).entries).toMatchObject([{ state: "blocked" }]),
      );
    },
    "a connection": connected,
    "an archive": () => hasArchive(true),
    "what the archive lost": async () => {
      const over = new AbortController();
      const start = xml("start", { id: "archive-9", timestamp: "2026-01-02T00:00:00Z" });
      const iq = async () => xml("iq", {}, xml("metadata", { xmlns: "urn:xmpp:mam:2" }, start));
      void watchRetention(account, { iq } as unknown as Session, {
        extended: true,
        signal: over.signal,
      });
      await vi.waitFor(() => expect(account.touched).toContain("storage"));
      over.abort();
    },
  }));

async function hasArchive(has: boolean): Promise<void> {
  await account.store.write(["meta"], async (tx) => putMeta(tx, "noArchive", !has));
  account.bus.touch(["status", "notices"]);
}

test("how it stands with what the devices share", () =>
  expectShown({
    "a place for it": () => noteHealth(account, { carrier: "pep", maxItems: 256 }),
    "all of it read": () => noteHealth(account, { readAt: 1 }),
    heard: async () => {
      await account.store.write(["meta"], async (tx) => {
        putMeta(tx, "stateHeard", false);
        putMeta(tx, "stateHealth", { carrier: "pep", items: 0, bytes: 0, unreadable: 0 });
        putMeta(tx, "sync", { state: "up-to-date", done: 0, mail: 0 });
      });
      account.bus.touch(["status", "state"]);
      await page.rest();
      await noteHeard(account);
    },
    "a place that is full": () => noteHealth(account, { refused: "full", detail: "no room" }),
    "room again": () => noteHealth(account, { savedAt: 2 }),
    "open to others": () => noteHealth(account, { openUntil: 3 }),
  }));

test("what comes over the wire", () =>
  expectShown({
    mail: () => takeInbound(account, { kind: "message", received: received(3) }),
    "mail of a stranger": () =>
      takeInbound(account, { kind: "message", received: received(4, { from: eve }) }),
    "a carbon": () =>
      takeInbound(account, {
        kind: "carbon",
        direction: "sent",
        received: received(5, { from: me, to: eve, thread: { id: "thread-4" } }),
      }),
    "a contact": () =>
      takeInbound(account, {
        kind: "roster",
        items: [{ jid: bob, name: "Bob Boat", subscription: "both" }],
      }),
    "no contact any more": () =>
      takeInbound(account, { kind: "roster", items: [{ jid: bob, subscription: "remove" }] }),
    "a correction": () =>
      takeInbound(account, {
        kind: "message",
        received: received(6, { body: "Better", replaces: "message-3-that-is-told-of" }),
      }),
    "a list of who is blocked": () =>
      takeInbound(account, { kind: "blocking", change: { blocks: true, entries: [eve] } }),
    "that it was received": async () => {
      await send(account, { draft: draftOf("to-bob") });
      await markSent(account, "to-bob", bob);
      await page.rest();
      const receipt = received(11, { receiptFor: "to-bob" });
      delete (receipt as Partial<Received>).body;
      await takeInbound(account, { kind: "message", received: receipt });
    },
    "that it came back": async () => {
      await send(account, { draft: draftOf("to-nobody") });
      await markSent(account, "to-nobody", bob);
      await page.rest();
      const bounce = received(12, { type: "error", id: "to-nobody", problem: NOBODY });
      await takeInbound(account, { kind: "message", received: bounce });
    },
    "that it is taken back": () =>
      takeInbound(account, {
        kind: "message",
        received: received(13, { retracts: "message-3-that-is-told-of" }),
      }),
    "a draft": () => saveDraft(account, { draft: draftOf("a-draft-of-mine"), editor: EDITOR }),
    "mail of mine that it became elsewhere": () => {
      const sent = received(14, { id: "a-draft-of-mine", from: me, to: bob });
      return takeInbound(account, { kind: "carbon", direction: "sent", received: sent });
    },
    "what chat apps read": async () => {
      await fromArchive(received(8, { type: "chat", subject: "" }));
      await page.rest();
      const items = [buildDisplayed(me, archiveIds.get("message-8-that-is-told-of") ?? "")];
      await takeDisplayedEvent(account, {
        items: items.map((payload) => ({ id: bob, payload })),
      });
    },
  }));

test("what comes from the archive", () =>
  expectShown({
    mail: () => fromArchive(received(3)),
    "a draft": () => saveDraft(account, { draft: draftOf("a-draft-of-mine"), editor: EDITOR }),
    "mail of mine that it became elsewhere": () =>
      fromArchive(received(14, { id: "a-draft-of-mine", from: me, to: bob })),
    "what nobody can read": () =>
      written({
        ...archivePage(),
        marks: [{ archiveId: "torn", at: BEGIN + 90 * HOUR }],
        unreadable: [{ archiveId: "torn", text: "<message" }],
      }),
    "mail, and then a database that fails": async () => {
      await send(account, { draft: draftOf("to-nobody") });
      await markSent(account, "to-nobody", bob);
      const write = account.store.write.bind(account.store);
      const isOver = vi.spyOn(account.store, "write");
      isOver.mockImplementation(async (stores, what, durability) => {
        if (durability === "strict") throw new StorageError("failed", "the disk");
        return write(stores, what, durability);
      });
      const bounce = received(12, { type: "error", id: "to-nobody", problem: NOBODY });
      await expect(fromArchive(received(5), bounce)).rejects.toThrow("the disk");
      isOver.mockRestore();
    },
    "mail beside one that no program can take in": async () => {
      vi.spyOn(console, "error").mockImplementationOnce(() => undefined);
      const poison = received(9);
      Object.defineProperty(poison, "body", {
        get() {
          throw new Error("poison");
        },
      });
      await fromArchive(received(4), poison);
    },
  }));

const NODE_STAMP = "0000000000000other1" as Stamp;

test("what becomes of drafts on other devices", () =>
  expectShown({
    "a draft": () => draftEvent(NODE_STAMP, "Hello"),
    "of a newer program": () => rawDraftEvent("what"),
    "as it was": () => draftEvent(NODE_STAMP, "Hello"),
    "no draft there": () =>
      takeDraftEvent(account, { items: [], retracted: ["shared-draft"], isGone: false }),
    "a place": async () => {
      await account.store.write(["meta"], async (tx) => putMeta(tx, "draftNode", "open"));
      account.bus.touch(["state"]);
    },
    "no place any more": () => takeDraftEvent(account, { items: [], retracted: [], isGone: true }),
  }));

async function draftEvent(stamp: Stamp, body: string): Promise<void> {
  const draft = draftOf("shared-draft", body);
  await rawDraftEvent(encodeDraftItem({ id: "shared-draft", revision: [stamp], stamp, draft }));
}

async function rawDraftEvent(text: string): Promise<void> {
  const payload = xml("draft", { xmlns: NODE_DRAFTS }, text);
  await takeDraftEvent(account, {
    items: [{ id: "shared-draft", payload }],
    retracted: [],
    isGone: false,
  });
}
