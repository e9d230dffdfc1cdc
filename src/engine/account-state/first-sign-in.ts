/**
 * What is from long before the account's first sign-in counts as read, on every device alike (arrivals.ts). A device that
 * came later, and took its own first sign-in for that of the account, has called mail and chats read that are not.
 */
import { isMoment } from "../../base/moment.ts";
import { FIRST_SIGN_IN } from "../../mail/account-state/registers.ts";
import { answeredAt, answersAmong, mayBeAnswered } from "../../mail/answered.ts";
import { cameIn } from "../../mail/conversation.ts";
import type { Message } from "../../mail/message.ts";
import { putMeta, readMeta } from "../../store/meta.ts";
import type { WriteTx } from "../../store/schema.ts";
import { FRESH_MS, startsUnread } from "../arrivals.ts";
import type { AccountContext } from "../context.ts";
import { States } from "../states.ts";
import { WORKING_STORES, WorkingSet } from "../working-set.ts";
import { readRegister } from "./registers.ts";

/** Messages in one transaction. */
const PORTION = 200;
const STORES = [...WORKING_STORES, "registers"] as const;

/**
 * Where the account's first sign-in was told: it counts from now on, for what the archive brings as well, and what came
 * between that and this device's is looked at again. What was broken off goes on the next time.
 */
export async function takeFirstSignIn(context: AccountContext): Promise<void> {
  const { store, bus } = context;
  let isMore = await store.write(["meta", "registers"], noteSpan);
  while (isMore) {
    isMore = await store.write(STORES, (tx) => lookAgain(context, tx));
    bus.touch(["mail"]);
  }
}

/** Whether there is something to look at. */
async function noteSpan(tx: WriteTx): Promise<boolean> {
  const [said, mine, before] = await Promise.all([
    readRegister(tx, FIRST_SIGN_IN),
    readMeta(tx, "firstSignInAt"),
    readMeta(tx, "lookAgain"),
  ]);
  const first = said?.[0];
  if (!isMoment(first) || mine === undefined || first >= mine) return before !== undefined;
  putMeta(tx, "firstSignInAt", first);
  // The archive bounds a clock's word, not the account's.
  putMeta(tx, "signInUnsure", false);
  putMeta(tx, "lookAgain", { from: first - FRESH_MS, to: before?.to ?? mine });
  return true;
}

/** A portion; whether there is more. */
async function lookAgain({ me }: AccountContext, tx: WriteTx): Promise<boolean> {
  const span = await readMeta(tx, "lookAgain");
  if (span === undefined) return false;
  const { from, to } = span;
  const first = (await readMeta(tx, "firstSignInAt")) ?? to;
  const rows = await tx
    .objectStore("messages")
    .index("at")
    .getAll(IDBKeyRange.bound(from, to, true), PORTION);
  const set = await WorkingSet.open(tx, me);
  const states = new States(tx);
  const maybe = rows.filter(
    (row) =>
      row.unread !== 1 &&
      cameIn(row, me) &&
      startsUnread(row.kind, row.at, first) &&
      !startsUnread(row.kind, row.at, to),
  );
  await states.load(maybe);
  for (const row of maybe) {
    if (states.of(row).read !== undefined || (await isAnswered(set, row))) continue;
    set.change({ ...row, unread: 1 });
  }
  await set.flush();
  const last = rows.at(-1)?.at;
  const isMore = last !== undefined && rows.length >= PORTION;
  // More of the same moment may come, unless it is one moment all over.
  if (isMore) putMeta(tx, "lookAgain", { from: last - 1 > from ? last - 1 : last, to });
  else void tx.objectStore("meta").delete("lookAgain");
  return isMore;
}

async function isAnswered(set: WorkingSet, row: Message): Promise<boolean> {
  const conversation = await set.conversation(row.conversation);
  if (conversation === undefined || !mayBeAnswered(conversation, row)) return false;
  return answeredAt(row, answersAmong(await set.messagesOf(row.conversation))) !== undefined;
}
