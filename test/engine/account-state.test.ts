/** What devices of one account say to each other, over a server in memory that loses, refuses and forgets. */
import { describe, expect, onTestFinished, test, vi } from "vitest";
import {
  createAccountState,
  type AccountState,
  type AccountStateEvent,
} from "../../src/engine/account-state/carry.ts";
import { putSync } from "../../src/engine/sync-state.ts";
import { takeFirstSignIn } from "../../src/engine/account-state/first-sign-in.ts";
import { archivedArrival, boundSignIn } from "../../src/engine/arrivals.ts";
import { createArchiveWriter } from "../../src/engine/archive-writer.ts";
import { foldBuckets } from "../../src/engine/account-state/fold.ts";
import { joinItems } from "../../src/engine/account-state/items.ts";
import { joinBatch } from "../../src/engine/account-state/join.ts";
import { deleteLabel, saveLabel } from "../../src/engine/commands/labels.ts";
import { dismissNotice } from "../../src/engine/commands/sync.ts";
import { setPreference } from "../../src/engine/commands/preferences.ts";
import { triage } from "../../src/engine/commands/triage.ts";
import { undo } from "../../src/engine/commands/undo.ts";
import { ingest } from "../../src/engine/ingest.ts";
import { readDevices } from "../../src/engine/queries/devices.ts";
import { readLabelViews } from "../../src/engine/queries/labels.ts";
import { readMailboxes } from "../../src/engine/queries/mailboxes.ts";
import { readNotices, readStatus } from "../../src/engine/queries/status.ts";
import { readPreferences } from "../../src/engine/queries/preferences.ts";
import { readWindow } from "../../src/engine/queries/window.ts";
import { WORKING_STORES } from "../../src/engine/working-set.ts";
import type { Jid } from "../../src/mail/address.ts";
import {
  type Batch,
  decodeBatch,
  encodeBatch,
  packBatch,
} from "../../src/mail/account-state/batch.ts";
import { FIRST_SIGN_IN, firstSignInSaid } from "../../src/mail/account-state/registers.ts";
import type { Received } from "../../src/mail/received.ts";
import { putMeta, readMeta } from "../../src/store/meta.ts";
import { putRow } from "../../src/store/put.ts";
import type { ArchivePage } from "../../src/xmpp/mam.ts";
import { nextStamp, ruleStamp } from "../../src/mail/clock.ts";
import { stateKey, whenOf } from "../../src/mail/state.ts";
import { type Arrival, arrivalOf } from "../../src/mail/message.ts";
import { pageOf } from "./page-on-trial.ts";
import { accountOnTrial, me } from "./store-on-trial.ts";
import { type Connection, MemoryNode } from "./memory-node.ts";
import { BARE } from "./bare-received.ts";

const bob = "bob@example.net" as Jid;
const HOUR = 3_600_000;
const PATIENCE = { timeout: 15_000, interval: 10 };

function received(n: number): Received {
  return {
    from: bob,
    fromResource: "",
    to: me,
    toResource: "",
    type: "normal",
    id: `message-${n}-of-the-account-state-test`,
    subject: `Matter ${n}`,
    body: `About ${n}`,
    thread: { id: `thread-${n}` },
    ...BARE,
  };
}

function mail(n: number): Arrival {
  const at = Date.UTC(2026, 0, 1) + n * HOUR;
  const made = arrivalOf(received(n), { me, at, unread: true, archiveId: `archive-${n}` });
  if (made === undefined) throw new Error("no message");
  return made;
}

/** Under the id that is its own. */
function putItem(node: MemoryNode, of: string, { messages = [], registers = [] }: Partial<Batch>) {
  const { text, hash } = packBatch({ messages, registers });
  node.put(`${of}.${hash}`, text);
  return `${of}.${hash}`;
}

type Account = Awaited<ReturnType<typeof accountOnTrial>>;

/** One device with so many messages; `online()` and `offline()` as often as wanted. */
async function device(node: MemoryNode, messages: number, settleMs = 0) {
  const account = await accountOnTrial();
  await take(account, 0, messages);
  let connection: Connection | undefined;
  let state: AccountState | undefined;
  let over: AbortController | undefined;
  const errors: unknown[] = [];
  const stop = account.bus.onTopics((topics) => {
    if (topics.includes("mail") || topics.includes("labels") || topics.includes("preferences"))
      state?.nudge();
  });
  const it = {
    account,
    errors,
    take: (from: number, to: number) => take(account, from, to),
    online() {
      const ended = new AbortController();
      over = ended;
      const line = node.connect((event) => {
        if (!ended.signal.aborted) state?.take(event);
      });
      connection = line;
      state = createAccountState(account, {
        open: async () => line.open(),
        serverNow: () => node.now(),
        signal: ended.signal,
        settleMs,
        onError: (error) => errors.push(error),
      });
    },
    offline() {
      over?.abort();
      connection?.close();
      state = undefined;
    },
    repair: () => state?.repair(),
    look: () => state?.look(),
    hurry: () => state?.hurry(),
    hear: (event: AccountStateEvent) => state?.take(event),
    act: (n: number, act: Parameters<typeof triage>[1]["act"]) =>
      triage(account, { act, on: { conversations: [`c${n + 1}`] } }),
    /** Until everything said here is on the server. */
    saved: () =>
      vi.waitFor(async () => expect((await readDevices(account)).pending).toBe(0), PATIENCE),
    close() {
      it.offline();
      stop();
      account.store.close();
    },
  };
  return it;
}

function take(account: Account, from: number, to: number) {
  const all = Array.from({ length: to - from }, (_unused, n) => mail(from + n));
  return account.store.write(WORKING_STORES, (tx) => ingest(tx, me, all));
}

/** Everything a person sees of it. */
async function seen(account: Account) {
  const window = async (mailbox: "inbox" | "archive" | "starred" | "trash" | "snoozed") => {
    const { rows } = await readWindow(account, { mailbox, offset: 0, limit: 100 } as never);
    return rows.map(({ subject, unread, starred }) => [subject, unread, starred === true]);
  };
  return {
    inbox: await window("inbox"),
    archive: await window("archive"),
    starred: await window("starred"),
    trash: await window("trash"),
    labels: (await readLabelViews(account)).map(({ id, name, hue }) => [id, name, hue]),
    preferences: await readPreferences(account),
  };
}

async function same(...accounts: Account[]): Promise<void> {
  await vi.waitFor(async () => {
    const [first, ...others] = await Promise.all(accounts.map(seen));
    for (const other of others) expect(other).toEqual(first);
  }, PATIENCE);
}

test("a click here shows there; what was done offline on both converges; a new device knows all of it", async () => {
  const node = new MemoryNode();
  const [one, two] = [await device(node, 6), await device(node, 6)];
  one.online();
  two.online();
  await one.act(0, { do: "star" });
  await one.act(1, { do: "move", to: "archive" });
  await same(one.account, two.account);
  expect((await seen(two.account)).starred).toEqual([["Matter 0", true, true]]);
  two.offline();
  await one.act(0, { do: "unstar" });
  await two.act(2, { do: "move", to: "trash" });
  await two.act(3, { do: "read" });
  await setPreference(two.account, { name: "spelling", value: false });
  await saveLabel(one.account, { kind: "tag", name: "Work" });
  two.online();
  await same(one.account, two.account);
  await one.saved();
  await two.saved();
  const three = await device(node, 6);
  three.online();
  await same(one.account, two.account, three.account);
  expect((await seen(three.account)).labels).toHaveLength(1);
  for (const each of [one, two, three]) {
    expect(each.errors).toEqual([]);
    each.close();
  }
});

test("who is about to leave says at once what would have gone out a while later", async () => {
  // What is looked after once a stream has begun says it too, seconds later.
  const random = vi.spyOn(Math, "random").mockReturnValue(0.99);
  onTestFinished(() => random.mockRestore());
  const node = new MemoryNode();
  const [one, two] = [await device(node, 2, 60_000), await device(node, 2)];
  one.online();
  await vi.waitFor(async () => expect((await readDevices(one.account)).savedAt).toBeDefined());
  await one.act(0, { do: "star" });
  one.hurry();
  const isSaved = async () => expect((await readDevices(one.account)).pending).toBe(0);
  await vi.waitFor(isSaved, { timeout: 3000 });
  two.online();
  await same(one.account, two.account);
  expect((await seen(two.account)).starred).toHaveLength(1);
  for (const each of [one, two]) each.close();
});

test("the same tag made on two devices that do not hear of each other is one tag, on the mail of both", async () => {
  const node = new MemoryNode();
  const [one, two] = [await device(node, 4), await device(node, 4)];
  const made = [
    await saveLabel(one.account, { kind: "tag", name: "Work" }),
    await saveLabel(two.account, { kind: "tag", name: "work" }),
  ];
  const [tag = "", other] = made.map((each) => (each.ok ? each.id : ""));
  expect(other).toBe(tag);
  await one.act(0, { do: "tag", tag, on: true });
  await two.act(1, { do: "tag", tag, on: true });
  one.online();
  two.online();
  await same(one.account, two.account);
  for (const { account } of [one, two]) {
    expect(await readLabelViews(account)).toHaveLength(1);
    expect((await readMailboxes(account)).labels[`tag:${tag}`]?.total).toBe(2);
  }
  // Gone, and made anew: what it stood on before stays without it.
  await deleteLabel(one.account, { id: tag });
  const anew = await saveLabel(one.account, { kind: "tag", name: "Work" });
  expect(anew.ok && anew.id).not.toBe(tag);
  await same(one.account, two.account);
  for (const each of [one, two]) {
    expect(await readLabelViews(each.account)).toMatchObject([anew.ok && { id: anew.id }]);
    const counts = (await readMailboxes(each.account)).labels;
    expect(counts[`tag:${anew.ok ? anew.id : ""}`]?.total ?? 0).toBe(0);
    each.close();
  }
});

/** Subjects in a place, and how many its counter has. */
async function listed(account: Account, mailbox: "archive" | `folder:${string}`) {
  const { rows, total } = await readWindow(account, { mailbox, offset: 0, limit: 100 } as never);
  expect(total).toBe(rows.length);
  return rows.map(({ subject }) => subject);
}

test("a folder deleted on a device that has not all of its mail: all of it is in the archive, on each", async () => {
  const node = new MemoryNode();
  const [one, two] = [await device(node, 3), await device(node, 2)];
  one.online();
  two.online();
  const made = await saveLabel(one.account, { kind: "folder", name: "Boat" });
  const folder = made.ok ? made.id : "";
  await one.act(1, { do: "move", to: folder });
  await one.act(2, { do: "move", to: folder });
  await one.saved();
  await vi.waitFor(async () =>
    expect(await listed(two.account, `folder:${folder}`)).toHaveLength(1),
  );
  const { undo: step } = await deleteLabel(two.account, { id: folder });
  await two.saved();
  await two.take(2, 3);
  const all = ["Matter 2", "Matter 1"];
  await vi.waitFor(async () => {
    expect(await listed(one.account, "archive")).toEqual(all);
    expect(await listed(two.account, "archive")).toEqual(all);
  }, PATIENCE);
  await undo(two.account, step === undefined ? {} : { id: step });
  expect(await listed(two.account, "archive")).toEqual([]);
  expect(await listed(two.account, `folder:${folder}`)).toEqual(all);
  await vi.waitFor(async () => expect(await listed(one.account, "archive")).toEqual([]), PATIENCE);
  for (const it of [one, two]) it.close();
});

test("mail in a folder that was not heard of yet is in the archive until it is", async () => {
  const it = await device(new MemoryNode(), 1);
  const stamp = nextStamp(undefined, mail(0).message.at + HOUR, "zz");
  const { message } = mail(0);
  const messages = [
    {
      key: stateKey(message),
      day: whenOf(message.at).day,
      said: { folder: ["boat", stamp] as const },
    },
  ];
  await joinBatch(it.account, { messages, registers: [] });
  expect(await listed(it.account, "archive")).toEqual(["Matter 0"]);
  const told = vi.fn();
  it.account.bus.onTopics(told);
  const registers = [
    { name: "label/boat/kind", said: ["folder", stamp] as const },
    { name: "label/boat/name", said: ["Boat", stamp] as const },
  ];
  await joinBatch(it.account, { messages: [], registers });
  expect(await listed(it.account, "archive")).toEqual([]);
  expect(await listed(it.account, "folder:boat")).toEqual(["Matter 0"]);
  // The counters beside the mailboxes, too.
  expect(told.mock.calls.flatMap(([topics]) => topics)).toEqual(
    expect.arrayContaining(["labels", "mail"]),
  );
  it.close();
});

test("deleted for good here, and by a later word not: it is listed again", async () => {
  const one = await device(new MemoryNode(), 2);
  const { account, act } = one;
  await act(0, { do: "move", to: "trash" });
  await act(0, { do: "delete-forever" });
  expect((await seen(account)).trash).toEqual([]);
  const later = nextStamp(undefined, Date.UTC(2026, 5, 1), "other1");
  const { message } = mail(0);
  const said = { folder: ["trash", later] as const };
  await joinBatch(account, {
    messages: [{ key: stateKey(message), ...whenOf(message.at), said }],
    registers: [],
  });
  expect((await seen(account)).trash).toEqual([["Matter 0", true, false]]);
  one.close();
});

test("what is said of mail that is not here yet holds when it comes", async () => {
  const node = new MemoryNode();
  const [one, two] = [await device(node, 3), await device(node, 0)];
  one.online();
  await one.act(0, { do: "star" });
  await one.act(1, { do: "move", to: "archive" });
  await one.saved();
  two.online();
  await vi.waitFor(
    async () => expect((await readDevices(two.account)).devices).toHaveLength(2),
    PATIENCE,
  );
  await two.take(0, 3);
  await same(one.account, two.account);
  one.close();
  two.close();
});

test("what is said of mail before the archive tells its time, which this device guessed years off, holds", async () => {
  const account = await accountOnTrial();
  const archived = mail(0);
  const { at } = archived.message;
  const live = arrivalOf(received(0), { me, at: at - 10 * 365 * 24 * HOUR, unread: true });
  if (live === undefined) throw new Error("no message");
  live.message.guessedAt = 1;
  await account.store.write(WORKING_STORES, (tx) => ingest(tx, me, [live]));
  const said = { folder: ["archive", ruleStamp(at)] as const };
  await joinBatch(account, {
    messages: [{ key: stateKey(archived.message), ...whenOf(at), said }],
    registers: [],
  });
  await account.store.write(WORKING_STORES, (tx) => ingest(tx, me, [archived]));
  expect((await seen(account)).archive).toEqual([["Matter 0", true, false]]);
  account.store.close();
});

test("what was said of mail that waited days to be sent shows where the archive alone told of it", async () => {
  const account = await accountOnTrial();
  const sentAt = Date.UTC(2026, 0, 10);
  const arrival = arrivalOf(
    { ...received(0), from: me, to: bob },
    { me, at: sentAt, unread: false, archiveId: "archive-0" },
  );
  if (arrival === undefined) throw new Error("no message");
  await account.store.write(WORKING_STORES, (tx) => ingest(tx, me, [arrival]));
  const writtenAt = sentAt - 3 * 24 * HOUR;
  const said = { bcc: ["carol@example.net", nextStamp(undefined, writtenAt, "other1")] as const };
  await joinBatch(account, {
    messages: [{ key: stateKey(arrival.message), ...whenOf(writtenAt), said }],
    registers: [],
  });
  const rows = await account.store.read(["messages"], (tx) => tx.objectStore("messages").getAll());
  expect(rows.map(({ bcc }) => bcc)).toEqual([[{ jid: "carol@example.net" }]]);
  account.store.close();
});

test("much at once is folded, not streamed, and a part that did not change is not written again", async () => {
  const node = new MemoryNode();
  const one = await device(node, 400);
  one.online();
  await one.saved();
  node.published.length = 0;
  const all = Array.from({ length: 300 }, (_unused, n) => `c${n + 1}`);
  await triage(one.account, { act: { do: "move", to: "archive" }, on: { conversations: all } });
  await one.saved();
  expect(node.published.length).toBeLessThan(6);
  expect(node.published.every((id) => !id.startsWith("j."))).toBe(true);
  one.close();
});

test("what is over for long is kept by year, and which year it is the server says", async () => {
  const node = new MemoryNode(Date.UTC(2027, 5, 1));
  const one = await device(node, 40);
  one.online();
  const on = { place: "all" as const, except: [] };
  await triage(one.account, { act: { do: "star" }, on });
  await one.saved();
  expect(node.ids().filter((id) => id.startsWith("m."))).toEqual([
    expect.stringMatching(/^m\.2026\./),
  ]);
  one.close();
});

test("items that pile up are folded into one, and so is the journal of a device not seen for long", async () => {
  const node = new MemoryNode();
  const stamp = (n: number, device: string) =>
    nextStamp(undefined, Date.UTC(2026, 0, 2) + n, device);
  const star = (n: number, device: string) => ({
    key: stateKey(mail(n).message),
    day: 20454,
    said: { star: [true, stamp(n, device)] as const },
  });
  for (let n = 0; n < 6; n++)
    node.put(
      `m.202601.000000000000000${n}`,
      encodeBatch({ messages: [star(n, "other1")], registers: [] }),
    );
  node.put("j.gone00", encodeBatch({ messages: [star(6, "gone00")], registers: [] }));
  node.put("j.mute00", encodeBatch({ messages: [star(7, "mute00")], registers: [] }));
  const seenAt = Date.UTC(2026, 9, 1);
  node.put(
    "r.0000000000000001",
    encodeBatch({
      messages: [],
      registers: [{ name: "device/gone00", said: [{ at: seenAt, name: "" }, stamp(0, "gone00")] }],
    }),
  );
  const one = await device(node, 8);
  one.online();
  await vi.waitFor(() => {
    expect(node.ids().filter((id) => id.startsWith("m."))).toHaveLength(1);
    expect(node.ids()).not.toContain("j.gone00");
  }, PATIENCE);
  // It never said when it was there.
  expect(node.ids()).toContain("j.mute00");
  const two = await device(node, 8);
  two.online();
  await same(one.account, two.account);
  expect((await seen(two.account)).starred).toHaveLength(8);
  one.close();
  two.close();
});

test("items that pile up and that the server never takes away are folded once, and counted no more", async () => {
  const node = new MemoryNode();
  const said = nextStamp(undefined, Date.UTC(2026, 0, 2), "other1");
  const star = (n: number) => ({
    key: stateKey(mail(n).message),
    day: 20454,
    said: { star: [true, said] as const },
  });
  const kept = [0, 1, 2, 3, 4].map((n) => putItem(node, "m.202601", { messages: [star(n)] }));
  node.keeps = (id) => kept.includes(id);
  const one = await device(node, 8);
  one.online();
  const folded = () => node.published.filter((id) => id.startsWith("m.")).length;
  await vi.waitFor(() => expect(folded()).toBe(1), PATIENCE);
  await vi.waitFor(async () => expect((await readDevices(one.account)).items).toBe(2), PATIENCE);
  one.offline();
  node.requests = 0;
  one.online();
  await vi.waitFor(() => expect(node.requests).toBeGreaterThan(0), PATIENCE);
  await one.act(6, { do: "star" });
  await one.saved();
  expect(await readDevices(one.account)).toMatchObject({ items: 2, unreadable: 0 });
  expect(folded()).toBe(1);
  expect(node.ids()).toEqual(expect.arrayContaining(kept));
  // With another device's database it is the same.
  const two = await device(node, 8);
  two.online();
  await same(one.account, two.account);
  expect((await seen(two.account)).starred).toHaveLength(6);
  one.close();
  two.close();
});

test("where there is too much, old words of mail that the archive lost go; all others stay, and nothing waits", async () => {
  const node = new MemoryNode();
  node.saysMaxItems = 8;
  const day = (at: number) => Math.floor(at / (24 * HOUR));
  const year = (y: number, n = 0) => Date.UTC(y, 0, 15 + n);
  const word = (key: string, at: number, saidAt: number) => ({
    key: key.padEnd(16, "0"),
    day: day(at),
    said: { star: [true, nextStamp(undefined, saidAt, "other1")] as const },
  });
  const old = [2015, 2016, 2017, 2018].map((y) => word(`a${y}`, year(y), year(y, 1)));
  const stays = [word("b1", year(2018, 2), year(2026)), word("b2", year(2021), year(2021, 1))];
  for (const entry of [...old, ...stays])
    putItem(node, `m.${new Date(entry.day * 24 * HOUR).getUTCFullYear()}`, { messages: [entry] });
  node.put("j.others", encodeBatch({ messages: [], registers: [] }));
  const one = await device(node, 0);
  await one.account.store.write(["meta", "state"], async (tx) => {
    putMeta(tx, "archiveStart", { state: "starts", at: year(2020), checkedAt: 0 });
    // Said here, years ago, and never carried to the account.
    const { key, day: of, said } = word("c1", year(2016), year(2017));
    await tx.objectStore("state").put({ said, ...whenOf(of * 24 * HOUR), pending: 1 }, key);
  });
  one.online();
  const words = () =>
    node.payloads().flatMap((payload) => {
      const decoded = decodeBatch(payload);
      return "batch" in decoded ? decoded.batch.messages.map(({ key }) => key.slice(0, 2)) : [];
    });
  await vi.waitFor(() => expect(words().sort()).toEqual(["b1", "b2"]), PATIENCE);
  await one.saved();
  const ids = node.ids().filter((id) => id.startsWith("m."));
  expect(ids.map((id) => id.slice(0, 7)).sort()).toEqual(["m.2018.", "m.2021."]);
  // Said anew it is not forgotten, and another device hears of the mark and of all that is left.
  node.published.length = 0;
  const two = await device(node, 0);
  two.online();
  await two.saved();
  one.repair();
  await one.saved();
  expect(words().sort()).toEqual(["b1", "b2"]);
  expect([one.errors, two.errors]).toEqual([[], []]);
  one.close();
  two.close();
});

describe("a server that fails", () => {
  test("items dropped without a word are said again", async () => {
    const node = new MemoryNode();
    const one = await device(node, 60);
    one.online();
    const all = Array.from({ length: 60 }, (_unused, n) => `c${n + 1}`);
    await triage(one.account, { act: { do: "read" }, on: { conversations: all } });
    await one.saved();
    one.offline();
    node.drop((id) => id.startsWith("m."));
    one.online();
    await vi.waitFor(
      () => expect(node.ids().some((id) => id.startsWith("m."))).toBe(true),
      PATIENCE,
    );
    const two = await device(node, 60);
    two.online();
    await same(one.account, two.account);
    one.close();
    two.close();
  });

  test("a dropped journal of a device that never comes back is said again by another that heard it", async () => {
    const node = new MemoryNode();
    const [one, two] = [await device(node, 3), await device(node, 3)];
    one.online();
    two.online();
    await one.act(0, { do: "star" });
    await saveLabel(one.account, { kind: "tag", name: "Work" });
    await one.saved();
    await same(one.account, two.account);
    await two.saved();
    one.close();
    two.offline();
    node.drop((id) => id.startsWith("j."));
    two.online();
    await vi.waitFor(
      () => expect(node.ids().some((id) => id.startsWith("m."))).toBe(true),
      PATIENCE,
    );
    await vi.waitFor(
      () => expect(node.ids().some((id) => id.startsWith("r."))).toBe(true),
      PATIENCE,
    );
    const three = await device(node, 3);
    three.online();
    await same(two.account, three.account);
    expect((await seen(three.account)).labels).toHaveLength(1);
    two.close();
    three.close();
  });

  test("what is missing is not forgotten where saying it again was refused", async () => {
    const node = new MemoryNode();
    const one = await device(node, 40);
    one.online();
    await triage(one.account, { act: { do: "star" }, on: { place: "all", except: [] } });
    await one.saved();
    one.offline();
    node.drop(() => true);
    node.refusesPublish = true;
    one.online();
    await vi.waitFor(async () => {
      expect((await readDevices(one.account)).detail).toMatch(/resource-constraint/);
      expect(await one.account.store.read(["meta"], (tx) => readMeta(tx, "stateItems"))).toEqual(
        {},
      );
    }, PATIENCE);
    one.offline();
    node.refusesPublish = false;
    one.online();
    await vi.waitFor(
      () => expect(node.ids().some((id) => id.startsWith("m."))).toBe(true),
      PATIENCE,
    );
    one.close();
  });

  test("one item that the server cannot give keeps nothing here from being saved, nor the others from being read", async () => {
    const node = new MemoryNode();
    const [one, two] = [await device(node, 3), await device(node, 3)];
    two.online();
    await two.act(0, { do: "star" });
    await two.saved();
    two.close();
    node.unreadable = "m.202612.aaaaaaaaaaaaaaaa";
    node.put(node.unreadable, "AAAA");
    await one.act(1, { do: "star" });
    one.online();
    await one.saved();
    await vi.waitFor(
      async () => expect((await seen(one.account)).starred).toHaveLength(2),
      PATIENCE,
    );
    expect(node.ids()).toContain(node.unreadable);
    one.close();
  });

  test("private XML that is full is read on, keeps what it has, and the person is told", async () => {
    const node = new MemoryNode();
    node.kind = "private-xml";
    const [one, two] = [await device(node, 3), await device(node, 3)];
    one.online();
    await one.act(0, { do: "star" });
    await one.saved();
    const before = node.payloads();
    node.refusesPublish = true;
    two.online();
    await two.act(1, { do: "star" });
    await vi.waitFor(async () => {
      expect(await readDevices(two.account)).toMatchObject({
        carrier: "private-xml",
        refused: "full",
      });
      expect((await seen(two.account)).starred).toHaveLength(2);
    }, PATIENCE);
    expect((await readDevices(two.account)).pending).toBeGreaterThan(0);
    expect((await readNotices(two.account)).map(({ id }) => id)).toContain("shared-full");
    expect(node.payloads()).toEqual(before);
    two.offline();
    node.refusesPublish = false;
    two.online();
    await two.saved();
    expect((await readDevices(two.account)).refused).toBeUndefined();
    one.close();
    two.close();
  });

  test("a node deleted under us is made again, with everything", async () => {
    const node = new MemoryNode();
    const one = await device(node, 40);
    one.online();
    const all = Array.from({ length: 40 }, (_unused, n) => `c${n + 1}`);
    await triage(one.account, { act: { do: "read" }, on: { conversations: all } });
    await one.saved();
    node.deleteNode();
    await vi.waitFor(() => expect(node.ids().length).toBeGreaterThan(1), PATIENCE);
    const two = await device(node, 40);
    two.online();
    await same(one.account, two.account);
    one.close();
    two.close();
  });

  test.each([
    ["items taken away", (node: MemoryNode) => node.drop((id) => !id.startsWith("j."))],
    ["the node deleted", (node: MemoryNode) => node.deleteNode(false)],
  ])(
    "%s without a word are there again after a look, which is one request else",
    async (_, lose) => {
      const node = new MemoryNode();
      const one = await device(node, 40);
      one.online();
      const all = Array.from({ length: 40 }, (_unused, n) => `c${n + 1}`);
      await triage(one.account, { act: { do: "read" }, on: { conversations: all } });
      await one.saved();
      const idle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50));
      await idle();
      const before = { ids: node.ids(), requests: node.requests };
      one.look();
      one.look();
      await idle();
      expect(node.requests).toBe(before.requests + 1);
      lose(node);
      expect(node.ids().length).toBeLessThan(before.ids.length);
      one.look();
      await vi.waitFor(() => expect(node.ids().sort()).toEqual(before.ids.sort()), PATIENCE);
      const two = await device(node, 40);
      two.online();
      await same(one.account, two.account);
      for (const each of [one, two]) each.close();
    },
  );

  test("what is damaged, oversized or newer stays there, and takes nothing down", async () => {
    const node = new MemoryNode();
    node.put("m.202601.broken", "not base64 at all");
    node.put("j.foreign", "");
    node.put("something-else", "AAAA");
    const one = await device(node, 3);
    one.online();
    await one.act(0, { do: "star" });
    await one.saved();
    one.repair();
    await one.saved();
    expect(node.ids()).toEqual(
      expect.arrayContaining(["m.202601.broken", "j.foreign", "something-else"]),
    );
    await vi.waitFor(
      async () => expect((await readDevices(one.account)).unreadable).toBeGreaterThan(0),
      PATIENCE,
    );
    one.close();
  });

  test("an item damaged under its own name is written over, by Repair or when a device meets it", async () => {
    const node = new MemoryNode();
    const [one, two] = [await device(node, 40), await device(node, 40)];
    one.online();
    two.online();
    await triage(one.account, { act: { do: "star" }, on: { place: "all", except: [] } });
    await one.saved();
    await same(one.account, two.account);
    const damage = () => {
      const id = node.ids().find((name) => name.startsWith("m.")) ?? "";
      node.put(id, "AAAA");
      return id;
    };
    const mended = (id: string) =>
      vi.waitFor(
        () => expect(decodeBatch(node.payload(id) ?? "")).toHaveProperty("batch"),
        PATIENCE,
      );
    two.offline();
    const id = damage();
    one.repair();
    await mended(id);
    one.offline();
    damage();
    await two.account.store.write(["meta"], async (tx) => putMeta(tx, "stateItems", {}));
    two.online();
    await mended(id);
    const three = await device(node, 40);
    three.online();
    await same(two.account, three.account);
    expect((await readDevices(two.account)).unreadable).toBe(0);
    for (const each of [one, two, three]) each.close();
  });

  test("an item told of without what is in it is fetched, and one that could not be read is read in the next stream", async () => {
    const node = new MemoryNode();
    const one = await device(node, 3);
    const star = (n: number) =>
      encodeBatch({
        messages: [
          {
            key: stateKey(mail(n).message),
            day: 20454,
            said: { star: [true, nextStamp(undefined, Date.UTC(2026, 0, 2) + n, "other1")] },
          },
        ],
        registers: [],
      });
    node.put("m.202601.0000000000000001", "AgAAAAA=");
    one.online();
    await vi.waitFor(
      async () => expect((await readDevices(one.account)).unreadable).toBe(1),
      PATIENCE,
    );
    node.put("m.202601.0000000000000002", star(0));
    one.hear({
      items: [{ id: "m.202601.0000000000000002", payload: "" }],
      retracted: [],
      isGone: false,
    });
    await vi.waitFor(
      async () => expect((await seen(one.account)).starred).toHaveLength(1),
      PATIENCE,
    );
    one.offline();
    node.put("m.202601.0000000000000001", star(1));
    one.online();
    await vi.waitFor(
      async () => expect((await seen(one.account)).starred).toHaveLength(2),
      PATIENCE,
    );
    one.close();
  });

  test("what a server lost and has no room for is told as waiting, pushes nothing out, and is said when there is room", async () => {
    const node = new MemoryNode();
    const one = await device(node, 3);
    await one.account.store.write(["state"], async (tx) => {
      for (let year = 2018; year < 2026; year++)
        for (let n = 0; n < 4; n++) {
          const stamp = nextStamp(undefined, Date.UTC(2026, 0, 1) + n, "aaaaaa");
          const row = { said: { star: [true, stamp] as const }, ...whenOf(Date.UTC(year, n)) };
          putRow(tx, "state", { ...row, pending: 1 }, `${year}00000000000${n}`);
        }
    });
    one.online();
    await one.saved();
    one.offline();
    const dropped = node.ids().filter((id) => /^m\.20(18|19)/.test(id));
    expect(dropped).toHaveLength(2);
    node.drop((id) => dropped.includes(id));
    while (node.ids().length < 64) node.put(`of.others.${node.ids().length}`, "AAAA");
    const held = node.ids().sort();
    node.maxItems = node.saysMaxItems = 64;
    one.online();
    await vi.waitFor(
      async () =>
        expect(await readDevices(one.account)).toMatchObject({
          pending: 8,
          items: 64,
          maxItems: 64,
          detail: expect.stringContaining("64 items"),
        }),
      PATIENCE,
    );
    expect(node.ids().sort()).toEqual(held);
    one.offline();
    node.maxItems = node.saysMaxItems = 256;
    one.online();
    await one.saved();
    expect(node.ids()).toEqual(expect.arrayContaining(dropped));
    one.close();
  });

  describe("with no place left", () => {
    const PLACES = 64;
    const stamp = (n: number, id: string) => nextStamp(undefined, Date.UTC(2026, 0, 2) + n, id);
    const small = (): MemoryNode => {
      const node = new MemoryNode();
      node.maxItems = node.saysMaxItems = PLACES;
      return node;
    };
    /** Others fill it but for so many places. Returns what is to stay. */
    const fill = (node: MemoryNode, free: number) => {
      while (node.ids().length < PLACES - free) node.put(`of.others.${node.ids().length}`, "AAAA");
      return node.ids().filter((id) => id.startsWith("of."));
    };
    const waits = (account: Account) =>
      vi.waitFor(
        async () =>
          expect((await readDevices(account)).detail).toMatch(/the server keeps 64 items/),
        PATIENCE,
      );
    /** Journals of devices that were not seen for months, and a mail that one of the account's items speaks of. */
    const idle = (node: MemoryNode, count: number) => {
      const names = Array.from({ length: count }, (_, n) => `gone${String(n).padStart(2, "0")}`);
      const star = (id: string) => ({
        key: stateKey(mail(0).message),
        day: 20454,
        said: { star: [true, stamp(0, id)] as const },
      });
      const said = (name: string) =>
        [{ at: Date.UTC(2026, 5, 1), name: "" }, stamp(0, name)] as const;
      putItem(node, "m.202601", { messages: [star("zzzzzz")] });
      for (const name of names)
        node.put(`j.${name}`, encodeBatch({ messages: [star(name)], registers: [] }));
      putItem(node, "r", {
        registers: names.map((name) => ({ name: `device/${name}`, said: said(name) })),
      });
    };
    const journalsOf = (node: MemoryNode) => node.ids().filter((id) => id.startsWith("j."));
    /** Words of mail of years ago, which have no item yet. */
    const sayOld = ({ store }: Account, count: number) =>
      store.write(["state"], async (tx) => {
        for (let n = 0; n < count; n++) {
          const said = { star: [true, stamp(n, "aaaaaa")] as const };
          const row = { said, ...whenOf(Date.UTC(2019, 3)), pending: 1 as const };
          putRow(tx, "state", row, `2019${String(n).padStart(12, "0")}`);
        }
      });

    test("a journal pushes nothing out", async () => {
      const node = small();
      const held = fill(node, 0);
      const one = await device(node, 3);
      await one.act(0, { do: "star" });
      one.online();
      await waits(one.account);
      expect(node.ids()).toEqual(held);
      one.close();
    });

    test("what replaces an item pushes nothing out, and uses the last place", async () => {
      const node = small();
      const one = await device(node, 40);
      for (let n = 0; n < 30; n++) await one.act(n, { do: "star" });
      one.online();
      await one.saved();
      await vi.waitFor(() => expect(journalsOf(node)).toEqual([]), PATIENCE);
      one.offline();
      const held = fill(node, 0);
      for (let n = 0; n < 30; n++) await one.act(n, { do: "unstar" });
      one.online();
      await waits(one.account);
      expect(node.ids()).toEqual(expect.arrayContaining(held));
      one.offline();
      node.drop((id) => id === held.at(-1));
      one.online();
      await one.saved();
      expect(node.ids()).toEqual(expect.arrayContaining(held.slice(0, -1)));
      one.close();
    });

    test("what is superfluous goes, while something waits for room, and then there is room for it", async () => {
      const node = small();
      idle(node, 50);
      const held = fill(node, 0);
      const one = await device(node, 1);
      await sayOld(one.account, 30);
      one.online();
      await vi.waitFor(() => expect(journalsOf(node)).toEqual([]), PATIENCE);
      await one.saved();
      expect(node.ids()).toEqual(expect.arrayContaining(held));
      one.close();
    });

    test("more than a journal holds goes into it all the same, and the next click too", async () => {
      const node = small();
      const [one, two] = [await device(node, 3), await device(node, 3)];
      one.online();
      two.online();
      await one.act(0, { do: "star" });
      await one.saved();
      await two.saved();
      one.offline();
      const held = fill(node, 0);
      await sayOld(one.account, 30);
      one.online();
      await one.act(1, { do: "star" });
      await one.saved();
      await one.act(2, { do: "star" });
      await one.saved();
      expect(node.ids()).toEqual(expect.arrayContaining(held));
      await same(one.account, two.account);
      expect((await seen(two.account)).starred).toHaveLength(3);
      one.close();
      two.close();
    });
  });

  test("a node that another client opens is closed before anything more is said, at once, and the person is told each time", async () => {
    const node = new MemoryNode();
    const one = await device(node, 3);
    const told = async () => (await readNotices(one.account)).map(({ id }) => id);
    one.online();
    await one.act(0, { do: "star" });
    await one.saved();
    expect(await told()).not.toContain("was-open");
    node.isExposed = true;
    await one.act(1, { do: "star" });
    await vi.waitFor(async () => expect((await readDevices(one.account)).pending).toBe(0));
    expect(await readDevices(one.account)).toMatchObject({ openUntil: expect.any(Number) });
    expect((await readDevices(one.account)).detail).toBeUndefined();
    expect(await told()).toContain("was-open");
    await dismissNotice(one.account, { id: "was-open" });
    expect(await told()).not.toContain("was-open");
    one.offline();
    node.isExposed = true;
    one.online();
    await vi.waitFor(async () => expect(await told()).toContain("was-open"));
    one.close();
  });

  test("a repair says when it is through, and not where it failed", async () => {
    const node = new MemoryNode();
    const one = await device(node, 3);
    one.online();
    await one.act(0, { do: "star" });
    await one.saved();
    const repairedAt = async () => (await readDevices(one.account)).repairedAt;
    node.refusesPublish = true;
    node.drop(() => true);
    one.repair();
    await vi.waitFor(async () => expect((await readDevices(one.account)).detail).toBeDefined());
    expect(await repairedAt()).toBeUndefined();
    node.refusesPublish = false;
    one.repair();
    await vi.waitFor(async () => expect(await repairedAt()).toBeDefined());
    expect(node.ids()).not.toEqual([]);
    one.close();
  });

  test("a repair that cannot have the node makes up for what the server lost, once it can", async () => {
    const node = new MemoryNode();
    const one = await device(node, 40);
    one.online();
    await triage(one.account, { act: { do: "star" }, on: { place: "all", except: [] } });
    await one.saved();
    const before = node.ids().sort();
    node.drop((id) => !id.startsWith("j."));
    node.refuses = { refused: "failed", detail: "not now" };
    one.repair();
    await vi.waitFor(async () => expect((await readDevices(one.account)).carrier).toBe("none"));
    one.offline();
    node.refuses = undefined;
    one.online();
    await vi.waitFor(() => expect(node.ids().sort()).toEqual(before), PATIENCE);
    one.close();
  });

  test("a server that calls the node private and takes nothing is not asked over and over", async () => {
    const node = new MemoryNode();
    const one = await device(node, 3);
    [node.isExposed, node.staysExposed] = [true, true];
    one.online();
    await vi.waitFor(async () => expect((await readDevices(one.account)).detail).toBe("conflict"));
    await one.act(0, { do: "star" });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(node.opened).toBe(2);
    one.close();
  });

  test("nothing is published where it would not be private", async () => {
    const node = new MemoryNode();
    node.refuses = { refused: "not-private", detail: "access model open" };
    const one = await device(node, 3);
    one.online();
    await one.act(0, { do: "star" });
    await vi.waitFor(async () =>
      expect((await readDevices(one.account)).refused).toBe("not-private"),
    );
    expect(node.published).toEqual([]);
    expect((await readDevices(one.account)).pending).toBeGreaterThan(0);
    expect((await readNotices(one.account)).map(({ id }) => id)).toContain("not-private");
    one.close();
  });
});

test("what a newer client says as lists and objects outlives folds, and keeps nothing of one's own waiting", async () => {
  const node = new MemoryNode();
  const one = await device(node, 40);
  const note = [[{ a: 1 }], nextStamp(undefined, Date.UTC(2026, 5, 1), "newer0")];
  const newer = (n: number) =>
    encodeBatch({
      messages: [{ key: stateKey(mail(n).message), day: 20454, said: { note } as never }],
      registers: [],
    });
  node.put("m.202601.0000000000000001", newer(0));
  node.put("j.newer0", newer(1));
  one.online();
  await one.act(1, { do: "star" });
  await vi.waitFor(async () => {
    expect(node.ids()).toHaveLength(3);
    expect((await readDevices(one.account)).pending).toBe(0);
  }, PATIENCE);
  expect(node.published.length).toBeLessThan(4);
  await triage(one.account, { act: { do: "star" }, on: { place: "all", except: [] } });
  await vi.waitFor(() => expect(node.ids()).not.toContain("m.202601.0000000000000001"), PATIENCE);
  await one.saved();
  const said = node.payloads().flatMap((payload) => {
    const decoded = decodeBatch(payload);
    return "batch" in decoded ? decoded.batch.messages : [];
  });
  const both = said.filter((entry) => "note" in entry.said && "star" in entry.said);
  expect(new Set(both.map(({ key }) => key)).size).toBe(2);
  one.close();
});

test("of two values of one moment, a copied profile's, all devices have the same one", async () => {
  const stamp = nextStamp(undefined, Date.UTC(2026, 0, 2), "copied");
  const named = (value: string): Batch => ({
    messages: [],
    registers: [{ name: "label/w7/name", said: [value, stamp] }],
  });
  for (const values of [
    ["A", "B"],
    ["B", "A"],
  ]) {
    const account = await accountOnTrial();
    for (const value of values) await joinBatch(account, named(value));
    const row = await account.store.read(["registers"], (tx) =>
      tx.objectStore("registers").get("label/w7/name"),
    );
    expect(row?.said).toEqual(["B", stamp]);
    account.store.close();
  }
});

test("a setting of a value that this version does not know is as at first, whatever was heard before it", async () => {
  const say = (name: string, value: string | boolean, at: number): Batch => ({
    messages: [],
    registers: [{ name, said: [value, nextStamp(undefined, Date.UTC(2026, 0, at), "other1")] }],
  });
  const all = [
    say("setting/afterArchiving", "older", 1),
    say("setting/afterArchiving", "next-unread", 2),
    say("setting/spelling", false, 1),
    // No setting, though every object has it.
    say("setting/constructor", "older", 1),
  ];
  for (const batches of [all, all.toReversed()]) {
    const account = await accountOnTrial();
    for (const batch of batches) await joinBatch(account, batch);
    expect(await readPreferences(account)).toMatchObject({
      afterArchiving: "list",
      spelling: false,
    });
    account.store.close();
  }
});

describe("items of another program", () => {
  const january = Array.from({ length: 30 }, (_unused, n) => starOf(n, "2026-01-05"));
  const february = starOf(30, "2026-02-01");

  function starOf(n: number, on: string): Batch["messages"][number] {
    const stamp = nextStamp(undefined, Date.UTC(2026, 2, 1) + n, "other1");
    const key = n.toString(16).padStart(16, "0");
    return { key, day: Date.parse(on) / (24 * HOUR), said: { star: [true, stamp] } };
  }

  const itemsOf = (node: MemoryNode) => node.ids().filter((id) => /^[mr]\./.test(id));
  const told = (node: MemoryNode) =>
    node.ids().map((id) => ({ id, payload: node.payload(id) ?? "" }));
  const countIn = (payload = "") => {
    const decoded = decodeBatch(payload);
    return "batch" in decoded ? decoded.batch.messages.length : 0;
  };

  /** A device that hears of all items, and folds when it is told to. */
  async function folder(node: MemoryNode) {
    const account = await accountOnTrial();
    const opened = node.connect(() => undefined).open();
    if ("refused" in opened) throw new Error("no node");
    await joinItems(account, told(node));
    const signal = new AbortController().signal;
    return {
      account,
      fold: (...buckets: string[]) => foldBuckets(account, opened, buckets, signal),
    };
  }

  test("what stands under the hash of something else is read, and written over when that is folded", async () => {
    const node = new MemoryNode();
    const whole = putItem(node, "m.202601", { messages: january });
    node.put(whole, encodeBatch({ messages: january.slice(0, 3), registers: [] }));
    putItem(node, "m.202601", { messages: january.slice(3) });
    const { account, fold } = await folder(node);
    expect((await readDevices(account)).pending).toBe(3);
    await fold("202601");
    expect(node.ids()).toEqual([whole]);
    expect(countIn(node.payload(whole))).toBe(30);
    expect((await readDevices(account)).pending).toBe(0);
    account.store.close();
  });

  test("an item with words of another bucket is not taken away before they stand in that one", async () => {
    const node = new MemoryNode();
    const messages = [...january.slice(0, 2), february];
    const label = {
      name: "label/w7/name",
      said: ["A", nextStamp(undefined, Date.UTC(2026, 2, 1), "other1")] as const,
    };
    const mixed = putItem(node, "m.202601", { messages, registers: [label] });
    const { account, fold } = await folder(node);
    expect((await readDevices(account)).pending).toBe(2);
    await fold("202601");
    expect(node.ids()).toContain(mixed);
    await fold("202602", "registers");
    await fold("202601");
    expect(node.ids().map((id) => id.replace(/[^.]*$/, ""))).toEqual([
      "m.202601.",
      "m.202602.",
      "r.",
    ]);
    expect((await readDevices(account)).pending).toBe(0);
    account.store.close();
  });

  test("a wrong item that the server cannot give stays, and keeps nothing from being folded", async () => {
    const node = new MemoryNode();
    const mixed = putItem(node, "m.202601", { messages: [...january.slice(0, 2), february] });
    const { account, fold } = await folder(node);
    node.unreadable = mixed;
    await fold("202601", "202602");
    expect(itemsOf(node)).toContain(mixed);
    expect(itemsOf(node)).toHaveLength(3);
    node.unreadable = undefined;
    await fold("202601");
    expect(itemsOf(node)).toHaveLength(2);
    account.store.close();
  });

  test("what was mended under its id is not taken away by a device that knows it as it was", async () => {
    const node = new MemoryNode();
    const whole = putItem(node, "m.202601", { messages: january });
    node.put(whole, encodeBatch({ messages: january.slice(0, 3), registers: [] }));
    const { account, fold } = await folder(node);
    putItem(node, "m.202601", { messages: january });
    await fold("202601");
    expect(node.ids()).toContain(whole);
    await fold("202601");
    expect(node.ids()).toEqual([whole]);
    account.store.close();
  });

  test("are left as they are, and not read, where their ids are of another version", async () => {
    const node = new MemoryNode();
    node.put("x2.202601.abc", encodeBatch({ messages: january, registers: [] }));
    const { account, fold } = await folder(node);
    await fold("202601");
    expect(node.ids()).toEqual(["x2.202601.abc"]);
    expect(await account.store.read(["state"], (tx) => tx.objectStore("state").count())).toBe(0);
    account.store.close();
  });

  test("are said where they belong once, by whichever device, and then all is quiet", async () => {
    // Both look after it at the same time.
    vi.spyOn(Math, "random").mockReturnValue(0);
    const node = new MemoryNode();
    node.put("m.202601.0000000000000001", encodeBatch({ messages: january, registers: [] }));
    putItem(node, "m.202601", { messages: [february] });
    const [one, two] = [await device(node, 1), await device(node, 1)];
    const words = (it: typeof one) =>
      it.account.store.read(["state"], (tx) => tx.objectStore("state").count());
    const rest = () =>
      vi.waitFor(async () => {
        for (const it of [one, two]) {
          expect(await words(it)).toBe(31);
          expect((await readDevices(it.account)).pending).toBe(0);
        }
      }, PATIENCE);
    one.online();
    two.online();
    await rest();
    for (const it of [one, two]) it.offline();
    node.drop((id) => id.startsWith("j."));
    for (const it of [one, two]) it.online();
    await rest();
    await vi.waitFor(async () => {
      const gaps = await one.account.store.read(["meta"], (tx) => readMeta(tx, "stateGaps"));
      expect(gaps).toEqual([]);
    }, PATIENCE);
    const before = node.published.length;
    for (const it of [one, two]) it.offline();
    for (const it of [one, two]) it.online();
    await rest();
    await new Promise((resolve) => setTimeout(resolve, 2000));
    expect(node.published.length).toBe(before);
    expect(itemsOf(node).flatMap((id) => countIn(node.payload(id)))).toContain(30);
    for (const it of [one, two]) it.close();
    vi.restoreAllMocks();
  });
});

describe("words of one mail that are too many for any item", () => {
  const at = Date.UTC(2026, 0, 2);
  const MOST = 64 * 1024;

  const entryOf = (said: Record<string, unknown>) => {
    const { message } = mail(0);
    return { key: stateKey(message), ...whenOf(message.at), said } as Batch["messages"][number];
  };

  /** Two items, each with some of them. Returns their ids. */
  const putWords = (node: MemoryNode) =>
    [1, 7000].map((seed) => {
      const text = Array.from({ length: 5500 }, (_unused, n) =>
        ((n + seed) * 0x9e3779b1).toString(36),
      );
      const said = { [`notes${seed}`]: [text.join(""), nextStamp(undefined, at, "other1")] };
      return putItem(node, `m.${whenOf(mail(0).message.at).month}`, { messages: [entryOf(said)] });
    });
  const largest = (node: MemoryNode) =>
    Math.max(...node.ids().map((id) => node.payload(id)?.length ?? 0));
  const tells = (account: Account, what: object) =>
    vi.waitFor(async () => expect(await readDevices(account)).toMatchObject(what), PATIENCE);

  test("wait and are told, stay where others put them, and keep nothing else waiting", async () => {
    const node = new MemoryNode();
    const [gone, stays] = putWords(node);
    const one = await device(node, 3);
    one.online();
    await tells(one.account, { pending: 0, savedAt: expect.any(Number) });
    await one.act(0, { do: "star" });
    await one.act(1, { do: "star" });
    await tells(one.account, { pending: 1 });
    expect(node.ids()).toEqual(expect.arrayContaining([gone, stays]));
    const before = node.published.length;
    one.offline();
    node.drop((id) => id === gone);
    one.online();
    await tells(one.account, { lacking: 1 });
    expect(node.published.length).toBe(before);
    expect(node.ids()).toContain(stays);
    expect(largest(node)).toBeLessThan(MOST);
    one.close();
  });

  test("stay in a journal, whoever's it is", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    const node = new MemoryNode();
    const one = await device(node, 3);
    one.online();
    await one.act(0, { do: "star" });
    await one.saved();
    one.offline();
    putWords(node);
    const said = { [`notes3`]: ["x", nextStamp(undefined, at, "gone01")] };
    node.put("j.gone01", encodeBatch({ messages: [entryOf(said)], registers: [] }));
    const seenAt = [{ at: Date.UTC(2026, 5, 1), name: "" }, nextStamp(undefined, at, "gone01")];
    putItem(node, "r", { registers: [{ name: "device/gone01", said: seenAt as never }] });
    const journals = () =>
      node.ids().flatMap((id) => (id.startsWith("j.") ? [[id, node.payload(id)]] : []));
    const before = journals();
    expect(before).toHaveLength(2);
    await one.act(1, { do: "star" });
    one.online();
    await one.saved();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(journals()).toEqual(before);
    expect(largest(node)).toBeLessThan(MOST);
    one.close();
    vi.restoreAllMocks();
  });
});

describe("a device's own journal", () => {
  const journalOf = (node: MemoryNode) => node.ids().find((id) => id.startsWith("j.")) ?? "";
  const starredIn = (node: MemoryNode) => {
    const decoded = decodeBatch(node.payload(journalOf(node)) ?? "");
    return "batch" in decoded ? decoded.batch.messages.map(({ key }) => key).sort() : [];
  };
  const keys = (...numbers: number[]) => numbers.map((n) => stateKey(mail(n).message)).sort();
  const says = (node: MemoryNode, ...numbers: number[]) =>
    vi.waitFor(() => expect(starredIn(node)).toEqual(keys(...numbers)), PATIENCE);

  test("is said again where it was damaged, or taken away by another client", async () => {
    const node = new MemoryNode();
    const one = await device(node, 2);
    one.online();
    await one.act(0, { do: "star" });
    await says(node, 0);
    one.offline();
    const id = journalOf(node);
    node.put(id, "AAAA");
    one.online();
    await says(node, 0);
    await one.saved();
    node.drop((other) => other === id);
    one.hear({ items: [], retracted: [id], isGone: false });
    await says(node, 0);
    node.put(id, "AAAA");
    one.hear({ items: [{ id, payload: "AAAA" }], retracted: [], isGone: false });
    await says(node, 0);
    one.close();
  });

  test("stays as a newer version left it that was taken back, and all that is said is saved beside it", async () => {
    const node = new MemoryNode();
    const one = await device(node, 3);
    one.online();
    await one.act(0, { do: "star" });
    await one.saved();
    one.offline();
    const id = journalOf(node);
    const newer = `Ag${node.payload(id)?.slice(2) ?? ""}`;
    expect(decodeBatch(newer)).toEqual({ problem: "newer" });
    node.put(id, newer);
    one.online();
    await one.act(1, { do: "star" });
    await vi.waitFor(
      () => expect(node.ids().some((item) => item.startsWith("m."))).toBe(true),
      PATIENCE,
    );
    await one.saved();
    expect(node.payload(id)).toBe(newer);
    const two = await device(node, 3);
    two.online();
    await same(one.account, two.account);
    expect((await seen(two.account)).starred).toHaveLength(2);
    one.close();
    two.close();
  });

  test("keeps what it says when the database is older than it, whatever fails before it was read", async () => {
    const node = new MemoryNode();
    const one = await device(node, 3);
    one.online();
    await one.act(0, { do: "star" });
    await one.saved();
    const before = await one.account.store.read(["meta"], (tx) => readMeta(tx, "stateJournal"));
    await one.act(1, { do: "star" });
    await says(node, 0, 1);
    await one.saved();
    one.offline();
    await one.account.store.write(["meta", "state"], async (tx) => {
      if (before !== undefined) putMeta(tx, "stateJournal", before);
      await tx.objectStore("state").delete(keys(1)[0] ?? "");
    });
    node.refusesFetch = true;
    one.online();
    await one.act(2, { do: "star" });
    await vi.waitFor(
      async () => expect((await readDevices(one.account)).detail).toBeDefined(),
      PATIENCE,
    );
    expect(starredIn(node)).toEqual(keys(0, 1));
    one.offline();
    node.refusesFetch = false;
    one.online();
    await says(node, 0, 1, 2);
    one.close();
  });

  test("written by two computers, of which one has a copy of the other's profile, keeps what both say", async () => {
    const node = new MemoryNode();
    const [one, two] = [await device(node, 2), await device(node, 2)];
    for (const { account } of [one, two])
      await account.store.write(["meta"], async (tx) => putMeta(tx, "device", "copied"));
    one.online();
    two.online();
    await one.act(0, { do: "star" });
    await one.saved();
    await two.act(1, { do: "star" });
    await says(node, 0, 1);
    await same(one.account, two.account);
    one.close();
    two.close();
  });

  test("is folded when it is too large, however few its entries are", async () => {
    const node = new MemoryNode();
    const one = await device(node, 3);
    one.online();
    await one.saved();
    await one.account.store.write(["state"], async (tx) => {
      for (let n = 0; n < 12; n++) {
        const list = Array.from({ length: 150 }, () => `${crypto.randomUUID()}@example.net`);
        const stamp = nextStamp(undefined, Date.UTC(2026, 0, 2) + n, "aaaaaa");
        const said = { bcc: [list.join("\n"), stamp] as const };
        putRow(
          tx,
          "state",
          { said, ...whenOf(mail(n).message.at), pending: 1 },
          n.toString(16).padStart(2, "0").padEnd(16, "0"),
        );
      }
    });
    await one.act(0, { do: "star" });
    await vi.waitFor(
      () => expect(node.ids().filter((id) => id.startsWith("m.")).length).toBeGreaterThan(2),
      PATIENCE,
    );
    await one.saved();
    for (const payload of node.payloads()) expect(payload.length).toBeLessThanOrEqual(14_000);
    one.close();
  });

  test("is written once for each time something was said, and goes when it is folded", async () => {
    const node = new MemoryNode();
    const one = await device(node, 40);
    one.online();
    await one.act(0, { do: "star" });
    await one.saved();
    node.published.length = 0;
    await one.act(1, { do: "star" });
    await says(node, 0, 1);
    await one.saved();
    expect(node.published).toHaveLength(1);
    await triage(one.account, { act: { do: "star" }, on: { place: "all", except: [] } });
    await vi.waitFor(() => expect(journalOf(node)).toBe(""), PATIENCE);
    await one.saved();
    one.offline();
    one.online();
    await vi.waitFor(async () => {
      const { readAt, savedAt } = await readDevices(one.account);
      expect(readAt ?? 0).toBeGreaterThan(savedAt ?? 0);
    }, PATIENCE);
    await one.saved();
    expect(journalOf(node)).toBe("");
    one.close();
  });
});

test("all that devices say, and how it stands with it, is shown once they rest", async () => {
  const node = new MemoryNode();
  const [one, two] = [await device(node, 3), await device(node, 3)];
  const page = await pageOf(two.account, "a-composer");
  const steps: (() => Promise<unknown>)[] = [
    async () => two.online(),
    async () => one.online(),
    () => one.act(0, { do: "star" }),
    () => two.act(1, { do: "move", to: "archive" }),
    () => saveLabel(one.account, { kind: "tag", name: "Soon" }),
    () => setPreference(two.account, { name: "chatsAsMail", value: true }),
    async () => two.repair(),
    async () => node.deleteNode(),
    async () => {
      node.refuses = { refused: "not-private", detail: "open" };
      two.repair();
    },
    () => two.act(2, { do: "read" }),
    async () => {
      node.refuses = undefined;
      two.repair();
    },
  ];
  for (const step of steps) {
    await step();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await vi.waitFor(
      async () => expect((await page.during(async () => undefined)).behind).toEqual([]),
      PATIENCE,
    );
  }
  await two.saved();
  expect([...one.errors, ...two.errors]).toEqual([]);
  one.close();
  two.close();
}, 30_000);

describe("a device that has heard nothing of the others yet", () => {
  const syncOf = async ({ account }: { account: Account }) =>
    (await readStatus(account)).sync.state;
  const starred = async (node: MemoryNode) => {
    const one = await device(node, 3);
    one.online();
    await one.act(0, { do: "star" });
    await one.saved();
    one.close();
  };

  test("calls nothing up to date before it has taken in what they said", async () => {
    const node = new MemoryNode();
    await starred(node);
    const two = await device(node, 3);
    await putSync(two.account, { state: "up-to-date" });
    expect(await syncOf(two)).toBe("reading");
    let starsThen: unknown;
    const stop = two.account.bus.onTopics((topics) => {
      if (topics.includes("status")) starsThen ??= seen(two.account);
    });
    two.online();
    await vi.waitFor(async () => expect(await syncOf(two)).toBe("up-to-date"), PATIENCE);
    await vi.waitFor(() => expect(starsThen).toBeDefined());
    expect(((await starsThen) as Awaited<ReturnType<typeof seen>>).starred).toHaveLength(1);
    stop();
    two.offline();
    node.refuses = { refused: "failed", detail: "busy" };
    two.online();
    expect(await syncOf(two)).toBe("up-to-date");
    two.close();
  });

  test.each<[string, (node: MemoryNode) => void]>([
    ["has no private place", (node) => (node.refuses = { refused: "no-pep", detail: "none" })],
    ["refuses for now", (node) => (node.refuses = { refused: "failed", detail: "busy" })],
    ["gives nothing", (node) => (node.refusesFetch = true)],
    ["cannot give one item", (node) => (node.unreadable = node.ids()[0])],
  ])("is up to date where the server %s", async (_what, spoil) => {
    const node = new MemoryNode();
    await starred(node);
    spoil(node);
    const two = await device(node, 3);
    await putSync(two.account, { state: "up-to-date" });
    expect(await syncOf(two)).toBe("reading");
    two.online();
    await vi.waitFor(async () => expect(await syncOf(two)).toBe("up-to-date"), PATIENCE);
    two.close();
  });

  test("is up to date where the server never answers", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const account = await accountOnTrial();
    const over = new AbortController();
    await putSync(account, { state: "up-to-date" });
    createAccountState(account, {
      open: () => new Promise(() => undefined),
      serverNow: () => undefined,
      signal: over.signal,
      onError: (error) => expect.unreachable(String(error)),
    });
    expect(await syncOf({ account })).toBe("reading");
    await vi.advanceTimersByTimeAsync(10_000);
    vi.useRealTimers();
    await vi.waitFor(async () => expect(await syncOf({ account })).toBe("up-to-date"));
    over.abort();
    account.store.close();
  });
});

test("the account's first sign-in, told while the past comes in, counts for what is here and what is still to come", async () => {
  const account = await accountOnTrial();
  const day = 24 * HOUR;
  const here = Date.UTC(2026, 5, 1);
  const page = (n: number, at: number): ArchivePage => ({
    items: [{ archiveId: `archive-${n}`, at, received: received(n) }],
    marks: [{ archiveId: `archive-${n}`, at }],
    unreadable: [],
    complete: false,
    ended: true,
    length: 1000,
  });
  await account.store.write(["meta"], async (tx) => putMeta(tx, "firstSignInAt", here));
  const writer = createArchiveWriter(account);
  await writer.load();
  writer.put(page(1, here - 40 * day));
  await writer.drained();
  const unread = async () =>
    (await seen(account)).inbox.filter(([, isUnread]) => isUnread).map(([subject]) => subject);
  expect(await unread()).toEqual([]);
  const said = firstSignInSaid(here - 50 * day);
  await joinBatch(account, { messages: [], registers: [{ name: FIRST_SIGN_IN, said }] });
  await takeFirstSignIn(account);
  writer.put(page(2, here - 45 * day));
  writer.put(page(3, here - 90 * day));
  await writer.drained();
  expect(await unread()).toEqual(["Matter 1", "Matter 2"]);
  account.store.close();
});

describe("a first sign-in of which no server told the time", () => {
  const day = 24 * HOUR;
  const right = Date.UTC(2026, 10, 29);
  /** The newest page of an archive first, or nothing; then what comes when Envoi was closed. */
  async function signIn(clockAt: number, known: readonly number[], later: number) {
    const account = await accountOnTrial();
    await account.store.write(["meta"], async (tx) => {
      putMeta(tx, "firstSignInAt", clockAt);
      putMeta(tx, "signInUnsure", true);
    });
    const writer = createArchiveWriter(account);
    await writer.load();
    const items = [...known, later].map((at, n) => ({
      archiveId: `archive-${n}`,
      at,
      received: received(n),
    }));
    for (const page of [items.slice(0, -1), items.slice(-1)]) {
      const marks = page.map(({ archiveId, at }) => ({ archiveId, at }));
      writer.put({ items: page, marks, unreadable: [], complete: true, ended: true, length: 1000 });
      await writer.drained();
    }
    const at = await account.store.read(["meta"], (tx) => readMeta(tx, "firstSignInAt"));
    const unread = (await seen(account)).inbox.filter(([, isUnread]) => isUnread);
    return { account, at: at ?? 0, unread: unread.map(([subject]) => subject) };
  }

  test.each([-3650, 0, 3650])(
    "is as late as the newest of the archive, and not by months later (%i days off)",
    async (off) => {
      const known = [right - 90 * day, right - 2 * day];
      const { account, at, unread } = await signIn(right + off * day, known, right + 40 * day);
      expect(at).toBeGreaterThanOrEqual(right - 2 * day);
      expect(at).toBeLessThanOrEqual(right + 28 * day);
      expect(unread).toContain("Matter 2");
      expect(unread).not.toContain("Matter 0");
      account.store.close();
    },
  );

  test("is not later than the first there is in an archive that was empty", async () => {
    const { account, unread } = await signIn(right + 3650 * day, [], right + day);
    expect(unread).toEqual(["Matter 0"]);
    account.store.close();
  });

  test("gives way to the account's, which no archive bounds", async () => {
    const account = await accountOnTrial();
    await account.store.write(["meta"], async (tx) => {
      putMeta(tx, "firstSignInAt", right);
      putMeta(tx, "signInUnsure", true);
    });
    const said = firstSignInSaid(right - 400 * day);
    await joinBatch(account, { messages: [], registers: [{ name: FIRST_SIGN_IN, said }] });
    await takeFirstSignIn(account);
    const at = await account.store.write(["meta"], async (tx) => {
      await boundSignIn(tx, [{ at: right - day }]);
      return readMeta(tx, "firstSignInAt");
    });
    expect(at).toBe(right - 400 * day);
    account.store.close();
  });

  test("is told to no other device", async () => {
    const node = new MemoryNode();
    const it = await device(node, 0);
    await it.account.store.write(["meta"], async (tx) => {
      putMeta(tx, "firstSignInAt", right - 3650 * day);
      putMeta(tx, "signInUnsure", true);
    });
    const told = () =>
      it.account.store.read(["registers"], (tx) => tx.objectStore("registers").get(FIRST_SIGN_IN));
    it.online();
    await it.saved();
    await vi.waitFor(() => expect(node.published.length).toBeGreaterThan(0), PATIENCE);
    expect(await told()).toBeUndefined();
    await it.account.store.write(["meta"], async (tx) => putMeta(tx, "signInUnsure", false));
    it.offline();
    it.online();
    await vi.waitFor(async () => expect(await told()).toBeDefined(), PATIENCE);
    it.close();
  });
});

test("chats from since the account's first sign-in are unread on a device that came later, too", async () => {
  const account = await accountOnTrial();
  const day = 24 * HOUR;
  const here = Date.UTC(2026, 5, 1);
  await account.store.write(["meta"], async (tx) => putMeta(tx, "firstSignInAt", here));
  const arrivals = [1, 60].map((days) =>
    archivedArrival(
      {
        archiveId: `archive-${days}`,
        at: here - days * day,
        received: { ...received(days), type: "chat" },
      },
      account.me,
      here,
    ),
  );
  await account.store.write(WORKING_STORES, (tx) =>
    ingest(
      tx,
      account.me,
      arrivals.filter((arrival) => arrival !== undefined),
    ),
  );
  const said = firstSignInSaid(here - 50 * day);
  await joinBatch(account, { messages: [], registers: [{ name: FIRST_SIGN_IN, said }] });
  await takeFirstSignIn(account);
  const rows = await account.store.read(["messages"], (tx) =>
    tx.objectStore("messages").index("unread").getAll(),
  );
  expect(rows.map(({ archiveIds }) => archiveIds)).toEqual([["archive-1"]]);
  account.store.close();
});
