/** All mail of this browser as one mbox file, a part at a time. */
import type { Commands } from "../../api/contract.ts";
import { parseDataUrl } from "../../base/data-url.ts";
import { domainOf } from "../../mail/address.ts";
import { mboxEntry } from "../../mail/mbox.ts";
import type { Body, Message } from "../../mail/message.ts";
import { readPart } from "../../store/parts.ts";
import type { ReadTx } from "../../store/schema.ts";
import type { AccountContext } from "../context.ts";

/** Messages read at a time: some megabytes at the most, attachments and all. */
const BATCH = 200;

/**
 * The messages after key `after`. The page puts the parts together, shows how far it is, and can stop; nowhere is the
 * whole of it held as text.
 */
export async function exportMail(
  context: AccountContext,
  { after }: Commands["exportMail"]["args"],
): Promise<Commands["exportMail"]["result"]> {
  return context.store.read(["messages", "bodies", "parts"], async (tx) => {
    const store = tx.objectStore("messages");
    const [keys, total] = await Promise.all([
      store.getAllKeys(IDBKeyRange.lowerBound(after, true), BATCH),
      store.count(),
    ]);
    const parts = await Promise.all(keys.map((key) => entryOf(tx, key)));
    return {
      name: `${context.me} mail.mbox`,
      blob: new Blob(parts, { type: "application/mbox" }),
      count: keys.length,
      total,
      next: keys.length < BATCH ? null : (keys.at(-1) ?? null),
    };
  });
}

/** One message; nothing for a row that cannot be read. */
async function entryOf(tx: ReadTx, key: number): Promise<string> {
  const [message, body] = await Promise.all([
    tx.objectStore("messages").get(key),
    tx.objectStore("bodies").get(key),
  ]);
  if (message === undefined || message.folder === "gone") return "";
  const parents = await Promise.all(
    (message.refs ?? []).map((ref) => tx.objectStore("messages").index("mid").get(ref)),
  );
  return mboxEntry({
    message,
    body: body?.body ?? message.snippet,
    attachments: await filesOf(tx, message, body),
    // Message-IDs end in their sender's domain: what is answered is named as it names itself.
    refDomains: parents.map((parent) =>
      domainOf(parent?.from ?? message.replyingTo ?? message.from),
    ),
  });
}

async function filesOf(
  tx: ReadTx,
  row: Message,
  body: Body | undefined,
): Promise<{ name: string; mediaType: string; base64: string }[]> {
  const urls = await Promise.all(row.attachments.map((_meta, index) => readPart(tx, body, index)));
  return row.attachments.flatMap((meta, index) => {
    const url = urls[index];
    const data = url === undefined ? undefined : parseDataUrl(url);
    if (data === undefined) return [];
    return [
      {
        name: meta.name ?? "attachment",
        mediaType: meta.mediaType ?? data.mediaType,
        base64: data.base64,
      },
    ];
  });
}
