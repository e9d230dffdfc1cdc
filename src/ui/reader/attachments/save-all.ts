/** All files of a message in one ZIP archive: a browser asks before it saves many. */
import { type Zippable, zipSync } from "fflate";

/** Stored, not packed: what is sent is packed already, and the page's policy allows no worker made of text. */
export async function zipOf(files: readonly { name: string; blob: Blob }[]): Promise<Blob> {
  const entries: Zippable = {};
  for (const { name, blob } of files) entries[name] = new Uint8Array(await blob.arrayBuffer());
  return new Blob([new Uint8Array(zipSync(entries, { level: 0 }))], { type: "application/zip" });
}
