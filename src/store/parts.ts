/** Bytes that came inside a message stand apart from its text, one row each, and are read when somebody wants them. */
import { type Body, INLINE } from "../mail/message.ts";
import { partKey } from "./keys.ts";
import { putOriginal } from "./originals.ts";
import { putRow } from "./put.ts";
import type { ReadTx, WriteTx } from "./schema.ts";

/** Writes a body, its parts and what it came as beside it. Stores: bodies, parts, originals. */
export function putBody(tx: WriteTx, whole: Body): void {
  const body = putOriginal(tx, whole);
  const isHeavy = body.sources.some((list) => list.some(isPart));
  if (!isHeavy) return putRow(tx, "bodies", body);
  const sources = body.sources.map((list, index) => {
    const url = list.find(isPart);
    if (url === undefined) return list;
    putRow(tx, "parts", { url }, partKey(body.key, index));
    return [INLINE, ...list.filter((source) => !source.startsWith(INLINE))];
  });
  putRow(tx, "bodies", { ...body, sources });
}

/** The `data:` URL of one attachment, or undefined where its bytes did not come along. Stores: parts. */
export async function readPart(
  tx: ReadTx,
  body: Body | undefined,
  index: number,
): Promise<string | undefined> {
  const source = body?.sources[index]?.find((s) => s.startsWith(INLINE));
  if (body === undefined || source === undefined) return undefined;
  // Rows written before there were parts have it themselves.
  if (isPart(source)) return source;
  return (await tx.objectStore("parts").get(partKey(body.key, index)))?.url;
}

function isPart(source: string): boolean {
  return source.startsWith(INLINE) && source.length > INLINE.length;
}
