/** What the archive said of what a permalink names. */
import type { LookUpArgs, LookUpView } from "../../api/contract.ts";
import { isMeant, type LookUp, lookUpOf } from "../../mail/look-up.ts";
import { threadRange } from "../../store/keys.ts";
import { readMeta } from "../../store/meta.ts";
import type { ReadTx } from "../../store/schema.ts";
import type { AccountContext } from "../context.ts";
import { engineLock, holderOf } from "../holder.ts";
import { connectionView } from "./status.ts";

/** Rows of one link: more say no more. */
const MAX_LOOKED_AT = 200;

export async function readLookUp(context: AccountContext, args: LookUpArgs): Promise<LookUpView> {
  const asked = lookUpOf(args, context.me);
  const [holder, [lookUps, connection, sync, noArchive, isGone]] = await Promise.all([
    holderOf(engineLock(context.me)),
    context.store.read(["meta", "messages"], (tx) =>
      Promise.all([
        readMeta(tx, "lookUps"),
        readMeta(tx, "connection"),
        readMeta(tx, "sync"),
        readMeta(tx, "noArchive"),
        isDeleted(tx, asked),
      ]),
    ),
  ]);
  const isSyncing = sync === undefined || ["waiting", "syncing", "paused"].includes(sync.state);
  const wanted = lookUps?.find((lookUp) => lookUp.id === asked.id);
  const state = ((): LookUpView["state"] => {
    if (isGone) return "deleted";
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

/** All that is here of what the link means was deleted for good: its rows only keep other copies from coming back. */
async function isDeleted(tx: ReadTx, asked: LookUp): Promise<boolean> {
  const messages = tx.objectStore("messages");
  const { thread, message } = asked;
  const found = await Promise.all([
    message === undefined ? [] : messages.index("mid").getAll(message, MAX_LOOKED_AT),
    thread === undefined ? [] : messages.index("thread").getAll(threadRange(thread), MAX_LOOKED_AT),
  ]);
  const rows = found.flat().filter((row) => isMeant(asked, row));
  return rows.length > 0 && rows.every(({ folder }) => folder === "gone");
}
