/** Suggestions for an address field, and pictures. */
import type { AvatarView, PeopleArgs, Person } from "../../api/contract.ts";
import type { Jid } from "../../mail/address.ts";
import type { AccountContext } from "../context.ts";
import { nameOf } from "../people.ts";

/** People whose name or address has a word that begins with the text; those I write to most first. */
export async function readPeopleLike(context: AccountContext, args: PeopleArgs): Promise<Person[]> {
  const wanted = args.text.trim().toLocaleLowerCase();
  const rows = await context.store.read(["people"], (tx) => tx.objectStore("people").getAll());
  return rows
    .filter((row) => {
      const words = `${row.rosterName ?? ""} ${row.nick ?? ""} ${row.jid}`
        .toLocaleLowerCase()
        .split(/[\s@.]+/);
      return words.some((word) => word.startsWith(wanted)) || row.jid.startsWith(wanted);
    })
    .sort((a, b) => b.written - a.written || b.lastAt - a.lastAt)
    .slice(0, args.limit)
    .map((row) => ({ jid: row.jid, name: nameOf(row, row.jid) }));
}

export async function readAvatar(context: AccountContext, args: { jid: Jid }): Promise<AvatarView> {
  const row = await context.store.read(["avatars"], (tx) =>
    tx.objectStore("avatars").get(args.jid),
  );
  if (row === undefined || row.bytes === null) return null;
  return { jid: row.jid, type: row.type, bytes: row.bytes };
}
