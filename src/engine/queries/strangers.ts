/** What my contacts and conversations tell of mail from people I do not know: whom it may be mistaken for. */
import type { StrangerView } from "../../api/contract.ts";
import type { Jid } from "../../mail/address.ts";
import type { Message } from "../../mail/message.ts";
import { addressLook, nameLook } from "../../mail/sender-check.ts";
import { threadRange } from "../../store/keys.ts";
import type { ReadTx } from "../../store/schema.ts";
import type { AccountContext } from "../context.ts";
import { isKnown } from "../people.ts";

/** Of messages that share a thread or an id. */
const MAX_ROWS = 200;
/** More of them say no more. */
const MAX_LIKES = 3;

type Looks = { names: Map<string, Jid[]>; addresses: Map<string, Jid[]> };

/** Kept until people change: a mailbox has thousands of contacts, and every stranger is held against all of them. */
const known = new WeakMap<AccountContext["bus"], Looks>();
/** How often people changed since somebody looked first. */
const changes = new WeakMap<AccountContext["bus"], number>();

/** By the key of the message; only strangers are in it. */
export async function readStrangers(
  tx: ReadTx,
  context: AccountContext,
  rows: readonly Message[],
): Promise<Map<number, StrangerView>> {
  if (rows.length === 0) return new Map();
  const looks = known.get(context.bus) ?? (await readLooks(tx, context));
  const outsiders = new Map<string, Promise<boolean>>();
  const isOutsider = (row: Message): Promise<boolean> => {
    const what = JSON.stringify([row.from, row.thread, row.refs?.[0]]);
    const found = outsiders.get(what) ?? namesForeignThread(tx, row, context.me);
    outsiders.set(what, found);
    return found;
  };
  return new Map(
    await Promise.all(
      rows.map(async (row): Promise<[number, StrangerView]> => {
        const others = (list: Jid[] | undefined): Jid[] =>
          (list ?? []).filter((jid) => jid !== row.from).slice(0, MAX_LIKES);
        return [
          row.key,
          {
            namesakes: others(looks.names.get(nameLook(row.nick ?? ""))),
            lookAlikes: others(looks.addresses.get(addressLook(row.from))),
            isOutsider: await isOutsider(row),
          },
        ];
      }),
    ),
  );
}

/** A contact is in my roster, or was written to. */
async function readLooks(tx: ReadTx, { bus }: AccountContext): Promise<Looks> {
  if (!changes.has(bus)) {
    changes.set(bus, 0);
    bus.onTopics((topics) => {
      if (!topics.includes("people")) return;
      known.delete(bus);
      changes.set(bus, (changes.get(bus) ?? 0) + 1);
    });
  }
  const before = changes.get(bus);
  const looks: Looks = { names: new Map(), addresses: new Map() };
  const add = (to: Map<string, Jid[]>, look: string, jid: Jid): void => {
    if (look !== "") to.set(look, [...(to.get(look) ?? []), jid]);
  };
  for (const person of await tx.objectStore("people").getAll()) {
    if (!isKnown(person)) continue;
    const { jid, rosterName, nick } = person;
    const names = new Set([rosterName, nick].map((name) => nameLook(name ?? "")));
    for (const look of names) add(looks.names, look, jid);
    add(looks.addresses, addressLook(jid), jid);
  }
  // What was read while they changed may be old already.
  if (changes.get(bus) === before) known.set(bus, looks);
  return looks;
}

/** It carries the thread, or answers a message, of a conversation that stands apart from it (mail/grouping.ts). */
async function namesForeignThread(tx: ReadTx, row: Message, me: Jid): Promise<boolean> {
  const messages = tx.objectStore("messages");
  const [ref] = row.refs ?? [];
  const [threaded, answered] = await Promise.all([
    row.thread === undefined
      ? []
      : messages.index("thread").getAll(threadRange(row.thread), MAX_ROWS),
    ref === undefined ? [] : messages.index("mid").getAll(ref, MAX_ROWS),
  ]);
  return [...threaded, ...answered].some(
    (other) =>
      other.conversation !== row.conversation &&
      other.from !== row.from &&
      (other.from !== me ||
        ![...other.to, ...other.cc, ...other.bcc].some((n) => n.jid === row.from)),
  );
}
