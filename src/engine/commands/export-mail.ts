/** All mail of this browser as one mbox file, and single attachments. */
import { base64ToBytes } from "../../base/base64.ts";
import { parseDataUrl } from "../../base/data-url.ts";
import { mboxEntry } from "../../mail/mbox.ts";
import type { Body, Message } from "../../mail/message.ts";
import type { AccountContext } from "../context.ts";

/** Messages read at a time: the file is built in pieces, never as one string. */
const BATCH = 500;

export async function exportMail(context: AccountContext): Promise<{ name: string; blob: Blob }> {
  const parts: string[] = [];
  let after = 0;
  for (;;) {
    const batch = await readBatch(context, after);
    if (batch.length === 0) break;
    for (const { row, body } of batch)
      parts.push(
        mboxEntry({ message: row, body: body?.body ?? "", attachments: filesOf(row, body) }),
      );
    after = batch.at(-1)?.row.key ?? after;
  }
  return { name: `${context.me} mail.mbox`, blob: new Blob(parts, { type: "application/mbox" }) };
}

async function readBatch(
  context: AccountContext,
  after: number,
): Promise<{ row: Message; body: Body | undefined }[]> {
  return context.store.read(["messages", "bodies"], async (tx) => {
    const rows = await tx
      .objectStore("messages")
      .getAll(IDBKeyRange.lowerBound(after, true), BATCH);
    const bodies = await Promise.all(rows.map((row) => tx.objectStore("bodies").get(row.key)));
    return rows.map((row, index) => ({ row, body: bodies[index] }));
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
