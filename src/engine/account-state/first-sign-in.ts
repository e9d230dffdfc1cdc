/**
 * Mail from long before the account's first sign-in counts as read, on every device alike (arrivals.ts). A device that
 * came later, and took its own first sign-in for that of the account, has called mail read that is not.
 */
import { FIRST_SIGN_IN } from "../../mail/account-state/registers.ts";
import { cameIn } from "../../mail/conversation.ts";
import type { Message } from "../../mail/message.ts";
import { putMeta, readMeta } from "../../store/meta.ts";
import type { WriteTx } from "../../store/schema.ts";
import { FRESH_MS } from "../arrivals.ts";
import type { AccountContext } from "../context.ts";
import { States } from "../states.ts";
import { WORKING_STORES, WorkingSet } from "../working-set.ts";
import { readRegister } from "./registers.ts";

/** Messages in one transaction. */
const PORTION = 200;
const STORES = [...WORKING_STORES, "registers"] as const;

/**
 * Where the account's first sign-in was told: what came between that and this device's is looked at again. It counts
 * here once that is done, so that what was broken off begins anew.
 */
export async function takeFirstSignIn(context: AccountContext): Promise<void> {
  const { store, bus } = context;
  const span = await store.read(["meta", "registers"], async (tx) => {
    const [said, mine] = await Promise.all([
      readRegister(tx, FIRST_SIGN_IN),
      readMeta(tx, "firstSignInAt"),
    ]);
    const first = said?.[0];
    if (typeof first !== "number" || mine === undefined || first >= mine) return undefined;
    return { first, to: mine - FRESH_MS };
  });
  if (span === undefined) return;
  for (let at: number | undefined = span.first - FRESH_MS; at !== undefined;) {
    const from: number = at;
    at = await store.write(STORES, async (tx) => {
      const next = await lookAgain(context, tx, from, span.to);
      if (next === undefined) putMeta(tx, "firstSignInAt", span.first);
      return next;
    });
    bus.touch(["mail"]);
  }
}

/** A portion; returns where the next one begins. */
async function lookAgain(
  { me }: AccountContext,
  tx: WriteTx,
  from: number,
  to: number,
): Promise<number | undefined> {
  const rows = await tx
    .objectStore("messages")
    .index("at")
    .getAll(IDBKeyRange.bound(from, to, true), PORTION);
  const set = await WorkingSet.open(tx, me);
  const states = new States(tx);
  const maybe = rows.filter((row) => row.kind === "mail" && row.unread !== 1 && cameIn(row, me));
  await states.load(maybe);
  for (const row of maybe) {
    if (states.of(row).read !== undefined || (await isAnswered(set, row))) continue;
    set.change({ ...row, unread: 1 });
  }
  await set.flush();
  return rows.length < PORTION ? undefined : rows.at(-1)?.at;
}

async function isAnswered(set: WorkingSet, row: Message): Promise<boolean> {
  // Into the set, with the conversation it stands in.
  await set.message(row.key);
  const conversation = await set.conversation(row.conversation);
  return (conversation?.lastOutAt ?? 0) > row.at;
}
