/** Pictures of people: XEP-0084 by PEP, else the vCard's (XEP-0054, XEP-0153). */
import { xml } from "@xmpp/xml";
import { base64ToBytes } from "../base/base64.ts";
import type { Jid } from "../mail/address.ts";
import type { Session } from "./session.ts";

const NS_PUBSUB = "http://jabber.org/protocol/pubsub";
const NS_AVATAR = "urn:xmpp:avatar:data";
const NS_VCARD = "vcard-temp";
const MAX_BYTES = 64 * 1024;
const TIMEOUT_MS = 20_000;

export type Avatar = { type: string; bytes: Uint8Array<ArrayBuffer> };

/** The picture a person published, or undefined, also when the stream ends: then it says nothing about the person. */
export async function fetchAvatar(session: Session, jid: Jid): Promise<Avatar | undefined> {
  return (await fromPep(session, jid)) ?? (await fromVcard(session, jid));
}

async function fromPep(session: Session, jid: Jid): Promise<Avatar | undefined> {
  const child = xml(
    "pubsub",
    { xmlns: NS_PUBSUB },
    xml("items", { node: NS_AVATAR, max_items: "1" }),
  );
  const iq = await session
    .iq({ type: "get", ...toPerson(session, jid), child, timeoutMs: TIMEOUT_MS })
    .catch(() => undefined);
  const items = iq?.getChild("pubsub", NS_PUBSUB)?.getChild("items")?.getChildren("item") ?? [];
  return picture(items[0]?.getChildText("data", NS_AVATAR) ?? undefined);
}

async function fromVcard(session: Session, jid: Jid): Promise<Avatar | undefined> {
  const child = xml("vCard", { xmlns: NS_VCARD });
  const iq = await session
    .iq({ type: "get", ...toPerson(session, jid), child, timeoutMs: TIMEOUT_MS })
    .catch(() => undefined);
  return picture(
    iq?.getChild("vCard", NS_VCARD)?.getChild("PHOTO")?.getChildText("BINVAL") ?? undefined,
  );
}

/** My own account is asked without `to`: some servers do not answer what an account asks itself by name. */
function toPerson(session: Session, jid: Jid): { to?: string } {
  return jid === session.jid ? {} : { to: jid };
}

/** By the bytes, never by what is declared. */
function picture(base64: string | undefined): Avatar | undefined {
  if (base64 === undefined || base64.length > MAX_BYTES * 2) return undefined;
  const bytes = base64ToBytes(base64.replaceAll(/\s+/g, ""));
  if (bytes === undefined || bytes.length > MAX_BYTES) return undefined;
  const type = sniff(bytes);
  return type === undefined ? undefined : { type, bytes };
}

function sniff(bytes: Uint8Array): string | undefined {
  const starts = (...magic: number[]): boolean => magic.every((byte, i) => bytes[i] === byte);
  if (starts(0x89, 0x50, 0x4e, 0x47)) return "image/png";
  if (starts(0xff, 0xd8, 0xff)) return "image/jpeg";
  if (starts(0x47, 0x49, 0x46, 0x38)) return "image/gif";
  if (starts(0x52, 0x49, 0x46, 0x46) && bytes[8] === 0x57 && bytes[9] === 0x45) return "image/webp";
  return undefined;
}
