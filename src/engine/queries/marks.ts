/** Where in each mailbox somebody reads: forgotten with every change, since then the places are others. */
import type { ListPlace } from "../../mail/place.ts";
import type { EntryMark } from "../../store/entries.ts";
import type { AccountContext } from "../context.ts";

type Marks = Map<ListPlace, EntryMark>;

const byAccount = new WeakMap<AccountContext, Marks>();

/** The marks of an account as they are now; what is noted in them after a change is lost with them. */
export function marksOf(context: AccountContext): Marks {
  const known = byAccount.get(context);
  if (known !== undefined) return known;
  const marks: Marks = new Map();
  byAccount.set(context, marks);
  const stop = context.bus.onTopics((topics) => {
    if (!topics.includes("mail")) return;
    byAccount.delete(context);
    stop();
  });
  return marks;
}
