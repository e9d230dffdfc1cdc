/** What is known here of whoever sent a message, beside what it says itself; and whom the server blocks. */
import type { BlockedView, SenderView } from "../../api/contract.ts";
import { domainOf, type Jid } from "../../mail/address.ts";
import { blockStandings, type BlockStanding, standingOf } from "../../mail/blocking.ts";
import type { Message } from "../../mail/message.ts";
import { isLookAlike, isSameName } from "../../mail/sender-check.ts";
import { threadRange } from "../../store/keys.ts";
import { readMeta } from "../../store/meta.ts";
import type { PersonRow } from "../../store/rows.ts";
import type { ReadTx } from "../../store/schema.ts";
import type { AccountContext } from "../context.ts";

/** Of messages that share a thread or an id. */
const MAX_ROWS = 200;

export async function readSender(
  { store, me }: AccountContext,
  { key }: { key: number },
): Promise<SenderView> {
  return store.read(["messages", "people", "meta"], async (tx) => {
    const row = await tx.objectStore("messages").get(key);
    if (row === undefined || row.direction === "out") return null;
    const [person, { isOffered, canReport, entries }] = await Promise.all([
      tx.objectStore("people").get(row.from),
      readStandings(tx),
    ]);
    const block = standingOf(row.from, entries);
    const isKnown = isContact(person);
    const [likes, isOutsider] = isKnown
      ? [{ namesakes: [], lookAlikes: [] }, false]
      : await Promise.all([likesOf(tx, row), namesForeignThread(tx, row, me)]);
    return {
      ...likes,
      isOutsider,
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

/** Contacts who are called the same, or whose address looks the same. */
async function likesOf(
  tx: ReadTx,
  { from, nick }: Message,
): Promise<{ namesakes: Jid[]; lookAlikes: Jid[] }> {
  const people = (await tx.objectStore("people").getAll()).filter(
    (row) => row.jid !== from && isContact(row),
  );
  const isCalledSo = (name: string | undefined): boolean =>
    name !== undefined && nick !== undefined && isSameName(name, nick);
  return {
    namesakes: people
      .filter((row) => isCalledSo(row.rosterName) || isCalledSo(row.nick))
      .map((row) => row.jid),
    lookAlikes: people.filter((row) => isLookAlike(row.jid, from)).map((row) => row.jid),
  };
}

/** In my roster, or written to. */
function isContact(person: PersonRow | undefined): boolean {
  return person !== undefined && (person.rosterName !== undefined || person.written > 0);
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
