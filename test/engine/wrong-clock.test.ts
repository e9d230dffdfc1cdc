/** A clock that is put right: words nobody heard move with it, and none falls behind the one it replaced. */
import { expect, test } from "vitest";
import { setClock } from "../../src/engine/account-state/device.ts";
import { hear } from "../../src/engine/account-state/heard.ts";
import { joinBatch } from "../../src/engine/account-state/join.ts";
import { triage } from "../../src/engine/commands/triage.ts";
import { ingest } from "../../src/engine/ingest.ts";
import { WORKING_STORES } from "../../src/engine/working-set.ts";
import type { Jid } from "../../src/mail/address.ts";
import { msOf, ruleStamp, type Stamp } from "../../src/mail/clock.ts";
import { arrivalOf } from "../../src/mail/message.ts";
import { stateKey, whenOf } from "../../src/mail/state.ts";
import { readMeta } from "../../src/store/meta.ts";
import { accountOnTrial, me } from "./store-on-trial.ts";

const MINUTE = 60_000;
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
    stanzaIds: [],
    references: [],
    headers: {},
    fallbacks: [],
    addresses: [],
    attachments: [],
    receiptWanted: false,
  },
  { me, at: NOW - YEAR, unread: true, archiveId: "archive-1" },
);
if (arrival === undefined) throw new Error("no message");
const key = stateKey(arrival.message);
const day = whenOf(NOW - YEAR).day;

/** A device whose clock says so, with one message. */
async function deviceAt(clock: () => number) {
  const account = { ...(await accountOnTrial()), now: clock };
  await account.store.write(WORKING_STORES, (tx) => ingest(tx, me, [arrival as never]));
  return {
    account,
    act: (act: "star" | "unstar" | "unread") =>
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
  const batch = { messages: [{ key, day, said: { read: [true, rule] as const } }], registers: [] };
  await hear(account, [batch]);
  await joinBatch(account, batch);
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
