/** The account's own nodes (XEP-0060, XEP-0163) and private XML (XEP-0049), as far as clients here use them. */
import type { Element } from "@xmpp/xml";
import type { Session } from "./session.ts";
import type { HostileServer } from "./server.ts";
import { attribute, errorFor, escapeXml, NS } from "./xml.ts";

export type PepNode = {
  config: Map<string, string>;
  /** Item elements as text, oldest first; one published again moves to the end. */
  items: Map<string, string>;
  affiliations: Map<string, string>;
  subscriptions: Map<string, string>;
  /** Items that the server does not count: it never takes them away, and they outlive the node. */
  uncounted?: Set<string>;
};

export type PepFaults = {
  /** What an access model that is asked for becomes. */
  accessModel: ((asked: string) => string) | undefined;
  /** Fields of a configuration for which all of it is refused. */
  refuses: ReadonlySet<string>;
  /** Items a node keeps at most, whatever it says; the oldest are dropped and nobody is told. */
  keeps: number;
  /** Which new items a node does not count, as ejabberd 23.01 of what comes at once from several devices. */
  uncounts: ((id: string) => boolean) | undefined;
  /** What outlived its node, the last one first: it lies in the next node that anybody makes. */
  left: Map<string, string>[];
  /** Taken, answered, and forgotten. */
  forgets: ((id: string) => boolean) | undefined;
  /** What every publish gets instead. */
  publishError: string | undefined;
  /** Publish options are not looked at (CVE-2018-6591). */
  ignoresOptions: boolean;
  /** What becomes of strangers: they can be sent away, or not, or they are not even told of (as ejabberd 23.01 does). */
  strangers: "leave" | "stay" | "hidden";
  /** Nodes cannot be deleted. */
  keepsNodes: boolean;
  /** How many items an answer to disco#items names; it pages where that is fewer than there are. */
  pageSize: number;
};

export function noPepFaults(): PepFaults {
  return {
    accessModel: undefined,
    refuses: new Set(),
    keeps: 1000,
    uncounts: undefined,
    left: [],
    forgets: undefined,
    publishError: undefined,
    ignoresOptions: false,
    strangers: "leave",
    keepsNodes: false,
    pageSize: Infinity,
  };
}

type Answer = { result: string } | { error: string };
type Ask = { server: HostileServer; session: Session; nodes: Map<string, PepNode> };
type Handler = (ask: Ask, action: Element, node: string, pubsub: Element) => Answer;

const DONE: Answer = { result: "" };
const NOT_FOUND: Answer = { error: "item-not-found" };

const HANDLERS: Record<string, Handler> = {
  "set create": create,
  "set publish": publish,
  "set retract": retract,
  "get items": items,
  "get configure": (ask, _action, node) => withNode(ask, node, readConfig),
  "set configure": (ask, action, node) =>
    withNode(ask, node, (found) => setConfig(ask.server, found, fieldsOf(action.getChild("x")))),
  "set delete": remove,
  "get affiliations": (ask, _action, node) =>
    withNode(ask, node, (found) => ({ result: listOf("affiliation", found) })),
  "get subscriptions": (ask, _action, node) =>
    ask.server.faults.pep.strangers === "hidden"
      ? { error: "feature-not-implemented" }
      : withNode(ask, node, (found) => ({ result: listOf("subscription", found) })),
  "set affiliations": (ask, action, node) => withNode(ask, node, dismiss(ask, action)),
  "set subscriptions": (ask, action, node) => withNode(ask, node, dismiss(ask, action)),
};

/** `iq`: with a child of one of the pubsub namespaces. */
export function pubsubAnswer(server: HostileServer, session: Session, iq: Element): string {
  const pubsub = iq.getChildElements()[0];
  const action = pubsub?.getChildElements()[0];
  const handler = HANDLERS[`${iq.attrs["type"]} ${action?.name}`];
  if (pubsub === undefined || action === undefined || handler === undefined)
    return errorFor(iq, "feature-not-implemented");
  const ask = { server, session, nodes: session.account.nodes };
  const answer = handler(ask, action, action.attrs["node"] ?? "", pubsub);
  if ("error" in answer) return errorFor(iq, answer.error);
  const child =
    answer.result === "" ? "" : `<pubsub xmlns='${pubsub.getNS() ?? ""}'>${answer.result}</pubsub>`;
  return resultFor(session, iq, child);
}

/** disco#items of a node. */
export function nodeItems(
  server: HostileServer,
  session: Session,
  iq: Element,
  query: Element,
): string {
  const node = session.account.nodes.get(query.attrs["node"] ?? "");
  if (node === undefined) return errorFor(iq, "item-not-found");
  const { pageSize } = server.faults.pep;
  const all = [...node.items.keys()];
  const after = query.getChild("set")?.getChildText("after");
  const start = after == null ? 0 : all.indexOf(after) + 1;
  const page = all.slice(start, start + pageSize);
  const list = page.map((id) => `<item jid='${session.account.jid}'${attribute("name", id)}/>`);
  const last = `<last>${escapeXml(page.at(-1) ?? "")}</last>`;
  const rsm =
    pageSize === Infinity ? "" : `<set xmlns='${NS.rsm}'>${last}<count>${all.length}</count></set>`;
  return resultFor(session, iq, `<query xmlns='${NS.items}'>${list.join("")}${rsm}</query>`);
}

export function privateXmlAnswer(session: Session, iq: Element, query: Element): string {
  const { privateXml } = session.account;
  const [child] = query.getChildElements();
  if (child === undefined) return errorFor(iq, "bad-request");
  const key = `${child.name} ${child.getNS()}`;
  if (iq.attrs["type"] === "set") {
    privateXml.set(key, child.toString());
    return resultFor(session, iq, "");
  }
  const text = privateXml.get(key) ?? child.toString();
  return resultFor(session, iq, `<query xmlns='${NS.privateXml}'>${text}</query>`);
}

function withNode({ nodes }: Ask, node: string, then: (found: PepNode) => Answer): Answer {
  const found = nodes.get(node);
  return found === undefined ? NOT_FOUND : then(found);
}

function create({ server, nodes }: Ask, _create: Element, node: string, pubsub: Element): Answer {
  if (nodes.has(node)) return { error: "conflict" };
  const made: PepNode = {
    config: new Map([
      ["access_model", "presence"],
      ["persist_items", "1"],
      ["max_items", "1"],
    ]),
    items: new Map(server.faults.pep.left[0]),
    affiliations: new Map(),
    subscriptions: new Map(),
    uncounted: new Set(server.faults.pep.left[0]?.keys()),
  };
  const answer = setConfig(server, made, fieldsOf(pubsub.getChild("configure")?.getChild("x")));
  if ("error" in answer) return answer;
  nodes.set(node, made);
  server.faults.pep.left.shift();
  return answer;
}

function setConfig({ faults }: HostileServer, node: PepNode, fields: Map<string, string>): Answer {
  const { refuses, accessModel } = faults.pep;
  if ([...fields].some(([name, value]) => refuses.has(name) || refuses.has(`${name}=${value}`)))
    return { error: "not-acceptable" };
  for (const [name, value] of fields)
    node.config.set(name, name === "access_model" ? (accessModel?.(value) ?? value) : value);
  return DONE;
}

function readConfig({ config }: PepNode): Answer {
  const fields = [...config].map(
    ([name, value]) =>
      `<field${attribute("var", `pubsub#${name}`)}><value>${escapeXml(value)}</value></field>`,
  );
  const form = `<x xmlns='${NS.data}' type='form'>${fields.join("")}</x>`;
  return { result: `<configure>${form}</configure>` };
}

function publish(ask: Ask, action: Element, node: string, pubsub: Element): Answer {
  const { server, nodes } = ask;
  const { publishError, ignoresOptions, forgets, uncounts, keeps } = server.faults.pep;
  if (publishError !== undefined) return { error: publishError };
  const options = fieldsOf(pubsub.getChild("publish-options")?.getChild("x"));
  const wanted = ignoresOptions ? new Map<string, string>() : options;
  // As Prosody: what is not there is made, for contacts to read where nothing else is said.
  if (!nodes.has(node)) {
    create(ask, action, node, pubsub);
    for (const [name, value] of wanted) nodes.get(node)?.config.set(name, value);
  }
  const found = nodes.get(node);
  const item = action.getChild("item");
  const id = item?.attrs["id"] ?? "";
  if (found === undefined || item === undefined) return { error: "bad-request" };
  if ([...wanted].some(([name, value]) => found.config.get(name) !== value))
    return { error: "conflict" };
  if (!found.items.delete(id) && uncounts?.(id) === true) (found.uncounted ??= new Set()).add(id);
  if (forgets?.(id) !== true) found.items.set(id, item.toString());
  const limit = Math.min(keeps, Number(found.config.get("max_items")) || keeps);
  for (const oldest of [...found.items.keys()].slice(0, -limit)) found.items.delete(oldest);
  tell(ask, `<items${attribute("node", node)}>${item.toString()}</items>`);
  return { result: `<publish${attribute("node", node)}><item${attribute("id", id)}/></publish>` };
}

function retract(ask: Ask, action: Element, node: string): Answer {
  const id = action.getChild("item")?.attrs["id"] ?? "";
  const found = ask.nodes.get(node);
  if (found?.uncounted?.has(id) === true || found?.items.delete(id) !== true) return NOT_FOUND;
  const mark = `<retract${attribute("id", id)}/>`;
  if (action.attrs["notify"] === "1") tell(ask, `<items${attribute("node", node)}>${mark}</items>`);
  return DONE;
}

function items({ nodes }: Ask, action: Element, node: string): Answer {
  const found = nodes.get(node);
  if (found === undefined) return NOT_FOUND;
  const asked = action.getChildren("item").map((item) => item.attrs["id"] ?? "");
  const ids = asked.length > 0 ? asked : [...found.items.keys()];
  const texts = ids.map((id) => found.items.get(id) ?? "");
  return { result: `<items${attribute("node", node)}>${texts.join("")}</items>` };
}

function remove(ask: Ask, _action: Element, node: string): Answer {
  if (ask.server.faults.pep.keepsNodes) return { error: "not-allowed" };
  const found = ask.nodes.get(node);
  if (found === undefined) return NOT_FOUND;
  const { uncounted = new Set() } = found;
  ask.server.faults.pep.left.unshift(new Map([...found.items].filter(([id]) => uncounted.has(id))));
  ask.nodes.delete(node);
  // Who is told asked for it by the node's name; nobody did for one that is made beside it for a while.
  if (!node.includes("#")) tell(ask, `<delete${attribute("node", node)}/>`);
  return DONE;
}

function dismiss({ server }: Ask, action: Element): (node: PepNode) => Answer {
  return (node) => {
    if (server.faults.pep.strangers === "stay") return { error: "not-allowed" };
    for (const { attrs } of action.getChildElements()) {
      node.affiliations.delete(attrs["jid"] ?? "");
      node.subscriptions.delete(attrs["jid"] ?? "");
    }
    return DONE;
  };
}

function listOf(entry: "affiliation" | "subscription", node: PepNode): string {
  const entries = [...node[`${entry}s`]].map(
    ([jid, value]) => `<${entry}${attribute("jid", jid)}${attribute(entry, value)}/>`,
  );
  return `<${entry}s>${entries.join("")}</${entry}s>`;
}

/** To every session of the account that is available. */
function tell({ session: { account } }: Ask, change: string): void {
  const event = `<event xmlns='${NS.event}'>${change}</event>`;
  for (const session of account.sessions)
    if (session.priority !== undefined)
      session.deliver(
        `<message xmlns='jabber:client' type='headline'${attribute("from", account.jid)}` +
          `${attribute("to", session.jid)}>${event}</message>`,
      );
}

function fieldsOf(form: Element | undefined): Map<string, string> {
  const fields = form?.getChildren("field") ?? [];
  return new Map(
    fields
      .filter((field) => field.attrs["var"]?.startsWith("pubsub#") === true)
      .map((field) => [
        (field.attrs["var"] ?? "").slice("pubsub#".length),
        field.getChildText("value") ?? "",
      ]),
  );
}

function resultFor(session: Session, iq: Element, child: string): string {
  const { id, to } = iq.attrs;
  return (
    `<iq xmlns='jabber:client' type='result'${attribute("id", id)}${attribute("from", to)}` +
    `${attribute("to", session.jid)}>${child}</iq>`
  );
}
