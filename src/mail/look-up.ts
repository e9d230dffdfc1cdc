/** Asking an archive for what a permalink names: where to look, and whether this is it. */
import { type Jid, parseJid } from "./address.ts";
import type { NewMessage } from "./message.ts";

/** What a permalink names, and what the archive said of it. */
export type LookUp = {
  id: string;
  thread?: string;
  message?: string;
  with?: Jid;
  /** The day it was sent, epoch ms. */
  at?: number;
  answer?: "found" | "not-found" | "failed";
};

/** A part of an archive. */
export type Stretch = { with?: Jid; start?: number; end?: number };

/** Clocks differ, and a message may wait for its recipient's server before that archives it. ms */
const EARLIER_MS = 24 * 3600 * 1000;
const LATER_MS = 4 * 24 * 3600 * 1000;

/** The same for the same ids and hints. */
export function lookUpOf(
  asked: { thread?: string; message?: string; with?: string; at?: number },
  me: Jid,
): LookUp {
  const { thread, message, at } = asked;
  // My own copy was sent to somebody else, whom the link does not name.
  const other = parseJid(asked.with);
  const hints = {
    ...(thread === undefined ? {} : { thread }),
    ...(message === undefined ? {} : { message }),
    ...(other === undefined || other === me ? {} : { with: other }),
    ...(at === undefined ? {} : { at }),
  };
  return { id: JSON.stringify(hints), ...hints };
}

/** Where to look, the likeliest first; nowhere without a hint: an archive may have no end. */
export function stretchesOf({ with: other, at }: LookUp): Stretch[] {
  const days = at === undefined ? {} : { start: at - EARLIER_MS, end: at + LATER_MS };
  const stretches: Stretch[] = [];
  if (other !== undefined) stretches.push({ with: other, ...days });
  // A gateway may stand between us and whoever the link names.
  if (at !== undefined) stretches.push(days);
  return stretches;
}

/** Whether the link means this message, or its conversation. */
export function isMeant(
  { thread, message }: LookUp,
  candidate: Pick<NewMessage, "mid" | "thread">,
): boolean {
  if (message !== undefined && candidate.mid === message) return true;
  return thread !== undefined && candidate.thread === thread;
}
