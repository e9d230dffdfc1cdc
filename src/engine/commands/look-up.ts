/** A permalink was opened whose message is not here. */
import type { LookUpArgs } from "../../api/contract.ts";
import { lookUpOf, stretchesOf } from "../../mail/look-up.ts";
import { putMeta, readMeta } from "../../store/meta.ts";
import type { AccountContext } from "../context.ts";

/** Links somebody opened last; older ones are asked for again when they are opened again. */
const MAX_KEPT = 20;

/** Whoever has the connection asks the archive, now or when there is one. */
export async function lookUp({ store, bus, me }: AccountContext, args: LookUpArgs): Promise<null> {
  const wanted = lookUpOf(args, me);
  if (stretchesOf(wanted).length === 0) return null;
  await store.write(["meta"], async (tx) => {
    const others = ((await readMeta(tx, "lookUps")) ?? []).filter(({ id }) => id !== wanted.id);
    putMeta(tx, "lookUps", [...others, wanted].slice(-MAX_KEPT));
  });
  bus.touch(["lookups"], { urgent: true });
  return null;
}
