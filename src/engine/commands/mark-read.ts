/** Read and unread, local for now. */
import { reachesMe } from "../../mail/conversation.ts";
import type { AccountContext } from "../context.ts";
import { asRead } from "../ingest.ts";
import { WORKING_STORES, WorkingSet } from "../working-set.ts";

/** Everything in the conversation counts as read. */
export async function markRead(
  context: AccountContext,
  { conversation }: { conversation: string },
): Promise<null> {
  await change(context, conversation, async (set, id) => {
    for (const row of await set.unreadOf(id)) set.change(asRead(row));
  });
  return null;
}

/** The newest message that came in is unread again. */
export async function markUnread(
  context: AccountContext,
  { conversation }: { conversation: string },
): Promise<null> {
  await change(context, conversation, async (set, id) => {
    const rows = await set.messagesOf(id);
    const newest = rows
      .filter((row) => row.direction === "in" || reachesMe(row, context.me))
      .sort((a, b) => b.at - a.at)[0];
    if (newest !== undefined) set.change({ ...newest, unread: 1 });
  });
  return null;
}

async function change(
  context: AccountContext,
  conversation: string,
  act: (set: WorkingSet, id: number) => Promise<void>,
): Promise<void> {
  const id = Number(conversation.slice(1));
  const touched = await context.store.write(WORKING_STORES, async (tx) => {
    const set = await WorkingSet.open(tx, context.me);
    if ((await set.conversation(id)) === undefined) return new Set<number>();
    await act(set, id);
    return set.flush();
  });
  if (touched.size > 0) context.bus.touch(["mail"], { urgent: true });
}
