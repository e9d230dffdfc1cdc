/** The heavy or rarely wanted sides of a message: its HTML and its stanza. */
import type { FormattedView, SourceView } from "../../api/contract.ts";
import { escapeText } from "../../base/escape-xml.ts";
import { BODY_HOLE } from "../../mail/received.ts";
import type { ReadTx } from "../../store/schema.ts";
import { readOriginal } from "../../store/originals.ts";
import type { AccountContext } from "../context.ts";

/** HTML of a stranger, as it came; null where there is none. */
export async function readFormatted(
  context: AccountContext,
  { key }: { key: number },
): Promise<FormattedView> {
  return context.store.read(["bodies", "originals"], (tx) => formattedOf(tx, key));
}

/** The same within a transaction. Stores: bodies, originals. */
export async function formattedOf(tx: ReadTx, key: number): Promise<FormattedView> {
  const formatted = (await readOriginal(tx, key))?.formatted;
  if (formatted === undefined || formatted.kind === "markdown") return null;
  return { html: formatted.text, kind: formatted.kind };
}

/** The stanza as it came; null where it was not kept (not sent yet, or taken in by an older version). */
export async function readSource(
  context: AccountContext,
  { key }: { key: number },
): Promise<SourceView> {
  const original = await context.store.read(["bodies", "originals"], (tx) => readOriginal(tx, key));
  if (original?.source === undefined) return null;
  const { xml, isWhole } = original.source;
  return { xml: xml.replace(BODY_HOLE, () => escapeText(original.body)), isWhole };
}
