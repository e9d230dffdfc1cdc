/**
 * Brings back what slept long enough: to the top of the inbox, unread, when its time has come or Envoi is opened
 * next. Every tab does; what one did the others find done. Says only what every device says of that moment.
 */
import { ruleStamp } from "../mail/clock.ts";
import { cameIn } from "../mail/conversation.ts";
import type { Message } from "../mail/message.ts";
import { mailboxRange } from "../store/keys.ts";
import type { AccountContext } from "./context.ts";
import { accountTime } from "./server-clock.ts";
import { States } from "./states.ts";
import { WORKING_STORES, WorkingSet } from "./working-set.ts";

/** A clock may be set or put right, a timer may sleep: looked at this often at the least. ms */
const LOOK_MS = 30_000;
/** Changes come in crowds. ms */
const SETTLE_MS = 300;
/** Until the next look after some were woken. ms */
const AGAIN_MS = 500;
/** Woken in one transaction. */
const PORTION = 50;

export type Snoozes = { close(): void };

export function createSnoozes(context: AccountContext): Snoozes {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isClosed = false;
  const lookIn = (ms: number): void => {
    clearTimeout(timer);
    if (!isClosed) timer = setTimeout(() => void look(), ms);
  };
  async function look(): Promise<void> {
    try {
      const [next, time] = await Promise.all([nextWake(context), accountTime(context)]);
      const left = next === undefined ? Infinity : next - time;
      if (left <= 0) await wake(context, time);
      lookIn(left <= 0 ? AGAIN_MS : Math.min(LOOK_MS, left));
    } catch {
      // The storage is told about elsewhere; it may be there again at the next look.
      lookIn(LOOK_MS);
    }
  }
  const stop = context.bus.onTopics((topics) => {
    if (topics.includes("triage")) lookIn(SETTLE_MS);
  });
  lookIn(0);
  return {
    close() {
      isClosed = true;
      clearTimeout(timer);
      stop();
    },
  };
}

/** When the first of those asleep is to come back, epoch ms. */
async function nextWake({ store }: AccountContext): Promise<number | undefined> {
  const first = await store.read(["entries"], (tx) =>
    tx.objectStore("entries").openKeyCursor(mailboxRange("snoozed")),
  );
  return first?.key[1];
}

/** Everything whose time has come, a portion at a time. */
async function wake({ store, bus, me }: AccountContext, time: number): Promise<void> {
  const ids = await store.read(["entries"], (tx) =>
    tx
      .objectStore("entries")
      .getAll(IDBKeyRange.bound(["snoozed"], ["snoozed", time, []]), PORTION),
  );
  await store.write(WORKING_STORES, async (tx) => {
    const set = await WorkingSet.open(tx, me);
    const states = new States(tx);
    for (const id of ids) await wakeOne(set, states, id, time);
    states.flush();
    await set.flush();
  });
  bus.touch(["mail"], { urgent: true });
}

async function wakeOne(set: WorkingSet, states: States, id: number, time: number): Promise<void> {
  const rows = (await set.messagesOf(id)).sort((a, b) => b.at - a.at || b.key - a.key);
  const due = rows.filter(({ snooze }) => snooze !== undefined && snooze.until <= time);
  const until = Math.max(...due.map(({ snooze }) => snooze?.until ?? 0));
  for (const row of due)
    set.change({ ...row, snooze: { until: row.snooze?.until ?? 0, awake: 1 } });
  const newest = rows.find((row) => cameIn(row, set.me)) ?? rows[0];
  const current = newest === undefined ? undefined : await set.message(newest.key);
  if (current === undefined) return;
  await states.load([current]);
  comeBack(set, states, current, until);
}

/** Unread and in the inbox, unless a person said something else after that moment. */
function comeBack(set: WorkingSet, states: States, row: Message, until: number): void {
  const unread = states.say(set, row, "read", false, ruleStamp(until));
  if (unread.folder !== undefined && unread.folder !== "inbox")
    states.say(set, unread, "folder", "inbox", ruleStamp(until));
}
