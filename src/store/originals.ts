/**
 * What a message came as, its HTML and its stanza, where that is much: in a row of its own, so that neither opening a
 * conversation nor keeping it up to date reads it.
 */
import type { Body } from "../mail/message.ts";
import { putRow } from "./put.ts";
import type { ReadTx, WriteTx } from "./schema.ts";

/** Less than this costs less beside the text than a row more to write. UTF-16 units. */
const MAX_BESIDE = 4096;

/** The body as its own row holds it; what is too much for it is written apart. Stores: originals. */
export function putOriginal(tx: WriteTx, body: Body): Body {
  const { formatted, source, ...rest } = body;
  // Markdown is the text itself, read whenever the message is shown.
  const html = formatted?.kind === "markdown" ? undefined : formatted;
  if ((html?.text.length ?? 0) + (source?.xml.length ?? 0) <= MAX_BESIDE) return body;
  putRow(tx, "originals", {
    key: body.key,
    ...(html === undefined ? {} : { formatted: html }),
    ...(source === undefined ? {} : { source }),
  });
  return {
    ...rest,
    ...(html === undefined && formatted !== undefined ? { formatted } : {}),
    apart: 1,
  };
}

/** The whole of it again. Stores: bodies, originals. */
export async function readOriginal(
  tx: ReadTx,
  key: number,
): Promise<Pick<Body, "formatted" | "source" | "body"> | undefined> {
  const body = await tx.objectStore("bodies").get(key);
  // Rows written before there were originals have it themselves.
  if (body?.apart === undefined) return body;
  return { ...(await tx.objectStore("originals").get(key)), ...body };
}
