/** What of a file can be shown in place, without running anything of it. */
import { isRaster, pixelsOf, type Sniffed } from "../../../mail/sniff.ts";
import type { GotFile } from "./get-file.ts";

export type Shown =
  | { as: "image" | "audio" | "video"; blob: Blob }
  | { as: "text"; text: string; isCut: boolean }
  | { as: "nothing" };

/** A picture of more pixels would take the tab down with it. */
const MAX_PIXELS = 64_000_000;
const MAX_IMAGE_BYTES = 32 * 1024 * 1024;
/** Bytes of a text that are shown. */
export const MAX_TEXT = 200_000;
const HEADER = 64 * 1024;

/** Whether a file of this type, by its bytes or by its sender's word, may be worth a look. */
export function mayShow(mediaType: string): boolean {
  return (
    isRaster(mediaType) ||
    /^(audio|video|text)\//.test(mediaType) ||
    /^(application\/(json|xml)|image\/svg\+xml)$/.test(mediaType)
  );
}

/** A file with a type of its own bytes, for one element that can do nothing but show it. */
export async function shownOf({ blob, sniffed }: GotFile & { ok: true }): Promise<Shown> {
  switch (sniffed.kind) {
    case "image":
      return (await isReasonable(blob, sniffed))
        ? retyped("image", blob, sniffed)
        : { as: "nothing" };
    case "audio":
    case "video":
      return retyped(sniffed.kind, blob, sniffed);
    case "text":
    case "program":
      return sniffed.kind === "program" && sniffed.mediaType !== "text/x-script"
        ? { as: "nothing" }
        : { as: "text", text: await blob.slice(0, MAX_TEXT).text(), isCut: blob.size > MAX_TEXT };
    default:
      return { as: "nothing" };
  }
}

function retyped(as: "image" | "audio" | "video", blob: Blob, { mediaType }: Sniffed): Shown {
  return { as, blob: blob.slice(0, blob.size, mediaType) };
}

async function isReasonable(blob: Blob, { mediaType }: Sniffed): Promise<boolean> {
  if (blob.size > MAX_IMAGE_BYTES) return false;
  const head = new Uint8Array(await blob.slice(0, HEADER).arrayBuffer());
  return (pixelsOf(head, mediaType) ?? 0) <= MAX_PIXELS;
}
