/**
 * Pictures that lie on web servers, fetched because a person asked for them: without cookies and without saying where
 * from, and shown as bytes of our own. Servers that let no page read their pictures refuse; those can only be opened.
 */
import { pixelsOf, sniff } from "../../../mail/sniff.ts";
import { readLimited } from "../read-limited.ts";
import type { Images } from "./sanitise.ts";

export const IMAGE_LIMITS = {
  bytes: 10_000_000,
  pixels: 50_000_000,
  atOnce: 4,
  ms: 20_000,
} as const;

export type LoadedImages = {
  images: Images;
  /** Addresses that gave nothing a picture could be made of. */
  refused: string[];
};

/** Fetches all of them; each is a picture or refused. Whoever asks revokes the URLs. */
export async function loadImages(
  addresses: readonly string[],
  signal: AbortSignal,
): Promise<LoadedImages> {
  const images = new Map<string, string>();
  const refused: string[] = [];
  const queue = [...addresses];
  async function work(): Promise<void> {
    for (let address = queue.shift(); address !== undefined; address = queue.shift()) {
      const blob = await fetchImage(address, signal).catch(() => undefined);
      if (blob === undefined) refused.push(address);
      else images.set(address, URL.createObjectURL(blob));
    }
  }
  await Promise.all(Array.from({ length: IMAGE_LIMITS.atOnce }, work));
  return { images, refused };
}

async function fetchImage(address: string, signal: AbortSignal): Promise<Blob | undefined> {
  if (!address.startsWith("https:")) return undefined;
  const response = await fetch(address, {
    credentials: "omit",
    referrerPolicy: "no-referrer",
    mode: "cors",
    signal: AbortSignal.any([signal, AbortSignal.timeout(IMAGE_LIMITS.ms)]),
  });
  if (!response.ok) return undefined;
  const parts = await readLimited(response, IMAGE_LIMITS.bytes);
  return parts === undefined
    ? undefined
    : pictureOf(new Uint8Array(await new Blob(parts).arrayBuffer()));
}

/** Our word for what it is, not the server's. */
function pictureOf(bytes: Uint8Array<ArrayBuffer>): Blob | undefined {
  const { kind, mediaType } = sniff(bytes);
  const pixels = pixelsOf(bytes, mediaType) ?? 0;
  if (kind !== "image" || pixels > IMAGE_LIMITS.pixels) return undefined;
  return new Blob([bytes], { type: mediaType });
}
