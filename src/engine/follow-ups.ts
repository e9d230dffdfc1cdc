/** What was said of a conversation, or of its sender, holds for what comes into it (mail/follow-up.ts). */
import { ruleStamp } from "../mail/clock.ts";
import { followUpFolder } from "../mail/follow-up.ts";
import type { Message } from "../mail/message.ts";
import type { States } from "./states.ts";
import type { WorkingSet } from "./working-set.ts";

/** Puts a new message where it belongs; `spammers`: whose mail was reported. Returns the row as it is then. */
export async function putAway(
  set: WorkingSet,
  states: States,
  row: Message,
  spammers: ReadonlySet<string>,
): Promise<Message> {
  if (row.direction !== "in" || row.folder !== undefined) return row;
  const home = await set.conversation(row.conversation);
  const isTouched = home?.folders !== undefined || home?.muted !== undefined;
  if (!isTouched && spammers.size === 0) return row;
  const others = isTouched
    ? (await set.messagesOf(row.conversation)).filter((other) => other.key !== row.key)
    : [];
  const folder =
    followUpFolder(row, others, set.me) ?? (spammers.has(row.from) ? "spam" : undefined);
  if (folder === undefined || folder === "inbox") return row;
  await states.load([row]);
  return states.say(set, row, "folder", folder, ruleStamp(row.at));
}
