/** What the person read on this device, until their other programs are told (displayed.ts). */
import type { Jid } from "../mail/address.ts";
import type { Message } from "../mail/message.ts";
import { putMeta, readMeta } from "../store/meta.ts";
import type { WriteTx } from "../store/schema.ts";

/** The newest of a contact's. */
export type ReadHere = { key: number; at: number };

/** The person read these. Within the transaction that says so; stores: meta. */
export async function noteReadHere(tx: WriteTx, me: Jid, rows: readonly Message[]): Promise<void> {
  // Of a room each person has a marker of their own, and what they write to me alone none that we know.
  const read = rows.filter((row) => row.direction === "in" && row.from !== me && row.room !== 1);
  if (read.length === 0) return;
  const due = { ...(await readMeta(tx, "readHere")) };
  for (const { from, key, at } of read) {
    const known = due[from];
    // Of one second, as some archives tell it, the one that came later.
    if (known === undefined || at > known.at || (at === known.at && key > known.key))
      due[from] = { key, at };
  }
  putMeta(tx, "readHere", due);
}
