/** A conversation was opened and seen. */
import { actOn } from "../act.ts";
import type { AccountContext } from "../context.ts";

/** Everything in the conversation counts as read; reading is no step that one would undo. */
export async function markRead(
  context: AccountContext,
  { conversation }: { conversation: string },
): Promise<null> {
  await actOn(context, { do: "read" }, [Number(conversation.slice(1))], undefined);
  return null;
}
