/** Reads `data:` URLs without fetch (the page's policy forbids it, and fetch would trust the declared type). */

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
    let binary = "";
    for (const byte of new TextEncoder().encode(decodeURIComponent(payload))) binary += String.fromCharCode(byte);
    return { mediaType, base64: btoa(binary) };
  } catch {
    return undefined;
  }
}

/** Bytes of base64 text, or undefined where it is not base64. */
export function bytesOfBase64(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const binary = atob(base64);
    const bytes = new Uint8Array(binary.length);
    for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
    return bytes;
  } catch {
    return undefined;
  }
}
