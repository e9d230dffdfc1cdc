/** What else the server runs beside accounts, by its own list (XEP-0030 section 4): upload and multicast. */
import { type Element, xml } from "@xmpp/xml";
import { type Jid, parseJid } from "../mail/address.ts";
import { ConnectionError } from "./connection-error.ts";
import { NS_DISCO_INFO } from "./disco.ts";
import type { Session } from "./session.ts";
import { StanzaError } from "./stanza-error.ts";

const NS_DISCO_ITEMS = "http://jabber.org/protocol/disco#items";
const NS_UPLOAD = "urn:xmpp:http:upload:0";
const NS_ADDRESS = "http://jabber.org/protocol/address";
const NS_DATA = "jabber:x:data";
const MAX_ITEMS = 30;
/** A component that is down must not hold up the rest. ms */
const TIMEOUT_MS = 10_000;

export type Services = {
  /** XEP-0363; `maxBytes` where the service says. */
  upload?: { jid: Jid; maxBytes?: number };
  /** XEP-0033: takes one stanza for many recipients. */
  multicast?: Jid;
};

/** Asks the server and everything it lists. Rejects with ConnectionError when the stream ends. */
export async function findServices(session: Session): Promise<Services> {
  const domain = session.domain as Jid;
  const list = await ask(session, domain, NS_DISCO_ITEMS);
  const items = list?.getChildren("item").slice(0, MAX_ITEMS) ?? [];
  const jids = new Set([domain, ...items.flatMap((item) => parseJid(item.attrs["jid"]) ?? [])]);
  const infos = await Promise.all(
    Array.from(jids, async (jid) => ({ jid, info: await ask(session, jid, NS_DISCO_INFO) })),
  );
  const multicast = infos.find(({ info }) => hasFeature(info, NS_ADDRESS))?.jid;
  const upload = infos.find(({ info }) => hasFeature(info, NS_UPLOAD));
  const maxBytes = maxBytesOf(upload?.info);
  return {
    ...(multicast === undefined ? {} : { multicast }),
    ...(upload === undefined
      ? {}
      : { upload: { jid: upload.jid, ...(maxBytes === undefined ? {} : { maxBytes }) } }),
  };
}

async function ask(session: Session, to: Jid, xmlns: string): Promise<Element | undefined> {
  try {
    const child = xml("query", { xmlns });
    const iq = await session.iq({ type: "get", to, child, timeoutMs: TIMEOUT_MS });
    return iq.getChild("query", xmlns);
  } catch (error) {
    const isSilent = error instanceof ConnectionError && error.problem === "timeout";
    if (error instanceof StanzaError || isSilent) return undefined;
    throw error;
  }
}

function hasFeature(info: Element | undefined, feature: string): boolean {
  return info?.getChildren("feature").some((f) => f.attrs["var"] === feature) ?? false;
}

/** The field "max-file-size" of the service's own form (XEP-0363 section 4). */
function maxBytesOf(info: Element | undefined): number | undefined {
  const field = (info?.getChildren("x", NS_DATA) ?? [])
    .filter((form) => valueOf(form, "FORM_TYPE") === NS_UPLOAD)
    .map((form) => valueOf(form, "max-file-size"))[0];
  return field !== undefined && /^\d{1,15}$/.test(field) ? Number(field) : undefined;
}

function valueOf(form: Element, name: string): string | undefined {
  const field = form.getChildren("field").find((f) => f.attrs["var"] === name);
  return field?.getChildText("value")?.trim();
}
