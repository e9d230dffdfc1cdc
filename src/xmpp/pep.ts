/**
 * Nodes of the own account (XEP-0060 1.26, XEP-0163 1.2.2) that nobody else may read: what is asked of them, one request
 * after the other. private-node.ts makes sure of one.
 * Every request goes to the own account, and only its own answer counts (iq.ts). All reject with StanzaError, or
 * ConnectionError where no answer comes.
 */
import { type Element, xml } from "@xmpp/xml";
import { parseJid } from "../mail/address.ts";
import { NS_GONE, type PepItem, readItems, standing } from "./pep-items.ts";
import type { Session } from "./session.ts";
import { StanzaError } from "./stanza-error.ts";

const NS_PUBSUB = "http://jabber.org/protocol/pubsub";
const NS_OWNER = `${NS_PUBSUB}#owner`;
const NS_ITEMS = "http://jabber.org/protocol/disco#items";
const NS_RSM = "http://jabber.org/protocol/rsm";
const NS_DATA = "jabber:x:data";
const NS_VALIDATE = "http://jabber.org/protocol/xdata-validate";

/** `maxItems`: how many the node keeps, where the server says so. `wasOpen`: others could read it until just now. */
export type PrivateNode = { node: string; maxItems?: number; wasOpen?: true };

/**
 * no-pep: the account has no such nodes, or they keep nothing. not-private: others could read it, or write to it. failed: anything else,
 * which may pass.
 */
export type NodeRefusal = { refused: "no-pep" | "not-private" | "failed"; detail: string };

/** What the node must be like, then what it should be like. */
const PRIVATE = { access_model: "whitelist", persist_items: "1" };
const WANTED = { ...PRIVATE, send_last_published_item: "never", notify_retract: "1" };
/** Events without what was published cost a request each. Asked for only where it is off: not all servers know it. */
const MENDED = { ...WANTED, deliver_payloads: "1" };
/** "max" is whatever the server allows (XEP-0060 section 8.1.3); older ones want a number they like. */
const MAX_ITEMS = ["max", "1000", "256", "100"];
/** A node that keeps so many is not asked to keep more. */
const ENOUGH_ITEMS = 250;

export type Config = Readonly<Record<string, string>>;

/** What the node is like now; nothing is changed. Rejects with `item-not-found` where there is none. */
export async function readPrivateNode(
  session: Session,
  node: string,
): Promise<PrivateNode | NodeRefusal> {
  return judge(node, await configOf(session, node));
}

export function judge(node: string, config: Config): PrivateNode | NodeRefusal {
  const { access_model: access = "unknown", persist_items: persists, max_items: max } = config;
  if (access !== "whitelist") return { refused: "not-private", detail: `access model ${access}` };
  if (!isMineToWrite(config))
    return { refused: "not-private", detail: `publish model ${config["publish_model"]}` };
  if (isWrong("persist_items", persists)) return { refused: "no-pep", detail: "it keeps no items" };
  return { node, ...(max !== undefined && /^\d{1,9}$/.test(max) ? { maxItems: Number(max) } : {}) };
}

/** False where the node is there already. */
export async function create(session: Session, node: string): Promise<boolean> {
  try {
    await firstTaken(formsFor(WANTED, true, PRIVATE), (form) =>
      set(
        session,
        NS_PUBSUB,
        xml("create", { node }),
        xml("configure", {}, buildForm("node_config", form)),
      ),
    );
    return true;
  } catch (error) {
    if (error instanceof StanzaError && error.condition === "conflict") return false;
    throw error;
  }
}

export async function repair(session: Session, node: string, wrong: Config): Promise<void> {
  const { max_items: _max, ...fields } = wrong;
  // Nothing else is touched: another device may have closed it, to make it anew.
  const needed = Object.entries(wrong).filter(([name]) => name in PRIVATE);
  const forms = formsFor(fields, "max_items" in wrong, Object.fromEntries(needed));
  // What it is like is read again anyway.
  await firstTaken(forms, (form) => configure(session, node, form)).catch(onlyStanzaErrors);
}

export async function configure(session: Session, node: string, form: Config): Promise<void> {
  await set(session, NS_OWNER, xml("configure", { node }, buildForm("node_config", form)));
}

/** From what is wanted down to what is needed. */
function formsFor(fields: Config, hasMax: boolean, needed: Config): Config[] {
  const whole = hasMax ? MAX_ITEMS.map((max) => ({ ...fields, max_items: max })) : [fields];
  return [...whole, needed];
}

/** Servers refuse a whole form over one field: then with less in it. */
async function firstTaken(
  forms: readonly Config[],
  ask: (form: Config) => Promise<unknown>,
): Promise<void> {
  let refusal: unknown;
  for (const form of forms) {
    try {
      await ask(form);
      return;
    } catch (error) {
      if (!(error instanceof StanzaError) || !isAboutTheForm(error)) throw error;
      refusal = error;
    }
  }
  throw refusal;
}

function isAboutTheForm({ type, condition }: StanzaError): boolean {
  if (type === "auth" || type === "wait") return false;
  return !["conflict", "service-unavailable", "item-not-found"].includes(condition);
}

export function wrongIn(config: Config): Config {
  // Not asked for when a node is made: it is so by default, and servers refuse a whole form over one field.
  const wrong: Record<string, string> = isMineToWrite(config)
    ? {}
    : { publish_model: "publishers" };
  for (const [name, value] of Object.entries(MENDED))
    if (isWrong(name, config[name])) wrong[name] = value;
  if (Number(config["max_items"]) < ENOUGH_ITEMS) wrong["max_items"] = "max";
  return wrong;
}

/** An event comes from the account, whoever published. Servers that do not name it let its owner alone publish. */
function isMineToWrite({ publish_model: model = "publishers" }: Config): boolean {
  return model === "publishers";
}

/** What the server does not name it cannot change, but for the one thing that it must say. */
function isWrong(name: string, value: string | undefined): boolean {
  const wanted = (MENDED as Config)[name];
  if (value === undefined) return name === "access_model";
  return wanted === "1" ? value !== "1" && value !== "true" : value !== wanted;
}

/**
 * Whether nobody else has a place at the node, now that those who had one were sent away; undefined where the server does
 * not say who has. Who subscribed while a node was open goes on being told, and may read all of it, on ejabberd 23.01,
 * which does not list them; Prosody 0.12.3 sends them away itself.
 */
export async function dismissStrangers(
  session: Session,
  node: string,
): Promise<boolean | undefined> {
  const lists = ["affiliations", "subscriptions"] as const;
  const answers = await Promise.all(lists.map((list) => dismissFrom(session, node, list)));
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}

async function dismissFrom(
  session: Session,
  node: string,
  list: "affiliations" | "subscriptions",
): Promise<boolean | undefined> {
  const found = await strangersIn(session, node, list);
  if (found === undefined || found.length === 0) return found && true;
  const entry = list.slice(0, -1);
  const none = found.map((jid) => xml(entry, { jid, [entry]: "none" }));
  await set(session, NS_OWNER, xml(list, { node }, none)).catch(onlyStanzaErrors);
  return (await strangersIn(session, node, list))?.length === 0;
}

/** Bare and full addresses that are not mine; undefined where the server does not tell. */
async function strangersIn(
  session: Session,
  node: string,
  list: "affiliations" | "subscriptions",
): Promise<string[] | undefined> {
  const iq = await get(session, NS_OWNER, xml(list, { node })).catch(onlyStanzaErrors);
  const entry = list.slice(0, -1);
  return iq
    ?.getChild("pubsub", NS_OWNER)
    ?.getChild(list)
    ?.getChildren(entry)
    .flatMap(({ attrs }) => {
      const jid = attrs["jid"] ?? "";
      const isOut = ["none", "outcast", undefined].includes(attrs[entry]);
      return isOut || parseJid(jid) === session.jid ? [] : [jid];
    });
}

export function onlyStanzaErrors(error: unknown): undefined {
  if (!(error instanceof StanzaError)) throw error;
  return undefined;
}

export function onlyNotFound(error: unknown): undefined {
  if (!isNotFound(error)) throw error;
  return undefined;
}

/** The node's configuration as its owner sees it, without "pubsub#" (XEP-0060 section 8.2). */
export async function configOf(session: Session, node: string): Promise<Config> {
  const iq = await get(session, NS_OWNER, xml("configure", { node }));
  const form = iq.getChild("pubsub", NS_OWNER)?.getChild("configure")?.getChild("x", NS_DATA);
  const fields = form?.getChildren("field") ?? [];
  return Object.fromEntries(
    fields.map((field) => [(field.attrs["var"] ?? "").replace(/^pubsub#/, ""), valueOf(field)]),
  );
}

/** "max" is told as the number that Prosody names beside it (XEP-0122 section 3.2.2). */
function valueOf(field: Element): string {
  const value = field.getChildText("value")?.trim() ?? "";
  const range = field.getChild("validate", NS_VALIDATE)?.getChild("range");
  return value === "max" ? (range?.attrs["max"] ?? value) : value;
}

/**
 * The ids of everything the node holds, nothing else of it (XEP-0060 section 5.5). Rejects with `item-not-found` where
 * there is no node. Prosody 0.12.3 and ejabberd 23.01 answer the owner in one piece, whatever the number; a server that
 * pages is followed, and one that does not answer is asked for the items themselves.
 */
export async function listItems(session: Session, node: string): Promise<string[]> {
  const ids = await listPages((page) => pageOfNames(session, node, page)).catch((error) => {
    if (!(error instanceof StanzaError) || error.condition === "item-not-found") throw error;
    return listPages((page) => pageOfItems(session, node, page));
  });
  // ejabberd 23.01 has an empty list of a node that is not there.
  if (ids.length === 0) await configOf(session, node);
  return ids;
}

/** `set`: what it says of the pages there are (XEP-0059). */
type Page = { ids: (string | undefined)[]; set: Element | undefined };

async function listPages(ask: (page: Element[]) => Promise<Page>): Promise<string[]> {
  const ids = new Set<string>();
  let after: string | undefined;
  do {
    const { ids: more, set } = await ask(
      after === undefined ? [] : [xml("set", { xmlns: NS_RSM }, xml("after", {}, after))],
    );
    const before = ids.size;
    for (const id of more) if (id !== undefined) ids.add(id);
    // Not every server counts: then the page behind the last is empty.
    const count = Number(set?.getChildText("count") ?? Infinity);
    const isMore = ids.size > before && ids.size < count;
    after = isMore ? (set?.getChildText("last") ?? undefined) : undefined;
  } while (after !== undefined);
  return [...ids];
}

async function pageOfNames(session: Session, node: string, page: Element[]): Promise<Page> {
  // By name: without `to` some servers answer for the domain.
  const child = xml("query", { xmlns: NS_ITEMS, node }, page);
  const iq = await session.iq({ type: "get", to: session.jid, child });
  const query = iq.getChild("query", NS_ITEMS);
  const ids = query?.getChildren("item").map(({ attrs }) => attrs["name"]) ?? [];
  return { ids, set: query?.getChild("set", NS_RSM) };
}

async function pageOfItems(session: Session, node: string, page: Element[]): Promise<Page> {
  const iq = await get(session, NS_PUBSUB, xml("items", { node }), ...page);
  const ids = itemsIn(iq).map(({ id }) => id);
  return { ids, set: iq.getChild("pubsub", NS_PUBSUB)?.getChild("set", NS_RSM) };
}

/** What an answer may weigh, in UTF-16 units. */
const PORTION = 100_000;
/** What an item may weigh as long as nobody knows. */
const LARGE_ITEM = 16_000;
const MOST_AT_ONCE = 100;

/** The items of these ids, in portions; those that are gone are left out. */
export async function fetchItems(
  session: Session,
  node: string,
  ids: readonly string[],
): Promise<PepItem[]> {
  const found: PepItem[] = [];
  let largest = LARGE_ITEM;
  for (let at = 0; at < ids.length;) {
    const portion = ids.slice(at, at + Math.min(MOST_AT_ONCE, Math.floor(PORTION / largest)));
    const items = await fetchPortion(session, node, portion);
    found.push(...items);
    at += portion.length;
    // The next may be larger than these: twice as many are asked for at most.
    const heaviest = Math.max(...items.map(weightOf), 0);
    if (items.length > 0) largest = Math.min(LARGE_ITEM, Math.max(heaviest, largest / 2));
  }
  return found;
}

async function fetchPortion(
  session: Session,
  node: string,
  ids: readonly string[],
): Promise<PepItem[]> {
  const asked = ids.map((id) => xml("item", { id }));
  try {
    const iq = await get(session, NS_PUBSUB, xml("items", { node }, asked));
    return itemsIn(iq).filter(({ id }) => ids.includes(id));
  } catch (error) {
    if (!(error instanceof StanzaError) || error.condition !== "item-not-found") throw error;
    if (ids.length === 1) return [];
    // Prosody and ejabberd leave out what is gone; a server may make an error of it.
    const half = Math.ceil(ids.length / 2);
    const first = await fetchPortion(session, node, ids.slice(0, half));
    return [...first, ...(await fetchPortion(session, node, ids.slice(half)))];
  }
}

function itemsIn(iq: Element): PepItem[] {
  const items = iq.getChild("pubsub", NS_PUBSUB)?.getChild("items");
  return readItems(items?.getChildren("item") ?? []);
}

function weightOf({ payload }: PepItem): number {
  return 100 + (payload?.text().length ?? 0);
}

/**
 * Writes one item; the one of the same id is replaced. The server is told every time that the node must be private: it
 * refuses (`conflict`) where somebody opened it meanwhile, and where somebody deleted it, Prosody would make it anew for
 * all contacts to read. After `conflict` or `item-not-found` the node is to be made again. No other option: servers
 * refuse most of them.
 */
export async function publishItem(
  session: Session,
  node: string,
  id: string,
  payload: Element,
  access = PRIVATE.access_model,
): Promise<void> {
  await set(
    session,
    NS_PUBSUB,
    xml("publish", { node }, xml("item", { id }, payload)),
    xml("publish-options", {}, buildForm("publish-options", { access_model: access })),
  );
}

/** Requests under way at once: one waits for an answer while the next is on its way. */
const AT_ONCE = 4;

/**
 * Takes items away; what is gone already does not matter. One a request: Prosody 0.12.3 looks at the first alone, ejabberd
 * at none of several. Prosody tells the other devices; ejabberd 23.01 tells of what is published, of nothing that goes.
 * Of what two devices published at once it counts one alone: the other it lists and gives, and never takes away.
 */
export async function retractItems(
  session: Session,
  node: string,
  ids: readonly string[],
): Promise<void> {
  await severalAtOnce(ids, (id) => retract(session, node, id));
}

async function retract(session: Session, node: string, id: string): Promise<void> {
  try {
    await set(session, NS_PUBSUB, xml("retract", { node, notify: "1" }, xml("item", { id })));
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/** The node and all it holds; one that is gone does not matter. `wipeItems` first, where it holds anything. */
export async function deleteNode(session: Session, node: string): Promise<void> {
  try {
    await set(session, NS_OWNER, xml("delete", { node }));
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/**
 * Takes items away for good: over those that ejabberd 23.01 does not take away (retractItems) it is written that they are
 * gone. They outlive their node, and lie in the next one that any account makes. `access`: the node's access model.
 */
export async function wipeItems(
  session: Session,
  node: string,
  ids: readonly string[],
  access = PRIVATE.access_model,
): Promise<void> {
  await retractItems(session, node, ids);
  const left = await fetchItems(session, node, ids);
  const gone = xml("gone", { xmlns: NS_GONE });
  await severalAtOnce(
    standing(left).map(({ id }) => id),
    (id) =>
      // What other accounts left may not be written over.
      publishItem(session, node, id, gone, access).catch(onlyStanzaErrors),
  );
}

async function severalAtOnce(
  ids: readonly string[],
  ask: (id: string) => Promise<void>,
): Promise<void> {
  for (let at = 0; at < ids.length; at += AT_ONCE)
    await Promise.all(ids.slice(at, at + AT_ONCE).map(ask));
}

export function isNotFound(error: unknown): boolean {
  return error instanceof StanzaError && error.condition === "item-not-found";
}

/** Without `to`: some servers do not answer what an account asks itself by name. */
function get(session: Session, xmlns: string, ...children: Element[]): Promise<Element> {
  return session.iq({ type: "get", child: xml("pubsub", { xmlns }, children) });
}

function set(session: Session, xmlns: string, ...children: Element[]): Promise<Element> {
  return session.iq({ type: "set", child: xml("pubsub", { xmlns }, children) });
}

function buildForm(type: "node_config" | "publish-options", fields: Config): Element {
  const value = (text: string): Element => xml("value", {}, text);
  return xml(
    "x",
    { xmlns: NS_DATA, type: "submit" },
    xml("field", { var: "FORM_TYPE", type: "hidden" }, value(`${NS_PUBSUB}#${type}`)),
    Object.entries(fields).map(([name, text]) =>
      xml("field", { var: `pubsub#${name}` }, value(text)),
    ),
  );
}
