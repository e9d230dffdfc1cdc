import type { ApiClient } from "../../../api/client.ts";
import { readOnce } from "../../answer.ts";
import { sanitise } from "./sanitise.ts";
import { scanHtml } from "./scan.ts";
import { sourceText } from "./source-text.ts";
import { textOf } from "./text-of.ts";

/** The words of foreign HTML; by way of the sanitiser, which leaves out what nobody would see. */
export function wordsOf(html: string): string {
  return scanHtml(html).ok ? textOf(sanitise(html).fragment) : sourceText(html);
}

/** What an answer quotes of a message that came as HTML alone. */
export async function readWords(api: ApiClient, key: number): Promise<string> {
  const formatted = await readOnce(api, "formatted", { key }).catch(() => null);
  return formatted === null ? "" : wordsOf(formatted.html);
}
