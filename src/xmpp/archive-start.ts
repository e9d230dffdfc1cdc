/** The oldest message an archive still has: how far back a server keeps mail is told in no other way. */
import { xml } from "@xmpp/xml";
import { parseStamp } from "./delay.ts";
import { NS_MAM, queryArchive } from "./mam.ts";
import type { Session } from "./session.ts";
import { cleanId } from "./text.ts";

export type ArchiveStartItem = { id: string; at: number };

/**
 * By the metadata where the archive has them (XEP-0313 section 6, `urn:xmpp:mam:2#extended`), otherwise by a page of
 * one from the oldest end. Rejects as queryArchive does.
 */
export async function findArchiveStart(
  session: Session,
  options: { extended: boolean; signal: AbortSignal },
): Promise<ArchiveStartItem | "empty" | undefined> {
  const told = options.extended ? await askMetadata(session) : undefined;
  if (told !== undefined) return told;
  const page = await queryArchive(session, { max: 1, signal: options.signal });
  const first = page.marks[0];
  if (first !== undefined) return { id: first.archiveId, at: first.at };
  return page.complete && page.marks.length === 0 ? "empty" : undefined;
}

async function askMetadata(session: Session): Promise<ArchiveStartItem | undefined> {
  const child = xml("metadata", { xmlns: NS_MAM });
  const iq = await session.iq({ type: "get", child }).catch(() => undefined);
  const start = iq?.getChild("metadata", NS_MAM)?.getChild("start");
  const [id, at] = [cleanId(start?.attrs["id"]), parseStamp(start?.attrs["timestamp"])];
  return id === undefined || at === undefined ? undefined : { id, at };
}
