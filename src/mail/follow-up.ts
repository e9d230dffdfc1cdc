/** Where a message lies that comes into a conversation of which something was said already. */
import type { Jid } from "./address.ts";
import { cameIn } from "./conversation.ts";
import type { Message } from "./message.ts";
import { type FolderId, isJunk } from "./place.ts";

/**
 * undefined: where it came, in the inbox. `others`: the rest of its conversation.
 *
 *   older than what was put somewhere  ->  there too: whoever archived the conversation meant this as well
 *   in a muted conversation            ->  archive
 *   from somebody thrown out of it     ->  spam or trash, as what they wrote before
 */
export function followUpFolder(
  message: Message,
  others: readonly Message[],
  me: Jid,
): FolderId | undefined {
  const [next] = others
    .filter((other) => other.at > message.at && cameIn(other, me))
    .sort((a, b) => a.at - b.at || a.key - b.key);
  // Nobody threw this one away for good.
  if (next?.folder !== undefined) return next.folder === "gone" ? "trash" : next.folder;
  if (others.some((other) => other.mute === 1)) return "archive";
  const [last] = others
    .filter((other) => other.from === message.from && other.folder !== "gone")
    .sort((a, b) => b.at - a.at || b.key - a.key);
  return isJunk(last?.folder) ? last?.folder : undefined;
}
