/** Who writes to me and to whom I write: names for the lists and suggestions for the composer. */
import { shownLine } from "../base/display.ts";
import { spelledOut } from "../base/spelled-out.ts";
import type { Jid } from "../mail/address.ts";
import type { Message } from "../mail/message.ts";
import { putRow } from "../store/put.ts";
import type { PersonRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/schema.ts";

/** UTF-16 units. */
const MAX_NAME = 120;

/** Folds new messages into the people they came from or went to; within the caller's transaction. */
export async function notePeople(
  tx: WriteTx,
  me: Jid,
  messages: readonly Message[],
): Promise<void> {
  const seen = new Map<Jid, { nick?: string; at: number; written: number }>();
  const note = (jid: Jid, at: number, nick: string | undefined, written: number): void => {
    if (jid === me) return;
    const old = seen.get(jid);
    const name = old !== undefined && old.at > at ? (old.nick ?? nick) : (nick ?? old?.nick);
    seen.set(jid, {
      ...(name === undefined ? {} : { nick: name }),
      at: Math.max(old?.at ?? 0, at),
      written: (old?.written ?? 0) + written,
    });
  };
  for (const message of messages) {
    if (message.direction === "in") note(message.from, message.at, message.nick, 0);
    else
      for (const { jid } of [...message.to, ...message.cc, ...message.bcc])
        note(jid, message.at, undefined, 1);
  }
  const store = tx.objectStore("people");
  const known = await Promise.all([...seen.keys()].map((jid) => store.get(jid)));
  [...seen].forEach(([jid, { nick, at, written }], index) => {
    const old = known[index];
    const newer = at >= (old?.lastAt ?? 0);
    const name = newer ? (nick ?? old?.nick) : (old?.nick ?? nick);
    const row: PersonRow = {
      ...(old ?? { jid }),
      jid,
      ...(name === undefined ? {} : { nick: name }),
      lastAt: Math.max(old?.lastAt ?? 0, at),
      written: (old?.written ?? 0) + written,
    };
    if (isNews(old, row)) putRow(tx, "people", row);
  });
}

function isNews(old: PersonRow | undefined, row: PersonRow): boolean {
  return (
    old === undefined ||
    old.nick !== row.nick ||
    old.lastAt !== row.lastAt ||
    old.written !== row.written
  );
}

/** How a person is called here: my roster's name, their own claim, else the address. Fit to be shown. */
export function nameOf(person: PersonRow | undefined, jid: Jid, claimed?: string): string {
  const name = shownLine(person?.rosterName ?? claimed ?? person?.nick ?? "", MAX_NAME);
  return name === "" ? spelledOut(jid) : name;
}

/** A contact of mine, or somebody I wrote to. */
export function isKnown(person: PersonRow | undefined): boolean {
  if (person === undefined) return false;
  return person.contact === 1 || person.rosterName !== undefined || person.written > 0;
}

/** Where there is no room for a warning, a name that reads like another address gives way to the real one. */
export function briefNameOf(person: PersonRow | undefined, jid: Jid, claimed?: string): string {
  const name = nameOf(person, jid, claimed);
  return /[@\uFF20\uFE6B]/.test(name) ? jid : name;
}

export async function readPeople(tx: ReadTx, jids: Iterable<Jid>): Promise<Map<Jid, PersonRow>> {
  const wanted = [...new Set(jids)];
  const rows = await Promise.all(wanted.map((jid) => tx.objectStore("people").get(jid)));
  return new Map(rows.flatMap((row) => (row === undefined ? [] : [[row.jid, row] as const])));
}
