/** Single attachments whose bytes came with the message. */
import { base64ToBytes } from "../../base/base64.ts";
import { parseDataUrl } from "../../base/data-url.ts";
import { readPart } from "../../store/parts.ts";
import type { AccountContext } from "../context.ts";

/** Always octet-stream: a blob of another type could act as us. */
export async function readAttachment(
  context: AccountContext,
  { key, index }: { key: number; index: number },
): Promise<{ name: string; blob: Blob } | null> {
  const { row, url } = await context.store.read(["messages", "bodies", "parts"], async (tx) => {
    const [row, body] = await Promise.all([
      tx.objectStore("messages").get(key),
      tx.objectStore("bodies").get(key),
    ]);
    return { row, url: await readPart(tx, body, index) };
  });
  const data = url === undefined ? undefined : parseDataUrl(url);
  const bytes = data === undefined ? undefined : base64ToBytes(data.base64);
  if (bytes === undefined) return null;
  return {
    name: row?.attachments[index]?.name ?? "attachment",
    blob: new Blob([bytes], { type: "application/octet-stream" }),
  };
}
