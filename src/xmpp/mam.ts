/** Message archive management, XEP-0313 1.1. */
import { type Element, xml } from "@xmpp/xml";
import type { Jid } from "../mail/address.ts";
import { parseJid } from "../mail/address.ts";
import type { Received } from "../mail/received.ts";
import { NS_FORWARD } from "./carbons.ts";
import { parseDelay, parseStamp } from "./delay.ts";
import { parseMessage } from "./message.ts";
import type { Session } from "./session.ts";
import { cleanId } from "./text.ts";

export const NS_MAM = "urn:xmpp:mam:2";
const NS_RSM = "http://jabber.org/protocol/rsm";
const NS_DATA = "jabber:x:data";

/** An archived message: id and time are the archive's own. */
export type ArchivedItem = { archiveId: string; at: number; received: Received };

export type ArchivePage = {
  /** Oldest first, always. */
  items: ArchivedItem[];
  /** Nothing beyond this page in the direction asked. */
  complete: boolean;
  /** From the results themselves: one server swaps RSM's first and last after flip-page. Includes unreadable items. */
  oldestId?: string;
  newestId?: string;
  /** Results that could not be read. */
  rejected: number;
  /** The archive's own count of what matches, where it gives one. */
  count?: number;
};

export type ArchiveQuery = {
  /** Page back from this id; "" for the newest page. */
  before?: string;
  after?: string;
  with?: Jid;
  /** Epoch ms. */
  start?: number;
  end?: number;
  max: number;
  timeoutMs?: number;
  signal?: AbortSignal;
};

/** One page. Rejects with StanzaError (`item-not-found`: the id is unknown to the archive) or ConnectionError. */
export async function queryArchive(session: Session, query: ArchiveQuery): Promise<ArchivePage> {
  const queryId = crypto.randomUUID();
  const items: ArchivedItem[] = [];
  const ids: string[] = [];
  let rejected = 0;
  const stop = session.onArchiveResult(queryId, (result) => {
    const id = cleanId(result.attrs["id"]);
    if (id !== undefined) ids.push(id);
    const item = parseResult(result, session.jid);
    if (item === undefined) rejected++;
    else items.push(item);
  });
  try {
    const iq = await session.iq({
      type: "set",
      child: buildQuery(queryId, query),
      ...(query.timeoutMs === undefined ? {} : { timeoutMs: query.timeoutMs }),
      ...(query.signal === undefined ? {} : { signal: query.signal }),
    });
    const fin = iq.getChild("fin", NS_MAM);
    const count = Number(fin?.getChild("set", NS_RSM)?.getChildText("count") ?? Number.NaN);
    const oldestId = ids[0];
    const newestId = ids.at(-1);
    return {
      items,
      rejected,
      complete: fin?.attrs["complete"] === "true" || fin?.attrs["complete"] === "1",
      ...(oldestId === undefined ? {} : { oldestId }),
      ...(newestId === undefined ? {} : { newestId }),
      ...(Number.isSafeInteger(count) ? { count } : {}),
    };
  } finally {
    stop();
  }
}

/** Time of the oldest archived message, epoch ms (section 6, `urn:xmpp:mam:2#extended`); undefined where it is not told. */
export async function oldestArchivedAt(session: Session): Promise<number | undefined> {
  const child = xml("metadata", { xmlns: NS_MAM });
  const iq = await session.iq({ type: "get", child }).catch(() => undefined);
  return parseStamp(iq?.getChild("metadata", NS_MAM)?.getChild("start")?.attrs["timestamp"]);
}

/** The `<result/>` of a message, where there is one from an archive that may speak: my own account's. */
export function archiveResult(
  message: Element,
  me: Jid,
): { result: Element; queryId: string } | "forged" | undefined {
  const result = message.getChild("result", NS_MAM);
  if (result === undefined) return undefined;
  const from = message.attrs["from"];
  // Section 4.1.1 and "Security considerations": from my own bare address, and for a query that is open.
  if (from !== undefined && (from.includes("/") || parseJid(from) !== me)) return "forged";
  return { result, queryId: result.attrs["queryid"] ?? "" };
}

function parseResult(result: Element, me: Jid): ArchivedItem | undefined {
  const archiveId = cleanId(result.attrs["id"]);
  const forwarded = result.getChild("forwarded", NS_FORWARD);
  const inner = forwarded?.getChild("message", "jabber:client") ?? forwarded?.getChild("message");
  if (archiveId === undefined || forwarded === undefined || inner === undefined) return undefined;
  const delay = parseDelay(forwarded);
  const received = parseMessage(inner, me);
  if (delay === undefined || received === undefined) return undefined;
  return { archiveId, at: delay.at, received };
}

function buildQuery(queryId: string, query: ArchiveQuery): Element {
  const fields = [
    field("FORM_TYPE", NS_MAM, "hidden"),
    ...(query.with === undefined ? [] : [field("with", query.with)]),
    ...(query.start === undefined ? [] : [field("start", new Date(query.start).toISOString())]),
    ...(query.end === undefined ? [] : [field("end", new Date(query.end).toISOString())]),
  ];
  const set = xml(
    "set",
    { xmlns: NS_RSM },
    xml("max", {}, String(query.max)),
    ...(query.before === undefined
      ? []
      : [xml("before", {}, ...(query.before === "" ? [] : [query.before]))]),
    ...(query.after === undefined ? [] : [xml("after", {}, query.after)]),
  );
  const form = fields.length > 1 ? [xml("x", { xmlns: NS_DATA, type: "submit" }, ...fields)] : [];
  return xml("query", { xmlns: NS_MAM, queryid: queryId }, ...form, set);
}

function field(name: string, value: string, type?: string): Element {
  return xml("field", { var: name, type }, xml("value", {}, value));
}
