/** All mail of this browser as one mbox file, a part at a time, and single attachments. */
import type { Commands } from "../../api/contract.ts";
import { base64ToBytes } from "../../base/base64.ts";
import { parseDataUrl } from "../../base/data-url.ts";
import { domainOf } from "../../mail/address.ts";
import { mboxEntry } from "../../mail/mbox.ts";
import type { Body, Message } from "../../mail/message.ts";
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
  return context.store.read(["messages", "bodies"], async (tx) => {
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
  if (message === undefined) return "";
  const parents = await Promise.all(
    (message.refs ?? []).map((ref) => tx.objectStore("messages").index("mid").get(ref)),
  );
  return mboxEntry({
    message,
    body: body?.body ?? message.snippet,
    attachments: filesOf(message, body),
    // Message-IDs end in their sender's domain: what is answered is named as it names itself.
    refDomains: parents.map((parent) =>
      domainOf(parent?.from ?? message.replyingTo ?? message.from),
    ),
  });
}

function filesOf(
  row: Message,
  body: Body | undefined,
): { name: string; mediaType: string; base64: string }[] {
  return row.attachments.flatMap((meta, index) => {
    const url = body?.sources[index]?.find((s) => s.startsWith("data:"));
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

/** An attachment that came inside the message. Always octet-stream: a blob of another type could act as us. */
export async function readAttachment(
  context: AccountContext,
  { key, index }: { key: number; index: number },
): Promise<{ name: string; blob: Blob } | null> {
  const [row, body] = await context.store.read(["messages", "bodies"], (tx) =>
    Promise.all([tx.objectStore("messages").get(key), tx.objectStore("bodies").get(key)]),
  );
  const url = body?.sources[index]?.find((s) => s.startsWith("data:"));
  const data = url === undefined ? undefined : parseDataUrl(url);
  const bytes = data === undefined ? undefined : base64ToBytes(data.base64);
  if (bytes === undefined) return null;
  return {
    name: row?.attachments[index]?.name ?? "attachment",
    blob: new Blob([bytes], { type: "application/octet-stream" }),
  };
}
