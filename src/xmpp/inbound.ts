/** What a stanza that arrived means, after the checks on who may say it. Every refusal is named and tested. */
import type { Element } from "@xmpp/xml";
import { type Jid, parseAddress, parseJid } from "../mail/address.ts";
import type { Received } from "../mail/received.ts";
import { type CarriedItem, parsePayload } from "./account-state/item.ts";
import { type BlockChange, parseBlockChange } from "./blocking.ts";
import { parseCarbon } from "./carbons.ts";
import { archiveResult } from "./mam.ts";
import { parseMessage } from "./message.ts";
import { NODE_STATE } from "./nodes.ts";
import { isWiped, type PepItem, readItems, standing } from "./pep-items.ts";
import { NS_ROSTER, parseRoster, type RosterItem } from "./roster.ts";

const NS_PUBSUB_EVENT = "http://jabber.org/protocol/pubsub#event";

export type Inbound =
  | { kind: "message"; received: Received }
  | { kind: "carbon"; direction: "sent" | "received"; received: Received }
  | { kind: "roster"; items: RosterItem[]; version?: string }
  | { kind: "blocking"; change: BlockChange }
  /** Of the private state (nodes.ts); one server says everything twice. */
  | ({ kind: "account-state"; items: CarriedItem[] } & NodeChange)
  /** Of another node of my own account. */
  | ({ kind: "pep"; node: string; items: PepItem[] } & NodeChange)
  | { kind: "presence"; from: Jid; fromResource: string; type: string }
  | { kind: "rejected"; why: string }
  /** No XML: nobody can say what it was. */
  | { kind: "unreadable"; text: string };

/** `retracted`: ids of items that were taken away. `isGone`: the node was deleted, or all its items were. */
type NodeChange = { retracted: string[]; isGone: boolean };

/** A `<result/>` of an archive query, for whoever asked. */
export type ArchiveResult = { kind: "archive-result"; queryId: string; result: Element };

/** Reads a message or presence. Never throws. */
export function readInbound(stanza: Element, me: Jid): Inbound | ArchiveResult {
  if (stanza.name === "presence") return readPresence(stanza);
  const archived = archiveResult(stanza, me);
  if (archived === "forged") return { kind: "rejected", why: "archive result from somebody else" };
  if (archived !== undefined) return { kind: "archive-result", ...archived };
  const carbon = parseCarbon(stanza, me);
  if (carbon.kind === "forged") return { kind: "rejected", why: carbon.why };
  if (carbon.kind === "carbon") return { kind: "carbon", ...carbon.carbon };
  const event = stanza.getChild("event", NS_PUBSUB_EVENT);
  if (event !== undefined && isMyAccount(stanza, me)) return readEvent(event);
  const received = parseMessage(stanza, me);
  if (received === undefined) return { kind: "rejected", why: "message without usable addresses" };
  // Contacts may have nodes of the same names, and their events reach us (CVE-2023-28686).
  if (event !== undefined && received.body === undefined && received.subject === undefined)
    return { kind: "rejected", why: "event from somebody else" };
  return { kind: "message", received };
}

/** A roster push counts only from my own account (RFC 6121 section 2.1.6). */
export function readRosterPush(iq: Element, me: Jid): Inbound | undefined {
  const query = iq.getChild("query", NS_ROSTER);
  if (iq.attrs["type"] !== "set" || query === undefined) return undefined;
  const from = iq.attrs["from"];
  if (from !== undefined && parseJid(from) !== me)
    return { kind: "rejected", why: "roster push from somebody else" };
  const { items, version } = parseRoster(query);
  return { kind: "roster", items, ...(version === undefined ? {} : { version }) };
}

/** A push counts only from my own account (XEP-0191 section 5). */
export function readBlockPush(iq: Element, me: Jid): Inbound | undefined {
  const change = iq.attrs["type"] === "set" ? parseBlockChange(iq) : undefined;
  if (change === undefined) return undefined;
  const from = iq.attrs["from"];
  return from !== undefined && (from.includes("/") || parseJid(from) !== me)
    ? { kind: "rejected", why: "block push from somebody else" }
    : { kind: "blocking", change };
}

function readPresence(stanza: Element): Inbound {
  const from = parseAddress(stanza.attrs["from"] ?? "");
  if (!from.ok) return { kind: "rejected", why: "presence without a sender" };
  return {
    kind: "presence",
    from: from.jid,
    fromResource: from.resource,
    type: stanza.attrs["type"] ?? "available",
  };
}

function isMyAccount(stanza: Element, me: Jid): boolean {
  const from = stanza.attrs["from"];
  return from === undefined || (!from.includes("/") && parseJid(from) === me);
}

/** What became of a node of mine (XEP-0060 sections 7.1.2, 7.2.2, 8.4.2, 8.5.2). */
function readEvent(event: Element): Inbound {
  const items = event.getChild("items");
  const gone = event.getChild("delete") ?? event.getChild("purge");
  const node = (items ?? gone)?.attrs["node"];
  if (node === undefined) return { kind: "rejected", why: "event that says nothing" };
  const all = readItems(items?.getChildren("item") ?? []);
  const published = standing(all);
  const wiped = all.filter(isWiped).map(({ id }) => id);
  const taken = items?.getChildren("retract").flatMap(({ attrs }) => attrs["id"] ?? []) ?? [];
  const change = { retracted: [...taken, ...wiped], isGone: gone !== undefined };
  if (node !== NODE_STATE) return { kind: "pep", node, items: published, ...change };
  const carried = published.map(({ id, payload }) => ({ id, payload: parsePayload(payload) }));
  return { kind: "account-state", items: carried, ...change };
}
