/** Delayed delivery, XEP-0203 2.0, with dates of XEP-0082 1.1. */
import type { Element } from "@xmpp/xml";
import { domainOf, type Jid, parseJid } from "../mail/address.ts";

const NS_DELAY = "urn:xmpp:delay";
const STAMP = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const MAX_DELAYS = 16;
/** Times outside of XMPP's life are nonsense or an attack: 1999-01-01 and 2100-01-01. */
const EARLIEST = Date.UTC(1999, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);

/** Epoch ms of a stamp, or undefined where it is none or absurd. */
export function parseStamp(stamp: string | undefined): number | undefined {
  if (stamp === undefined || !STAMP.test(stamp)) return undefined;
  const at = Date.parse(stamp);
  return Number.isFinite(at) && at >= EARLIEST && at < LATEST ? at : undefined;
}

export type Delay = { at: number; from?: Jid };

/**
 * A stanza may carry several (section 3): one of the sender's and one of each server's that held it. The last that
 * claims to be my own account's or server's counts, because servers append theirs; else the first.
 */
export function parseDelay(parent: Element, me?: Jid): Delay | undefined {
  const delays = parent
    .getChildren("delay", NS_DELAY)
    .slice(-MAX_DELAYS)
    .flatMap((element): Delay[] => {
      const at = parseStamp(element.attrs["stamp"]);
      const from = parseJid(element.attrs["from"]);
      return at === undefined ? [] : [{ at, ...(from === undefined ? {} : { from }) }];
    });
  return delays.findLast((delay) => isOwnDelay(delay, me)) ?? delays[0];
}

/** Whether the delay claims to be my own account's or server's. Senders can forge that, too. */
export function isOwnDelay(delay: Delay | undefined, me: Jid | undefined): boolean {
  if (delay?.from === undefined || me === undefined) return false;
  return delay.from === me || delay.from === domainOf(me);
}
