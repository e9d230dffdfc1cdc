/**
 * Pictures that came with the message and that its HTML names by `cid:` (RFC 2392, XEP-0231): shown as bytes of ours,
 * typed by what they are. Nothing is asked for; a part that lies on a web server stays there.
 */
import type { ApiClient } from "../../../api/client.ts";
import type { AttachmentView, MessageView } from "../../../api/contract.ts";
import { getFile } from "../attachments/get-file.ts";
import { shownOf } from "../attachments/shown.ts";
import { cidAddress, type Images } from "./sanitise.ts";

/** More is no letter. */
const MAX_IMAGES = 50;

/** Whoever asks revokes the URLs. Never rejects: what cannot be shown is not among them. */
export async function ownImages(
  api: ApiClient,
  { key, attachments }: MessageView,
  html: string,
): Promise<Images> {
  const images = new Map<string, string>();
  if (!/\bcid:/i.test(html)) return images;
  const named = [...attachments.entries()].filter(([, file]) => isNamed(file));
  await Promise.all(
    named.slice(0, MAX_IMAGES).map(async ([index, file]) => {
      const blob = await pictureOf(api, key, index, file).catch(() => undefined);
      const address = cidAddress(file.cid ?? "");
      // The first of a name is the one that is meant.
      if (blob !== undefined && !images.has(address))
        images.set(address, URL.createObjectURL(blob));
    }),
  );
  return images;
}

function isNamed(file: AttachmentView): boolean {
  return file.cid !== undefined && file.where === "inline";
}

async function pictureOf(
  api: ApiClient,
  key: number,
  index: number,
  file: AttachmentView,
): Promise<Blob | undefined> {
  const got = await getFile({ api, key, index, file });
  if (!got.ok || got.check === "wrong") return undefined;
  const shown = await shownOf(got);
  return shown.as === "image" ? shown.blob : undefined;
}
