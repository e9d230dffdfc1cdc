/** What people say of a message with an emoji (XEP-0444): kept with it, never a message of its own. */
import type { Jid } from "./address.ts";
import type { NewMessage } from "./message.ts";
import type { Received } from "./received.ts";

/** All that one person says of it; the newest counts. */
export type Reaction = { jid: Jid; at: number; emoji: string[] };

/** XEP-0444's name in fallback elements. */
const REACTIONS = "urn:xmpp:reactions:0";
const MAX_PEOPLE = 100;

/** It says nothing else; a text is there only for programs that know no reactions. */
export function isReactionAlone({ reactions, body, subject, ...received }: Received): boolean {
  if (reactions === undefined || received.attachments.length > 0 || subject !== undefined)
    return false;
  return body === undefined || received.fallbacks.some((f) => f.for === REACTIONS);
}

/** The message with it; as it was where it is old, or comes from somebody who has no part in the message. */
export function withReaction<M extends NewMessage>(message: M, reaction: Reaction): M {
  if (!isParty(message, reaction.jid)) return message;
  const known = message.reactions ?? [];
  if (known.some((r) => r.jid === reaction.jid && r.at >= reaction.at)) return message;
  const others = known.filter((r) => r.jid !== reaction.jid);
  return { ...message, reactions: [...others, reaction].slice(-MAX_PEOPLE) };
}

/** By emoji, in the order they came; of several versions of a message what each person said last. */
export function groupedReactions(
  versions: readonly Pick<NewMessage, "reactions">[],
): { emoji: string; jids: Jid[] }[] {
  const newest = new Map<Jid, Reaction>();
  for (const reaction of versions.flatMap((version) => version.reactions ?? []))
    if ((newest.get(reaction.jid)?.at ?? -1) < reaction.at) newest.set(reaction.jid, reaction);
  const groups = new Map<string, Jid[]>();
  for (const { jid, emoji } of [...newest.values()].sort((a, b) => a.at - b.at))
    for (const one of emoji) groups.set(one, [...(groups.get(one) ?? []), jid]);
  return [...groups].map(([emoji, jids]) => ({ emoji, jids }));
}

function isParty({ from, to, cc, bcc }: NewMessage, jid: Jid): boolean {
  return from === jid || [...to, ...cc, ...bcc].some((named) => named.jid === jid);
}
