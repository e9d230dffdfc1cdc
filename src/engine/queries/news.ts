/** Unread mail from people I know, newest first: what may be worth a notification. */
import type { NewsItem, NewsView } from "../../api/contract.ts";
import { shownLine } from "../../base/display.ts";
import type { Conversation } from "../../mail/conversation.ts";
import { hrefOfConversation } from "../../mail/route.ts";
import { readEntries } from "../../store/entries.ts";
import type { ReadTx } from "../../store/schema.ts";
import type { AccountContext } from "../context.ts";
import { engineLock, holderOf } from "../holder.ts";
import { briefNameOf, isKnown, readPeople } from "../people.ts";
import { serverTime } from "../server-clock.ts";

/** What came just now stands at the top of the Inbox. */
const LOOKED_AT = 30;
const MAX_SNIPPET = 200;
/** Mail that comes late (the device slept, the line was gone) is no news any more. ms */
const OLD_MS = 30 * 60 * 1000;

export async function readNews(context: AccountContext): Promise<NewsView> {
  const isMine = (await holderOf(engineLock(context.me))) === (await ownId());
  return context.store.read(["entries", "conversations", "messages", "people"], async (tx) => {
    const { ids } = await readEntries(tx, "inbox", 0, LOOKED_AT);
    const found = await Promise.all(ids.map((id) => tx.objectStore("conversations").get(id)));
    const all = found.filter((c) => c !== undefined);
    const items = await Promise.all(
      all.filter((c) => c.unread > 0).map((c) => newsOf(tx, context, c)),
    );
    return {
      isMine,
      latestAt: all.reduce((latest, c) => Math.max(latest, c.lastInAt), 0),
      items: items.filter((item) => item !== undefined),
    };
  });
}

/** The newest unread message of a conversation, if somebody I know wrote it. */
async function newsOf(
  tx: ReadTx,
  context: AccountContext,
  conversation: Conversation,
): Promise<NewsItem | undefined> {
  const unread = await tx
    .objectStore("messages")
    .index("unread")
    .getAll(IDBKeyRange.only([conversation.id, 1]));
  const newest = unread
    .filter(({ direction, from, problem }) => direction === "in" && from !== context.me && !problem)
    .reduce<(typeof unread)[number] | undefined>(
      (latest, row) => (latest === undefined || row.at > latest.at ? row : latest),
      undefined,
    );
  if (newest === undefined) return undefined;
  const people = await readPeople(tx, [newest.from]);
  if (!isKnown(people.get(newest.from))) return undefined;
  return {
    id: `c${conversation.id}`,
    href: hrefOfConversation(conversation),
    at: newest.at,
    // The times of mail are the server's; this device's clock may be hours off.
    ...(newest.at > serverTime(context) - OLD_MS ? {} : { isOld: true }),
    from: briefNameOf(people.get(newest.from), newest.from, newest.nick),
    subject: shownLine(conversation.subject),
    snippet: shownLine(newest.spoiler === undefined ? newest.snippet : "", MAX_SNIPPET),
  };
}

let own: Promise<string | undefined> | undefined;

/** This worker as Web Locks names it: nothing says so but a lock of one's own. */
function ownId(): Promise<string | undefined> {
  const name = `envoi-self:${crypto.randomUUID()}`;
  own ??= navigator.locks.request(name, () => holderOf(name));
  return own;
}
