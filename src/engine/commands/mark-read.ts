/** Read and unread, local for now. */
import { reachesMe } from "../../mail/conversation.ts";
import type { Message } from "../../mail/message.ts";
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

/** The newest message that came in is unread again; or all that came in from one on. */
export async function markUnread(
  context: AccountContext,
  { conversation, from }: { conversation: string; from?: number },
): Promise<null> {
  await change(context, conversation, async (set, id) => {
    const rows = (await set.messagesOf(id)).sort((a, b) => b.at - a.at || b.key - a.key);
    const received = rows.filter((row) => row.direction === "in" || reachesMe(row, context.me));
    const shown = rows.find((row) => row.key === from);
    // What is shown may be the correction; it stands where the first version does.
    const first = rows.find((row) => row.mid === shown?.corrects && row.from === shown.from);
    const since = rows.indexOf((first ?? shown) as Message);
    const wanted =
      from === undefined
        ? received.slice(0, 1)
        : received.filter((row) => rows.indexOf(row) <= since);
    for (const row of wanted) set.change({ ...row, unread: 1 });
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
