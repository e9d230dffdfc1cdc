/** One draft, to open it again. */
import type { Draft } from "../../mail/draft.ts";
import type { AccountContext } from "../context.ts";

export async function readDraft(
  context: AccountContext,
  { id }: { id: string },
): Promise<Draft | null> {
  const draft = await context.store.read(["drafts"], (tx) => tx.objectStore("drafts").get(id));
  return draft ?? null;
}
