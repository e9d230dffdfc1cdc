/** Whom the server blocks, and whether a message's sender is among them. */
import type { BlockedView, SenderView } from "../../api/contract.ts";
import { domainOf } from "../../mail/address.ts";
import { blockStandings, type BlockStanding, standingOf } from "../../mail/blocking.ts";
import { readMeta } from "../../store/meta.ts";
import type { ReadTx } from "../../store/schema.ts";
import type { AccountContext } from "../context.ts";

export async function readSender(
  { store, me }: AccountContext,
  { key }: { key: number },
): Promise<SenderView> {
  return store.read(["messages", "meta"], async (tx) => {
    const row = await tx.objectStore("messages").get(key);
    if (row === undefined || row.direction === "out") return null;
    const { isOffered, canReport, entries } = await readStandings(tx);
    const block = standingOf(row.from, entries);
    return {
      host: domainOf(me),
      ...(isOffered === undefined ? {} : { isOffered }),
      canReport,
      ...(block === undefined ? {} : { block }),
    };
  });
}

export async function readBlocked({ store, me }: AccountContext): Promise<BlockedView> {
  return store.read(["meta"], async (tx) => ({ host: domainOf(me), ...(await readStandings(tx)) }));
}

async function readStandings(
  tx: ReadTx,
): Promise<{ isOffered?: boolean; canReport: boolean; entries: BlockStanding[] }> {
  const [features, entries = [], intents = []] = await Promise.all([
    readMeta(tx, "serverFeatures"),
    readMeta(tx, "blocked"),
    readMeta(tx, "blockIntents"),
  ]);
  return {
    ...(features === undefined ? {} : { isOffered: features.blocking }),
    canReport: features?.reporting === true,
    entries: blockStandings(entries, intents, features?.blocking !== false),
  };
}
