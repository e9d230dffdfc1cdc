/** Whom a person does not want to hear from any more, and from whom again. */
import { domainOf, type Jid } from "../../mail/address.ts";
import { type BlockIntent, withIntent } from "../../mail/blocking.ts";
import { putMeta, readMeta } from "../../store/meta.ts";
import type { WriteTx } from "../../store/schema.ts";
import type { AccountContext } from "../context.ts";

/** Messages of theirs that a report names: the one that was open, and the newest beside it. */
const REPORTED = 5;

/**
 * The server is told as soon as there is a connection. Refused where it is known that it cannot: nothing would be
 * blocked, and nothing is hidden here instead.
 */
export async function block(
  { store, bus, me }: AccountContext,
  { jid, report }: { jid: Jid; report?: number },
): Promise<{ ok: boolean; host: string }> {
  const host = domainOf(me);
  const ok = await store.write(["meta", "messages"], async (tx) => {
    const features = await readMeta(tx, "serverFeatures");
    if (features?.blocking === false || jid === me) return false;
    const archiveIds = report === undefined ? [] : await reportedIds(tx, report, jid);
    await want(tx, {
      entry: jid,
      blocks: true,
      ...(report === undefined ? {} : { report: { archiveIds } }),
    });
    return true;
  });
  if (ok) bus.touch(["blocking"], { urgent: true });
  return { ok, host };
}

export async function unblock(
  { store, bus }: AccountContext,
  { entry }: { entry: string },
): Promise<null> {
  await store.write(["meta"], (tx) => want(tx, { entry, blocks: false }));
  bus.touch(["blocking"], { urgent: true });
  return null;
}

/** A wish for what is so already, and was not refused, needs nobody. */
async function want(tx: WriteTx, intent: BlockIntent): Promise<void> {
  const [intents = [], entries = []] = await Promise.all([
    readMeta(tx, "blockIntents"),
    readMeta(tx, "blocked"),
  ]);
  const others = intents.filter(({ entry }) => entry !== intent.entry);
  const wasOnlyWanted = others.length < intents.length;
  const isSo = entries.includes(intent.entry) === intent.blocks;
  // What was written to the stream may have arrived: where something was wanted, the server is told.
  const isDone = isSo && !wasOnlyWanted && intent.report === undefined;
  putMeta(tx, "blockIntents", isDone ? others : withIntent(intents, intent));
}

async function reportedIds(tx: WriteTx, key: number, jid: Jid): Promise<string[]> {
  const row = await tx.objectStore("messages").get(key);
  return row?.from === jid ? row.archiveIds.slice(0, REPORTED) : [];
}
