/** A clock that is put right: words nobody heard move with it, and none falls behind the one it replaced. */
import { describe, expect, test } from "vitest";
import { setClock, settleClock } from "../../src/engine/account-state/device.ts";
import { joinBatch } from "../../src/engine/account-state/join.ts";
import { triage } from "../../src/engine/commands/triage.ts";
import { undo } from "../../src/engine/commands/undo.ts";
import { ingest } from "../../src/engine/ingest.ts";
import { WORKING_STORES } from "../../src/engine/working-set.ts";
import type { Jid } from "../../src/mail/address.ts";
import { msOf, nextStamp, ruleStamp, type Stamp } from "../../src/mail/clock.ts";
import { arrivalOf } from "../../src/mail/message.ts";
import { type MessageState, stateKey, whenOf } from "../../src/mail/state.ts";
import { readMeta } from "../../src/store/meta.ts";
import { accountOnTrial, me } from "./store-on-trial.ts";
import { BARE } from "./bare-received.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const YEAR = 365 * 24 * 60 * MINUTE;
const NOW = Date.UTC(2026, 10, 29);

const arrival = arrivalOf(
  {
    from: "bob@example.net" as Jid,
    fromResource: "",
    to: me,
    toResource: "",
    type: "normal",
    id: "message-of-the-wrong-clock-test",
    subject: "Matter",
    body: "About it",
    ...BARE,
  },
  { me, at: NOW - YEAR, unread: true, archiveId: "archive-1" },
);
if (arrival === undefined) throw new Error("no message");
const key = stateKey(arrival.message);
const day = whenOf(NOW - YEAR).day;

type Account = Awaited<ReturnType<typeof accountOnTrial>>;

/** A device whose clock says so, with one message. */
async function deviceAt(clock: () => number) {
  const account = { ...(await accountOnTrial()), now: clock };
  await account.store.write(WORKING_STORES, (tx) => ingest(tx, me, [arrival as never]));
  return {
    account,
    act: (act: "star" | "unstar" | "read" | "unread") =>
      triage(account, { act: { do: act }, on: { conversations: ["c1"] } }),
    stampOf: async (field: "read" | "star") =>
      (await account.store.read(["state"], (tx) => tx.objectStore("state").get(key)))?.said[
        field
      ]?.[1] as Stamp,
  };
}

test("a word over a rule's that is far ahead, and that nobody heard of, stays over it", async () => {
  const { account, act, stampOf } = await deviceAt(() => NOW + 2 * MINUTE);
  const rule = ruleStamp(NOW + 10 * YEAR);
  await joinBatch(account, {
    messages: [{ key, day, said: { read: [true, rule] } }],
    registers: [],
  });
  await act("unread");
  await act("star");
  await setClock(account, NOW);
  expect((await stampOf("read")) > rule).toBe(true);
  expect(msOf(await stampOf("star"))).toBe(NOW);
  account.store.close();
});

test("a word of a clock far ahead, moved back, stays over a rule's that was carried", async () => {
  const { account, act, stampOf } = await deviceAt(() => NOW + 10 * YEAR);
  const rule = ruleStamp(NOW + YEAR);
  await joinBatch(account, {
    messages: [{ key, day, said: { read: [true, rule] } }],
    registers: [],
  });
  await act("unread");
  await setClock(account, NOW);
  expect((await stampOf("read")) > rule).toBe(true);
  expect(msOf(await stampOf("read"))).toBe(NOW + YEAR);
  account.store.close();
});

test("no stamp is given twice, whichever way the clock was put right", async () => {
  for (const off of [-10 * YEAR, 10 * YEAR]) {
    const { account, act, stampOf } = await deviceAt(() => NOW + off);
    await act("star");
    await setClock(account, NOW);
    const moved = await stampOf("star");
    expect(msOf(moved)).toBe(NOW);
    const last = await account.store.read(["meta"], (tx) => readMeta(tx, "clock"));
    expect((last ?? "") >= moved).toBe(true);
    await act("unstar");
    expect((await stampOf("star")) > moved).toBe(true);
    account.store.close();
  }
});

function saying(field: "read" | "star", stamp: Stamp): MessageState {
  return { [field]: [true, stamp] as const };
}

/** A device whose clock stands so far from the right time, which is NOW in the end; `days`: before that. */
async function deviceWrongBy(off: number) {
  const time = { right: NOW, off: 0 };
  const device = await deviceAt(() => time.right + time.off);
  const { act } = device;
  const actAt = async (
    days: number,
    by: number,
    what: Parameters<typeof act>[0],
  ): Promise<void> => {
    Object.assign(time, { right: NOW - days * DAY, off: by });
    await act(what);
  };
  await actAt(10, 0, "star");
  await setClock(device.account, time.right);
  return {
    ...device,
    actAt,
    /** What others said, `days` ago by their clocks. */
    hear: (days: number, field: "read" | "star") =>
      joinBatch(device.account, {
        messages: [{ key, day, said: saying(field, nextStamp(undefined, NOW - days * DAY, "zz")) }],
        registers: [],
      }),
    set: async () => {
      Object.assign(time, { right: NOW, off });
      await setClock(device.account, NOW);
    },
  };
}

test.each([-10 * YEAR, 10 * YEAR])(
  "once the clock is right, what it said is as late as it was said (%i ms off)",
  async (off) => {
    const { account, actAt, hear, set, stampOf } = await deviceWrongBy(off);
    await actAt(5, off, "unstar");
    await set();
    expect(msOf(await stampOf("star"))).toBe(NOW - 5 * DAY);
    await hear(6, "star");
    expect(msOf(await stampOf("star"))).toBe(NOW - 5 * DAY);
    await hear(4, "star");
    expect(msOf(await stampOf("star"))).toBe(NOW - 4 * DAY);
    account.store.close();
  },
);

test.each([-9 * YEAR, 9 * YEAR])(
  "what was said before the clock was set wrong keeps its time (%i ms off)",
  async (off) => {
    const { account, actAt, set, stampOf } = await deviceWrongBy(off);
    await actAt(5, 0, "unstar");
    await actAt(3, off, "read");
    await set();
    expect(msOf(await stampOf("star"))).toBe(NOW - 5 * DAY);
    expect(msOf(await stampOf("read"))).toBe(NOW - 3 * DAY);
    account.store.close();
  },
);

test("a word of the far future that was heard keeps no other from coming into its right time", async () => {
  const { account, actAt, hear, set, stampOf } = await deviceWrongBy(9 * YEAR);
  await hear(-3650, "read");
  await actAt(3, 9 * YEAR, "unstar");
  await actAt(2, 9 * YEAR, "unread");
  await set();
  expect(msOf(await stampOf("star"))).toBe(NOW - 3 * DAY);
  expect(msOf(await stampOf("read"))).toBe(NOW + 3650 * DAY);
  account.store.close();
});

test("a word that replaced another of the same wrong clock comes into its right time, too", async () => {
  const { account, actAt, set, stampOf } = await deviceWrongBy(10 * YEAR);
  await actAt(3, 10 * YEAR, "unstar");
  await actAt(2, 10 * YEAR, "star");
  await set();
  expect(msOf(await stampOf("star"))).toBe(NOW - 2 * DAY);
  account.store.close();
});

test("what others may have heard of a wrong clock stays as it is, and what replaces it is later", async () => {
  const { account, actAt, set, stampOf } = await deviceWrongBy(10 * YEAR);
  await actAt(4, 10 * YEAR, "unstar");
  await actAt(3, 10 * YEAR, "read");
  const sent = await stampOf("star");
  await settleClock(account);
  await actAt(2, 10 * YEAR, "star");
  await set();
  expect((await stampOf("star")) > sent).toBe(true);
  expect(msOf(await stampOf("star"))).toBe(msOf(sent));
  expect(msOf(await stampOf("read"))).toBe(NOW - 3 * DAY + 10 * YEAR);
  account.store.close();
});

test("an earlier word that came in meanwhile stays the earlier one", async () => {
  const { account, actAt, hear, set, stampOf } = await deviceWrongBy(10 * YEAR);
  await actAt(5, 10 * YEAR, "unstar");
  await hear(1, "star");
  await set();
  const heard = nextStamp(undefined, NOW - DAY, "zz");
  expect((await stampOf("star")) > heard).toBe(true);
  expect(msOf(await stampOf("star"))).toBe(NOW - DAY);
  account.store.close();
});

test("what is put right once is not moved by the next error", async () => {
  const { account, actAt, set, stampOf } = await deviceWrongBy(10 * YEAR);
  await actAt(5, 10 * YEAR, "unstar");
  await set();
  await setClock({ ...account, now: () => NOW - 10 * YEAR }, NOW + DAY);
  expect(msOf(await stampOf("star"))).toBe(NOW - 5 * DAY);
  account.store.close();
});

test("what the storage keeps waiting for is no error of the clock", async () => {
  const { account, actAt, act, set, stampOf } = await deviceWrongBy(0);
  await actAt(0, 0, "read");
  let at = NOW;
  const setting = setClock({ ...account, now: () => at }, NOW);
  at += 90_000;
  await setting;
  expect(await account.store.read(["meta"], (tx) => readMeta(tx, "clockOffset"))).toBeUndefined();
  await act("unread");
  await set();
  expect(msOf(await stampOf("read"))).toBe(NOW);
  account.store.close();
});

describe("mail that is put off by a wrong clock comes back when the person said", () => {
  const TOMORROW = NOW + DAY;
  const snooze = (account: Account, until: number) =>
    triage(account, { act: { do: "snooze", until }, on: { conversations: ["c1"] } });
  /** Until when it sleeps, by its row and by what is said to others. */
  const untilOf = ({ store }: Account) =>
    store.read(["messages", "state"], async (tx) => {
      const [rows, states] = [tx.objectStore("messages"), tx.objectStore("state")];
      const [[row], state] = await Promise.all([rows.getAll(), states.get(key)]);
      return [row?.snooze?.until, state?.said.snooze?.[0]];
    });

  test("the clock was known to be years behind and was set since", async () => {
    let off = -10 * YEAR;
    const { account } = await deviceAt(() => NOW + off);
    await setClock(account, NOW);
    off = 0;
    await snooze(account, TOMORROW);
    await setClock(account, NOW);
    expect(await untilOf(account)).toEqual([TOMORROW, TOMORROW]);
    account.store.close();
  });

  test("nobody told yet that it is years behind", async () => {
    const { account } = await deviceAt(() => NOW - 10 * YEAR);
    await snooze(account, TOMORROW - 10 * YEAR);
    await setClock(account, NOW);
    expect(await untilOf(account)).toEqual([TOMORROW, TOMORROW]);
    account.store.close();
  });

  test("it was right, and was set wrong since", async () => {
    let off = 0;
    const { account, act } = await deviceAt(() => NOW + off);
    await act("star");
    await setClock(account, NOW);
    await snooze(account, TOMORROW);
    off = -10 * YEAR;
    await setClock(account, NOW);
    expect(await untilOf(account)).toEqual([TOMORROW, TOMORROW]);
    account.store.close();
  });

  test("it was put off before, and Undo put it back", async () => {
    let off = 0;
    const { account } = await deviceAt(() => NOW + off);
    await snooze(account, TOMORROW);
    await settleClock(account);
    off = -10 * YEAR;
    await triage(account, { act: { do: "unsnooze" }, on: { conversations: ["c1"] } });
    await undo(account, {});
    await setClock(account, NOW);
    expect(await untilOf(account)).toEqual([TOMORROW, TOMORROW]);
    account.store.close();
  });
});
