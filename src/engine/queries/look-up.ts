/** What the archive said of what a permalink names. */
import type { LookUpArgs, LookUpView } from "../../api/contract.ts";
import { lookUpOf } from "../../mail/look-up.ts";
import { readMeta } from "../../store/meta.ts";
import type { AccountContext } from "../context.ts";
import { engineLock, holderOf } from "../holder.ts";
import { connectionView } from "./status.ts";

export async function readLookUp(context: AccountContext, args: LookUpArgs): Promise<LookUpView> {
  const { id } = lookUpOf(args, context.me);
  const [holder, [lookUps, connection, sync, noArchive]] = await Promise.all([
    holderOf(engineLock(context.me)),
    context.store.read(["meta"], (tx) =>
      Promise.all([
        readMeta(tx, "lookUps"),
        readMeta(tx, "connection"),
        readMeta(tx, "sync"),
        readMeta(tx, "noArchive"),
      ]),
    ),
  ]);
  const isSyncing = sync === undefined || ["waiting", "syncing", "paused"].includes(sync.state);
  const wanted = lookUps?.find((lookUp) => lookUp.id === id);
  const state = ((): LookUpView["state"] => {
    if (noArchive === true) return "no-archive";
    if (wanted === undefined) return "none";
    // The conversation itself follows in a moment.
    if (wanted.answer === "found") return "asking";
    if (wanted.answer !== undefined) return wanted.answer;
    const { state: line } = connectionView(connection, holder, context.now());
    return line === "offline" ? "offline" : "asking";
  })();
  return { state, isSyncing };
}
