/**
 * Makes a node anew, with all it holds, where others joined it who cannot be sent away. Who subscribed while a node was
 * open goes on being told, and may read all of it, on ejabberd 23.01, which does not say who did.
 *
 *   open -> what it holds is copied to NODE#kept -> deleted -> made -> what is kept is brought back -> NODE#kept deleted
 *
 * The stream may end anywhere in between: as long as NODE#kept is there, whichever device comes next goes on. Until the
 * node was deleted it is not made private: every publish wants it private (publishItem), so none can come behind the copy.
 * A node is deleted by its name alone, also the new one of another device: so one device at a time, whose turn lies in
 * NODE#kept, as an item named by its resource.
 */
import { xml } from "@xmpp/xml";
import { ConnectionError } from "./connection-error.ts";
import { createEmpty } from "./empty-node.ts";
import {
  configOf,
  configure,
  create,
  deleteNode,
  dismissStrangers,
  fetchItems,
  isNotFound,
  listItems,
  type NodeRefusal,
  onlyNotFound,
  onlyStanzaErrors,
  type PrivateNode,
  publishItem,
  readPrivateNode,
  repair,
  wipeItems,
  wrongIn,
} from "./pep.ts";
import { isWiped, type PepItem, standing } from "./pep-items.ts";
import { NS_PING } from "./requests.ts";
import type { Session } from "./session.ts";
import { StanzaError } from "./stanza-error.ts";

/** For a device whose stream is there to say so. ms */
const PONG_MS = 10_000;
const NS_TURN = "urn:envoi:turn:0";

/** Holds what a node held while that is made anew. As long as it is there, that is not done. */
export function spareOf(node: string): string {
  return `${node}#kept`;
}

/**
 * Begins, or goes on where a device ended, and reads the new node's configuration back. `wasOpen` where there was anything
 * to do. "failed" while another device is at it. Rejects with StanzaError where the node cannot be made anew: others may
 * read it then.
 */
export async function remakeNode(
  session: Session,
  node: string,
): Promise<PrivateNode | NodeRefusal> {
  const spare = spareOf(node);
  if (!(await takeTurn(session, spare)))
    return { refused: "failed", detail: "another device makes it anew" };
  try {
    const wasOld = await isOld(session, node);
    if (wasOld) await takeDown(session, node, spare);
    const made = await putUp(session, node);
    if ("refused" in made) return made;
    const wasBack = await bringBack(session, made, spare);
    return wasBack && !wasOld ? made : { ...made, wasOpen: true };
  } finally {
    // Where the stream ended, that says it as well.
    await wipeItems(session, spare, [turnOf(session)]).catch(() => undefined);
  }
}

/**
 * Whether this device is alone from now on, until it gives its turn back. Of two that come at once, both let go and come
 * again. Rejects with StanzaError where there is no place to keep things.
 */
async function takeTurn(session: Session, spare: string): Promise<boolean> {
  const mine = turnOf(session);
  const { maxItems } = await makeSpare(session, spare);
  const dead = await deadTurns(session, spare);
  if (dead === undefined) return false;
  await publishItem(session, spare, mine, xml("turn", { xmlns: NS_TURN }));
  const now = await readPrivateNode(session, spare).catch(onlyNotFound);
  const all = (await turnsIn(session, spare).catch(onlyNotFound)) ?? [];
  const turns = all.filter((id) => !dead.has(id));
  // Another number: it was deleted meanwhile and made anew by this item, with room for one, so that the next pushes it out.
  const isSame = now !== undefined && !("refused" in now) && now.maxItems === maxItems;
  if (isSame && turns.length === 1 && turns[0] === mine) return true;
  await wipeItems(session, spare, [mine]);
  return false;
}

async function makeSpare(session: Session, spare: string): Promise<PrivateNode> {
  const isThere = (await configOf(session, spare).catch(onlyNotFound)) !== undefined;
  const isNew =
    !isThere &&
    (await createEmpty(session, spare).catch((error) => {
      // No other device took it away, as one may later on: a new try would hear the same.
      throw isNotFound(error) ? cannotKeep() : error;
    }));
  if (!isNew) await repairRest(session, spare);
  const made = await readPrivateNode(session, spare);
  if ("refused" in made || (await dismissStrangers(session, spare)) === false) throw cannotKeep();
  return made;
}

/** What is wrong with it, but for who may read it. */
async function repairRest(session: Session, node: string): Promise<void> {
  const { access_model: _access, ...wrong } = wrongIn(await configOf(session, node));
  if (Object.keys(wrong).length > 0) await repair(session, node, wrong);
}

/**
 * The turns of devices that are gone, which are taken away; one that another account left on the server cannot be. undefined
 * while another device is at it.
 */
async function deadTurns(session: Session, spare: string): Promise<Set<string> | undefined> {
  const dead = new Set<string>();
  let isAlive = false;
  for (const turn of await turnsIn(session, spare)) {
    if (turn === turnOf(session)) continue;
    if (await isThere(session, `${session.jid}/${turn.slice(NS_TURN.length + 1)}`)) isAlive = true;
    else dead.add(turn);
  }
  await wipeItems(session, spare, [...dead]);
  return isAlive ? undefined : dead;
}

/** Without the address: what a server leaves of a node when it is deleted (wipeItems) may be shown to anybody. */
function turnOf({ fullJid }: Session): string {
  return `${NS_TURN}#${fullJid.slice(fullJid.indexOf("/") + 1)}`;
}

/** Whose turn is over lies there still, on a server that does not take it away. */
async function turnsIn(session: Session, spare: string): Promise<string[]> {
  const ids = (await listItems(session, spare)).filter(isTurn);
  const items = await fetchItems(session, spare, ids);
  return standing(items).map(({ id }) => id);
}

function isTurn(id: string): boolean {
  return id.startsWith(`${NS_TURN}#`);
}

/** The server answers for a stream that it has no more, which asks for nothing any more. Silence is no such answer. */
async function isThere(session: Session, to: string): Promise<boolean> {
  const child = xml("ping", { xmlns: NS_PING });
  try {
    await session.iq({ type: "get", to, child, timeoutMs: PONG_MS });
    return true;
  } catch (error) {
    if (error instanceof StanzaError) return error.type === "wait";
    if (error instanceof ConnectionError && error.problem === "timeout") return true;
    throw error;
  }
}

/** Whether it is the one that others may be in. */
async function isOld(session: Session, node: string): Promise<boolean> {
  const config = await configOf(session, node).catch(onlyNotFound);
  if (config === undefined) return false;
  return "access_model" in wrongIn(config) || (await dismissStrangers(session, node)) === false;
}

/** Rejects where not all of it is safe in the spare: then nothing may be deleted. */
async function takeDown(session: Session, node: string, spare: string): Promise<void> {
  // Nobody else can join any more, and still nothing can be published. Prosody does not know it.
  await configure(session, node, { access_model: "authorize" }).catch(onlyStanzaErrors);
  const items = await fetchItems(session, node, await listItems(session, node));
  await keepApart(session, spare, items);
  // What was written over before is safe there already, or was never this account's.
  const nothing = items.filter((item) => item.payload === undefined || isWiped(item));
  const [there, kept] = await Promise.all([listItems(session, node), listItems(session, spare)]);
  const safe = new Set([...kept, ...nothing.map(({ id }) => id)]);
  // A full node drops the oldest item, which may be the turn.
  if (![turnOf(session), ...there].every((id) => safe.has(id))) throw cannotKeep();
  const { access_model: access } = await configOf(session, node);
  await wipeItems(session, node, there, access);
  await deleteNode(session, node);
}

/** Servers take some kilobytes a second: who ended while it did this need not have done it for nothing. */
async function keepApart(
  session: Session,
  spare: string,
  items: readonly PepItem[],
): Promise<void> {
  const kept = await fetchItems(session, spare, await listItems(session, spare));
  const texts = new Map(kept.map(({ id, payload }) => [id, String(payload)]));
  for (const { id, payload } of standing(items))
    if (payload !== undefined && texts.get(id) !== String(payload))
      await publishItem(session, spare, id, payload);
}

/** Some device's publish may have made it meanwhile, private, and with room for one item. */
async function putUp(session: Session, node: string): Promise<PrivateNode | NodeRefusal> {
  if (!(await create(session, node))) await repairRest(session, node);
  return readPrivateNode(session, node);
}

/**
 * What was kept apart and is not in the node; then nothing is kept apart any more, but what the server does not take.
 * Returns whether that alone was left.
 */
async function bringBack(
  session: Session,
  { node, maxItems = Infinity }: PrivateNode,
  spare: string,
): Promise<boolean> {
  const listed = await listItems(session, spare);
  const items = await fetchItems(session, spare, listed);
  const wiped = new Set(items.filter(isWiped).map(({ id }) => id));
  const kept = listed.filter((id) => !isTurn(id) && !wiped.has(id));
  const there = await listStanding(session, node, kept);
  const missing = items.filter(({ id }) => kept.includes(id) && !there.has(id));
  // One more would push others out.
  await publishAll(session, node, missing.slice(0, Math.max(0, maxItems - there.size)));
  const now = await listStanding(session, node, kept);
  const done = kept.filter((id) => now.has(id));
  await wipeItems(session, spare, done);
  // Only what the server does not take stays, so that nothing comes back that is taken away from now on.
  if (done.length === kept.length) await deleteSpare(session, spare);
  return done.length === 0 && kept.length > 0;
}

/** The turn first: it might stand in the next spare, and keep others out as long as this device is there. */
async function deleteSpare(session: Session, spare: string): Promise<void> {
  await wipeItems(session, spare, [turnOf(session)]);
  await deleteNode(session, spare);
}

/**
 * What the node holds. Of `ids` without those that are only written over: they outlived the node before it (wipeItems).
 */
async function listStanding(
  session: Session,
  node: string,
  ids: readonly string[],
): Promise<Set<string>> {
  const listed = new Set(await listItems(session, node));
  const items = await fetchItems(
    session,
    node,
    ids.filter((id) => listed.has(id)),
  );
  for (const item of items) if (isWiped(item)) listed.delete(item.id);
  return listed;
}

/** One that the server does not take must not keep the others out. */
async function publishAll(
  session: Session,
  node: string,
  items: readonly PepItem[],
): Promise<void> {
  for (const { id, payload } of items)
    if (payload !== undefined)
      await publishItem(session, node, id, payload).catch(onlyStanzaErrors);
}

function cannotKeep(): StanzaError {
  const text = "what it holds cannot be kept apart";
  return new StanzaError({ type: "cancel", condition: "not-allowed", text });
}
