/** What waits here to be saved is given a moment, before its database goes. */
import { readMeta } from "../../store/meta.ts";
import { countPending } from "../account-state/rows.ts";
import type { AccountContext } from "../context.ts";
import { readMarks } from "../draft-shelf.ts";
import { engineLock, holderOf } from "../holder.ts";
import { connectionView } from "../queries/status.ts";

/** Whoever waits for it is about to leave. ms */
const LONGEST_MS = 2000;
const LOOK_MS = 100;

/** Answers once nothing waits, or it took too long. */
export async function saveNow(context: AccountContext): Promise<null> {
  if (!(await isConnected(context))) return null;
  const until = performance.now() + LONGEST_MS;
  context.bus.touch(["hurry"]);
  while (performance.now() < until && (await isWaiting(context)))
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  return null;
}

async function isConnected({ store, me, now }: AccountContext): Promise<boolean> {
  const row = await store.read(["meta"], (tx) => readMeta(tx, "connection"));
  return connectionView(row, await holderOf(engineLock(me)), now()).state === "connected";
}

/** For what the server may yet take: not for what has no place there. */
async function isWaiting({ store }: AccountContext): Promise<boolean> {
  return store.read(["meta", "outbox", "state", "registers"], async (tx) => {
    const [health, node, marks, unsent, changes] = await Promise.all([
      readMeta(tx, "stateHealth"),
      readMeta(tx, "draftNode"),
      readMarks(tx),
      tx.objectStore("outbox").count(),
      countPending(tx),
    ]);
    const isDraftWaiting =
      node !== "closed" &&
      [...marks.values()].some(({ dirty, held }) => dirty === 1 && held === undefined);
    const isChangeWaiting = health?.carrier !== "none" && changes > 0;
    return unsent > 0 || isDraftWaiting || isChangeWaiting;
  });
}
