/** Blocking, XEP-0191 1.3, with reports, XEP-0377 0.4. */
import { type Element, xml } from "@xmpp/xml";
import { type Jid, parseAddress } from "../mail/address.ts";
import type { BlockEntry, BlockIntent } from "../mail/blocking.ts";
import type { Session } from "./session.ts";

export const NS_BLOCKING = "urn:xmpp:blocking";
export const NS_REPORTING = "urn:xmpp:reporting:1";
const NS_SID = "urn:xmpp:sid:0";
const MAX_ITEMS = 20_000;
/** A report names a few messages, not a history. */
const MAX_REPORTED = 20;

/** What a push tells; `entries` undefined: all were unblocked. */
export type BlockChange = { blocks: boolean; entries?: BlockEntry[] };

/** The change of an `<iq type='set'/>`, or undefined where it is none. Who may say so is for the caller. */
export function parseBlockChange(iq: Element): BlockChange | undefined {
  const block = iq.getChild("block", NS_BLOCKING);
  const change = block ?? iq.getChild("unblock", NS_BLOCKING);
  if (change === undefined) return undefined;
  const blocks = block !== undefined;
  const entries = readItems(change);
  // "the user has unblocked communications with all entities" only where there is no item at all.
  if (!blocks && change.getChildren("item").length === 0) return { blocks };
  return { blocks, entries };
}

/** Asked once a stream; from then on the server pushes what changes (section 3.2). */
export async function fetchBlocked(session: Session): Promise<BlockEntry[]> {
  const iq = await session.iq({ type: "get", child: xml("blocklist", { xmlns: NS_BLOCKING }) });
  const list = iq.getChild("blocklist", NS_BLOCKING);
  return list === undefined ? [] : readItems(list);
}

/** Rejects with StanzaError where the server will not. */
export async function sendBlock(
  session: Session,
  intent: BlockIntent,
  reports: boolean,
): Promise<void> {
  const { entry, blocks } = intent;
  const report = reports && blocks ? buildReport(intent, session.jid) : undefined;
  const item = xml("item", { jid: entry }, report);
  await session.iq({
    type: "set",
    child: xml(blocks ? "block" : "unblock", { xmlns: NS_BLOCKING }, item),
  });
}

function buildReport({ report }: BlockIntent, me: Jid): Element | undefined {
  if (report === undefined) return undefined;
  const ids = report.archiveIds.slice(0, MAX_REPORTED);
  return xml(
    "report",
    { xmlns: NS_REPORTING, reason: "urn:xmpp:reporting:spam" },
    ids.map((id) => xml("stanza-id", { xmlns: NS_SID, by: me, id })),
  );
}

function readItems(list: Element): BlockEntry[] {
  const entries = list
    .getChildren("item")
    .slice(0, MAX_ITEMS)
    .flatMap((item): BlockEntry[] => {
      const address = parseAddress(item.attrs["jid"] ?? "");
      if (!address.ok) return [];
      return [address.resource === "" ? address.jid : `${address.jid}/${address.resource}`];
    });
  return [...new Set(entries)];
}
