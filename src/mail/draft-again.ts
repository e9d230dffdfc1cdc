/** A draft of what was sent already: to send it elsewhere, or to put it right. */
import type { Jid } from "./address.ts";
import type { Draft } from "./draft.ts";
import type { Message } from "./message.ts";

/** `to`: who is left of its recipients. */
export function draftAgain(
  row: Message,
  text: { body: string; quote: string },
  { id, to, now }: { id: string; to: ReadonlySet<Jid>; now: number },
): Draft {
  const reply = row.refs?.find((ref) => ref !== row.corrects);
  const kept = <T extends { jid: Jid }>(list: readonly T[]): T[] =>
    list.filter((n) => to.has(n.jid));
  return {
    id,
    kind: reply === undefined ? "new" : "reply",
    to: kept(row.to),
    cc: kept(row.cc),
    bcc: kept(row.bcc),
    pending: { to: "", cc: "", bcc: "" },
    subject: row.subject,
    body: text.body,
    quote: text.quote,
    ...(row.thread === undefined && reply === undefined
      ? {}
      : {
          source: {
            key: row.key,
            ...(row.thread === undefined ? {} : { thread: row.thread }),
            ...(row.threadParent === undefined ? {} : { threadParent: row.threadParent }),
            ...(reply === undefined
              ? {}
              : {
                  reply: {
                    id: reply,
                    ...(row.replyingTo === undefined ? {} : { to: row.replyingTo }),
                  },
                }),
          },
        }),
    ...(row.corrects === undefined ? {} : { corrects: row.corrects }),
    updatedAt: now,
  };
}
