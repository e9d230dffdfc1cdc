/** Links to files: https, and aesgcm (XEP-0454), whose key stands in the link and never leaves the browser. */

export type LinkedFile = {
  href: string;
  host: string;
  secret?: { iv: Uint8Array; key: Uint8Array };
};

/** Undefined where it is neither. */
export function linkedFile(url: string): LinkedFile | undefined {
  const isSecret = url.startsWith("aesgcm:");
  const plain = isSecret ? url.replace(/^aesgcm:/, "https:") : url;
  if (!plain.startsWith("https:") || !URL.canParse(plain)) return undefined;
  const { href, host, hash } = new URL(plain);
  const bare = href.slice(0, href.length - hash.length);
  if (!isSecret) return { href: bare, host };
  // 12 or 16 bytes of initialisation vector, then 32 of key, in hexadecimal.
  const hex = hash.slice(1);
  if (!/^([0-9a-f]{88}|[0-9a-f]{96})$/i.test(hex)) return undefined;
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return { href: bare, host, secret: { iv: bytes.slice(0, -32), key: bytes.slice(-32) } };
}

/** Undefined where the key does not fit the bytes. */
export async function decryptLinked(
  blob: Blob,
  { iv, key }: NonNullable<LinkedFile["secret"]>,
): Promise<Blob | undefined> {
  try {
    const name = "AES-GCM";
    const secret = await crypto.subtle.importKey("raw", new Uint8Array(key), name, false, [
      "decrypt",
    ]);
    const plain = await crypto.subtle.decrypt(
      { name, iv: new Uint8Array(iv) },
      secret,
      await blob.arrayBuffer(),
    );
    return new Blob([plain], { type: "application/octet-stream" });
  } catch {
    return undefined;
  }
}
