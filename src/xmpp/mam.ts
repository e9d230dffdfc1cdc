/** Message archive management, XEP-0313 1.1. */
import { type Element, xml } from "@xmpp/xml";
import type { Jid } from "../mail/address.ts";
import { parseJid } from "../mail/address.ts";
import type { Received } from "../mail/received.ts";
import { NS_FORWARD } from "./carbons.ts";
import { parseDelay, parseStamp } from "./delay.ts";
import { parseMessage } from "./message.ts";
import { ConnectionError } from "./connection-error.ts";
import type { Session } from "./session.ts";
import { cleanId } from "./text.ts";

export const NS_MAM = "urn:xmpp:mam:2";
const NS_RSM = "http://jabber.org/protocol/rsm";
const NS_DATA = "jabber:x:data";

/** An archived message: id and time are the archive's own. */
export type ArchivedItem = { archiveId: string; at: number; received: Received };

/** Where a result stands in the archive; known also of results that cannot be read. */
export type ArchiveMark = { archiveId: string; at: number };

/** A result that is no XML, or no message; `text` is the frame. */
export type UnreadableItem = { archiveId: string; text: string };

export type ArchivePage = {
  /** Oldest first, always. */
  items: ArchivedItem[];
  /** Of everything on the page, oldest first, readable or not: what cursors are made of. */
  marks: ArchiveMark[];
  unreadable: UnreadableItem[];
  /** Nothing beyond this page in the direction asked, says the server. */
  complete: boolean;
  /** The answer that ends the page came. Without it results may be missing anywhere. */
  ended: boolean;
  /** The archive's own count of what matches, where it gives one. */
  count?: number;
  /** UTF-16 units of all results, near enough to bytes. */
  length: number;
};

/** Shared by queries under way at once: whatever comes for one of them is a sign of life for all. */
export type Patience = { lastAt: number };

export type ArchiveQuery = {
  /** Page back from this id; "" for the newest page. */
  before?: string;
  after?: string;
  with?: Jid;
  /** Epoch ms. */
  start?: number;
  end?: number;
  max: number;
  /** Gives up when nothing came for so long, ms; results that come keep it waiting. */
  silenceMs?: number;
  patience?: Patience;
  /** Called with each result as it comes, before the page is whole and in order. */
  onMark?: (mark: ArchiveMark) => void;
  signal?: AbortSignal;
};

/** What a session tells of the results of a query. */
export type ArchiveListener = {
  take: (result: Element, text: string) => void;
  unreadable: (result: { archiveId?: string; at?: number }, text: string) => void;
};

const SILENCE_MS = 30_000;
/** The silence ends a query; this only bounds one that dribbles for ever. 15 minutes. */
const LONGEST_MS = 15 * 60 * 1000;

/**
 * One page. Rejects with StanzaError (`item-not-found`: the id is unknown to the archive) or ConnectionError. A page
 * whose end never comes is given as far as it came, with `ended` false.
 */
export async function queryArchive(session: Session, query: ArchiveQuery): Promise<ArchivePage> {
  const queryId = crypto.randomUUID();
  const page = emptyPage();
  const silence = watchSilence(query);
  const note = (archiveId: string | undefined, at: number | undefined): void => {
    silence.heard();
    if (archiveId === undefined) return;
    const mark = { archiveId, at: at ?? page.marks.at(-1)?.at ?? Number.NaN };
    page.marks.push(mark);
    query.onMark?.(mark);
  };
  const stop = session.onArchiveResult(queryId, {
    take(result, text) {
      page.length += text.length;
      const archiveId = cleanId(result.attrs["id"]);
      const item = parseResult(result, session.jid);
      if (item !== undefined) page.items.push(item);
      else if (archiveId !== undefined) page.unreadable.push({ archiveId, text });
      note(archiveId, item?.at ?? stampOf(result));
    },
    unreadable({ archiveId, at }, text) {
      page.length += text.length;
      if (archiveId !== undefined) page.unreadable.push({ archiveId, text });
      note(archiveId, at);
    },
  });
  const signal =
    query.signal === undefined ? silence.signal : AbortSignal.any([silence.signal, query.signal]);
  try {
    const child = buildQuery(queryId, query);
    const iq = await session.iq({ type: "set", child, timeoutMs: LONGEST_MS, signal });
    Object.assign(page, parseFin(iq.getChild("fin", NS_MAM)));
  } catch (error) {
    if (!silence.signal.aborted || page.marks.length === 0) throw error;
  } finally {
    silence.stop();
    stop();
    // Too late for this page, and still a sign of life for the next.
    if (silence.signal.aborted)
      session.onArchiveResult(queryId, { take: silence.heard, unreadable: silence.heard });
  }
  return inOrder(page);
}

function emptyPage(): ArchivePage {
  return { items: [], marks: [], unreadable: [], complete: false, ended: false, length: 0 };
}

function parseFin(fin: Element | undefined): Pick<ArchivePage, "complete" | "ended" | "count"> {
  const count = Number(fin?.getChild("set", NS_RSM)?.getChildText("count") ?? Number.NaN);
  return {
    ended: true,
    complete: fin?.attrs["complete"] === "true" || fin?.attrs["complete"] === "1",
    ...(Number.isSafeInteger(count) ? { count } : {}),
  };
}

/** Archives answer oldest first (section 3.1, and RSM); one that does not is turned round by its own times. */
function inOrder(page: ArchivePage): ArchivePage {
  // What has no time of its own has its neighbour's.
  const known = page.marks.find((mark) => !Number.isNaN(mark.at))?.at ?? 0;
  for (const mark of page.marks) if (Number.isNaN(mark.at)) mark.at = known;
  const [first, last] = [page.marks[0], page.marks.at(-1)];
  if (first === undefined || last === undefined || first.at <= last.at) return page;
  return { ...page, items: page.items.toReversed(), marks: page.marks.toReversed() };
}

function watchSilence({ silenceMs = SILENCE_MS, patience = { lastAt: 0 } }: ArchiveQuery) {
  const controller = new AbortController();
  const startedAt = performance.now();
  const check = (): void => {
    const left = Math.max(startedAt, patience.lastAt) + silenceMs - performance.now();
    if (left > 0) timer = setTimeout(check, left);
    else controller.abort(new ConnectionError("timeout", `no answer in ${silenceMs} ms`));
  };
  let timer = setTimeout(check, silenceMs);
  return {
    signal: controller.signal,
    heard: () => void (patience.lastAt = performance.now()),
    stop: () => clearTimeout(timer),
  };
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

/** The frame of a message around a result, when it is no XML: only the very beginning, where no sender can write. */
const RESULT_HEAD =
  /^\s*<message\b([^<>]{0,2000})>\s*<result\b([^<>]{0,2000})>\s*(?:<forwarded\b[^<>]{0,2000}>\s*(?:<delay\b([^<>]{0,2000})>)?)?/;
/** Some archives put the time behind the message. */
const RESULT_TAIL =
  /<delay\b([^<>]{0,1000})>(?:<\/delay>)?\s*<\/forwarded>\s*<\/result>\s*<\/message>\s*$/;

/** Where in the archive an unreadable frame stands, so that the cursor can move past it. */
export function salvageResult(
  text: string,
  me: Jid,
): { queryId: string; archiveId?: string; at?: number } | undefined {
  const [head, message = "", result = "", delay = ""] = RESULT_HEAD.exec(text.slice(0, 8000)) ?? [];
  const from = attributeIn(message, "from");
  if (head === undefined || attributeIn(result, "xmlns") !== NS_MAM) return undefined;
  if (from !== undefined && parseJid(from) !== me) return undefined;
  const archiveId = cleanId(attributeIn(result, "id"));
  const tail = RESULT_TAIL.exec(text.slice(-2000))?.[1] ?? "";
  const at = parseStamp(attributeIn(delay, "stamp") ?? attributeIn(tail, "stamp"));
  return {
    queryId: attributeIn(result, "queryid") ?? "",
    ...(archiveId === undefined ? {} : { archiveId }),
    ...(at === undefined ? {} : { at }),
  };
}

function attributeIn(tag: string, name: string): string | undefined {
  const match = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(tag);
  return match?.[1] ?? match?.[2];
}

function stampOf(result: Element): number | undefined {
  const forwarded = result.getChild("forwarded", NS_FORWARD);
  return forwarded === undefined ? undefined : parseDelay(forwarded)?.at;
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
