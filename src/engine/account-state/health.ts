/** How it stands with the shared state, kept for every tab. */
import type { StateHealth } from "../../mail/account-state/health.ts";
import { putMeta, readMeta } from "../../store/meta.ts";
import type { AccountContext } from "../context.ts";

const NONE: Pick<StateHealth, "carrier"> & Partial<StateHealth> = { carrier: "none" };

/** Changes what is given; the counts are counted anew. */
export async function noteHealth(
  { store, bus }: AccountContext,
  change: Partial<StateHealth>,
): Promise<void> {
  const isNotice = await store.write(["meta"], async (tx) => {
    const [before, known = {}] = await Promise.all([
      readMeta(tx, "stateHealth"),
      readMeta(tx, "stateItems"),
    ]);
    const items = Object.values(known);
    const { refused, detail: _detail, maxItems, ...rest } = before ?? NONE;
    // Of another carrier it is another number.
    const isSame = change.carrier === undefined && maxItems !== undefined;
    putMeta(tx, "stateHealth", {
      ...rest,
      ...(isSame ? { maxItems } : {}),
      items: items.length,
      bytes: items.reduce((sum, { size }) => sum + size, 0),
      unreadable: items.filter(({ isForeign }) => isForeign === 1).length,
      ...change,
    });
    if (change.openUntil === undefined) return change.refused !== refused;
    const dismissed = (await readMeta(tx, "dismissed")) ?? [];
    putMeta(
      tx,
      "dismissed",
      dismissed.filter((id) => id !== "was-open"),
    );
    return true;
  });
  bus.touch(isNotice ? ["state", "notices"] : ["state"]);
}

/** The first time: what the account's devices said is here, or cannot be had. */
export async function noteHeard({ store, bus }: AccountContext): Promise<void> {
  const isFirst = await store.write(["meta"], async (tx) => {
    if ((await readMeta(tx, "stateHeard")) === true) return false;
    putMeta(tx, "stateHeard", true);
    return true;
  });
  if (isFirst) bus.touch(["status"]);
}
