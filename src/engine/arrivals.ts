/** From checked stanzas to arrivals: which time counts, and what starts out unread. */
import type { Jid } from "../mail/address.ts";
import { domainOf } from "../mail/address.ts";
import { type Arrival, arrivalOf, kindOf, type MessageKind } from "../mail/message.ts";
import type { Received } from "../mail/received.ts";
import { putMeta, readMeta } from "../store/meta.ts";
import type { WriteTx } from "../store/schema.ts";
import type { ArchivedItem } from "../xmpp/mam.ts";

/** Mail older than this at the first sign-in of a browser counts as read: nobody wants years of bold rows. 30 days. */
export const FRESH_MS = 30 * 24 * 3600 * 1000;

/** So far behind the server a clock may be that it did not tell about. ms */
const UNSURE_MS = 24 * 3600 * 1000;

/** Whether what the archive has from then (epoch ms) starts out unread. `firstSignInAt`: when the account saw Envoi first. */
export function startsUnread(kind: MessageKind, at: number, firstSignInAt: number): boolean {
  return at >= firstSignInAt || (kind === "mail" && at > firstSignInAt - FRESH_MS);
}

/**
 * Where the server does not tell the time, its archive does: the newest there is at the first sign-in came before it, and
 * what comes when there was nothing came behind it. A clock that is right by the month does no harm to "fresh".
 */
export async function boundSignIn(tx: WriteTx, marks: readonly { at: number }[]): Promise<void> {
  // Mostly it is sure, and this is asked with every page.
  if ((await readMeta(tx, "signInUnsure")) !== true) return;
  const [at = 0, ranges] = await Promise.all([
    readMeta(tx, "firstSignInAt"),
    readMeta(tx, "ranges"),
  ]);
  const times = marks.map((mark) => mark.at).filter(Number.isFinite);
  if (times.length === 0) return;
  const newest = Math.max(...times);
  const bounded =
    ranges === undefined
      ? Math.min(Math.max(at, newest), newest + FRESH_MS)
      : Math.min(at, ...times);
  putMeta(tx, "firstSignInAt", bounded);
  putMeta(tx, "signInUnsure", false);
}

/** An archive item; its time is the archive's. `firstSignInAt`: when this browser saw the account first. */
export function archivedArrival(
  item: ArchivedItem,
  me: Jid,
  firstSignInAt: number,
): Arrival | undefined {
  const unread = startsUnread(kindOf(item.received) ?? "chat", item.at, firstSignInAt);
  return arrivalOf(item.received, { me, at: item.at, archiveId: item.archiveId, unread });
}

/**
 * A live stanza, carbon or offline delivery: our clock, or a delay our own server vouches for. `isTimeSure`: `now` is what
 * the server told.
 */
export function liveArrival(
  received: Received,
  me: Jid,
  now: number,
  isTimeSure = true,
): Arrival | undefined {
  const vouched = received.delay?.from === me || received.delay?.from === domainOf(me);
  const told = vouched ? received.delay?.at : undefined;
  // A clock that may have been set is no fine judge of what the server says; a sender may have said it in its name.
  const latest = isTimeSure ? now : now + UNSURE_MS;
  const at = Math.min(told ?? now, latest);
  const arrival = arrivalOf(received, { me, at, unread: true });
  if (arrival !== undefined && !isTimeSure && at === now) arrival.message.guessedAt = 1;
  return arrival;
}
