/** Delayed delivery, XEP-0203 2.0, with dates of XEP-0082 1.1. */
import type { Element } from "@xmpp/xml";
import { type Jid, parseJid } from "../mail/address.ts";

const NS_DELAY = "urn:xmpp:delay";
const STAMP = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
/** Times outside of XMPP's life are nonsense or an attack: 1999-01-01 and 2100-01-01. */
const EARLIEST = Date.UTC(1999, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);

/** Epoch ms of a stamp, or undefined where it is none or absurd. */
export function parseStamp(stamp: string | undefined): number | undefined {
  if (stamp === undefined || !STAMP.test(stamp)) return undefined;
  const at = Date.parse(stamp);
  return Number.isFinite(at) && at >= EARLIEST && at < LATEST ? at : undefined;
}

export function parseDelay(parent: Element): { at: number; from?: Jid } | undefined {
  const element = parent.getChild("delay", NS_DELAY);
  const at = parseStamp(element?.attrs["stamp"]);
  if (at === undefined) return undefined;
  const from = parseJid(element?.attrs["from"]);
  return { at, ...(from === undefined ? {} : { from }) };
}
