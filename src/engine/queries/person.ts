/** What there is with one person: their conversations, newest first. */
import type { PersonArgs, PersonConversation, PersonView } from "../../api/contract.ts";
import { shownLine } from "../../base/display.ts";
import type { Conversation } from "../../mail/conversation.ts";
import { hrefOfConversation } from "../../mail/route.ts";
import { mailboxRange } from "../../store/keys.ts";
import type { AccountContext } from "../context.ts";
import { nameOf } from "../people.ts";

/** No index knows who takes part: the newest are looked through, and the page says so. */
const LOOKED_THROUGH = 4000;
const AT_ONCE = 250;

export async function readPerson(
  { store }: AccountContext,
  { jid, limit }: PersonArgs,
): Promise<PersonView> {
  return store.read(["entries", "conversations", "people"], async (tx) => {
    const conversations = tx.objectStore("conversations");
    const [row, chats, ids] = await Promise.all([
      tx.objectStore("people").get(jid),
      conversations.index("person").getAll(jid, 1),
      tx.objectStore("entries").getAll(mailboxRange("all"), LOOKED_THROUGH),
    ]);
    const found: Conversation[] = chats.filter((chat) => chat.count > 0);
    let looked = 0;
    for (; looked < ids.length && found.length < limit; looked += AT_ONCE) {
      const some = ids.slice(looked, looked + AT_ONCE).map((id) => conversations.get(id));
      const rows = (await Promise.all(some)).filter((c) => c !== undefined);
      found.push(...rows.filter((c) => c.people.some((p) => p.jid === jid)));
    }
    return {
      name: nameOf(row, jid),
      conversations: found
        .sort((a, b) => b.at - a.at)
        .slice(0, limit)
        .map(brief),
      isCut: ids.length === LOOKED_THROUGH || found.length > limit || looked < ids.length,
    };
  });
}

function brief(c: Conversation): PersonConversation {
  return {
    id: `c${c.id}`,
    href: hrefOfConversation(c),
    kind: c.kind,
    subject: shownLine(c.subject),
    snippet: shownLine(c.snippet),
    at: c.at,
    unread: c.unread > 0,
  };
}
