/** Reads `data:` URLs without fetch (the page's policy forbids it, and fetch would trust the declared type). */

import { base64ToBytes, bytesToBase64 } from "./base64.ts";

/** Base64 payload and declared type of a data URL, or undefined where it is none. Never throws. RFC 2397. */
export function parseDataUrl(url: string): { mediaType: string; base64: string } | undefined {
  const comma = url.indexOf(",");
  if (!url.startsWith("data:") || comma < 0) return undefined;
  const head = url.slice(5, comma).split(";");
  const isBase64 = head.at(-1)?.trim().toLowerCase() === "base64";
  const mediaType = (head[0] ?? "").trim().toLowerCase() || "text/plain";
  const payload = url.slice(comma + 1);
  try {
    if (isBase64) return { mediaType, base64: payload.replaceAll(/\s+/g, "") };
    return {
      mediaType,
      base64: bytesToBase64(new TextEncoder().encode(decodeURIComponent(payload))),
    };
  } catch {
    return undefined;
  }
}

/** How many bytes a data URL holds and the first of them, without decoding the rest. */
export function dataUrlFacts(
  url: string,
  headLength: number,
): { size: number; head: Uint8Array } | undefined {
  const data = parseDataUrl(url);
  if (data === undefined) return undefined;
  const { base64 } = data;
  const padding = base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
  const head = base64ToBytes(base64.slice(0, Math.ceil(headLength / 3) * 4));
  return head === undefined
    ? undefined
    : { size: Math.floor((base64.length * 3) / 4) - padding, head };
}
