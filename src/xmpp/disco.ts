/** Service discovery, XEP-0030 2.5: what the server can, and what we say of ourselves (XEP-0115 1.6). */
import { type Element, xml } from "@xmpp/xml";
import { bytesToBase64 } from "../base/base64.ts";
import { NS_BLOCKING, NS_REPORTING } from "./blocking.ts";
import { NS_CARBONS } from "./carbons.ts";
import { NS_MAM } from "./mam.ts";
import { WATCHED_NODES } from "./nodes.ts";
import type { Session } from "./session.ts";
import { StanzaError } from "./stanza-error.ts";

export const NS_DISCO_INFO = "http://jabber.org/protocol/disco#info";
const NS_CAPS = "http://jabber.org/protocol/caps";
/** Names us in caps; no page needs to be there. */
const NODE = "urn:envoi";

export type ServerFeatures = {
  archive: boolean;
  archiveExtended: boolean;
  carbons: boolean;
  pep: boolean;
  /** Publishing may ask for who may read it; without this nothing private goes there (XEP-0223, CVE-2018-6591). */
  pepPublishOptions: boolean;
  blocking: boolean;
  /** A report may go with a block (XEP-0377). */
  reporting: boolean;
  /** Closes the stream over a message that comes in several WebSocket frames (RFC 7395 section 3.3.3 forbids them). */
  refusesParts: boolean;
};

/**
 * Asks account and server: some features stand on the one, some on the other, differently in every server. Rejects with
 * ConnectionError where one does not answer: silence must not pass for "no archive".
 */
export async function serverFeatures(session: Session): Promise<ServerFeatures> {
  const [account, server] = await Promise.all([
    info(session, undefined),
    info(session, session.domain),
  ]);
  const has = (feature: string): boolean => account.has(feature) || server.has(feature);
  return {
    archive: has(NS_MAM),
    archiveExtended: has(`${NS_MAM}#extended`),
    carbons: has(NS_CARBONS),
    pep: account.has("identity:pubsub/pep"),
    pepPublishOptions: account.has("http://jabber.org/protocol/pubsub#publish-options"),
    blocking: has(NS_BLOCKING),
    reporting: has(NS_REPORTING),
    // Nothing announces it: mod_websocket of 0.12 does, and its later versions.
    refusesParts: server.has("name:Prosody"),
  };
}

async function info(session: Session, to: string | undefined): Promise<Set<string>> {
  const child = xml("query", { xmlns: NS_DISCO_INFO });
  // An account asked for "itself" must be named: without `to` one server answers for the domain.
  const iq = await session
    .iq({ type: "get", to: to ?? session.jid, child })
    .catch((error: unknown) => {
      if (error instanceof StanzaError) return undefined;
      throw error;
    });
  const query = iq?.getChild("query", NS_DISCO_INFO);
  const features = query?.getChildren("feature").map((f) => f.attrs["var"] ?? "") ?? [];
  const identities =
    query
      ?.getChildren("identity")
      .flatMap((i) => [
        `identity:${i.attrs["category"]}/${i.attrs["type"]}`,
        `name:${i.attrs["name"] ?? ""}`,
      ]) ?? [];
  return new Set([...features, ...identities]);
}

const IDENTITY = { category: "client", type: "web", name: "Envoi" };
/** What we understand; sorted, as the hash needs them. */
const FEATURES = [
  "http://jabber.org/protocol/address",
  NS_CAPS,
  NS_DISCO_INFO,
  "jabber:x:oob",
  "urn:xmpp:content",
  "urn:xmpp:fallback:0",
  "urn:xmpp:message-correct:0",
  "urn:xmpp:message-retract:1",
  "urn:xmpp:ping",
  "urn:xmpp:reactions:0",
  "urn:xmpp:reply:0",
  "urn:xmpp:sfs:0",
  "urn:xmpp:sid:0",
  "urn:xmpp:spoiler:0",
  "urn:xmpp:styling:0",
  // XEP-0163 section 4: the server tells of these nodes.
  ...WATCHED_NODES.map((node) => `${node}+notify`),
].sort();

/** Our answer to disco#info. */
export function buildInfo(node: string | undefined): Element {
  return xml(
    "query",
    { xmlns: NS_DISCO_INFO, node },
    xml("identity", IDENTITY),
    ...FEATURES.map((feature) => xml("feature", { var: feature })),
  );
}

/** The hash that stands for that answer in presence, XEP-0115 section 5.1. */
export async function buildCaps(): Promise<Element> {
  const text = `${IDENTITY.category}/${IDENTITY.type}//${IDENTITY.name}<${FEATURES.map((f) => `${f}<`).join("")}`;
  const hash = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(text));
  return xml("c", {
    xmlns: NS_CAPS,
    hash: "sha-1",
    node: NODE,
    ver: bytesToBase64(new Uint8Array(hash)),
  });
}
