/** An account's message archive in memory, XEP-0313 1.1 with XEP-0059, and the ways in which it lies. */
import type { Element } from "@xmpp/xml";
import type { MamFaults } from "./faults.ts";
import { attribute, bareOf, NS } from "./xml.ts";

export type StoredMessage = {
  id: string;
  /** Epoch ms by the server's clock; never earlier than the message before it. */
  at: number;
  /** The other side, bare. */
  with: string;
  /** The stanza as it is told, raw: poison is allowed. */
  text: string;
};

export class Archive {
  messages: StoredMessage[] = [];

  /** Puts a message at the newest end. */
  add(message: StoredMessage): void {
    const last = this.messages.at(-1);
    this.messages.push({ ...message, at: Math.max(message.at, last?.at ?? 0) });
  }

  /** Forgets what is older, as servers do after a week or so. */
  expireBefore(at: number): void {
    this.messages = this.messages.filter((message) => message.at >= at);
  }
}

/** The frames that answer a query, results first; `to` is the full address of who asked. */
export function answerQuery(
  iq: Element,
  archive: Archive,
  faults: MamFaults,
  to: string,
): { results: string[]; fin: string } | { error: string } {
  const query = iq.getChild("query", NS.mam);
  const set = query?.getChild("set", NS.rsm);
  const matching = matchesOf(query, archive, faults);
  const page = pageOf(matching, set, faults);
  if (page === undefined) return { error: "item-not-found" };
  const queryId = query?.attrs["queryid"];
  const flipped = query?.getChild("flip-page", NS.mam) !== undefined;
  const told = flipped ? page.messages.toReversed() : page.messages;
  const results = told.flatMap((message) =>
    Array.from({ length: faults.copies }, () => resultFrame(message, to, queryId, faults)),
  );
  const swapped = flipped && faults.swapsFlippedEnds;
  const [first, last] = swapped
    ? [page.messages.at(-1), page.messages[0]]
    : [page.messages[0], page.messages.at(-1)];
  const count = faults.count === undefined ? matching.length : faults.count(matching.length);
  const isComplete =
    faults.complete === "always" || (faults.complete === "true" && page.isComplete);
  const rsm =
    (first === undefined ? "" : `<first index='${page.index}'>${first.id}</first>`) +
    (last === undefined ? "" : `<last>${last.id}</last>`) +
    (count === undefined ? "" : `<count>${count}</count>`);
  const fin =
    `<iq xmlns='jabber:client' type='result'${attribute("id", iq.attrs["id"])}${attribute("to", to)}>` +
    `<fin xmlns='${NS.mam}'${isComplete ? " complete='true'" : ""}>` +
    `<set xmlns='${NS.rsm}'>${rsm}</set></fin></iq>`;
  return { results, fin };
}

/** Section 6.1: when the archive begins and ends. */
export function metadataOf(archive: Archive): string {
  const ends = [
    ["start", archive.messages[0]],
    ["end", archive.messages.at(-1)],
  ] as const;
  const children = ends.map(([name, message]) =>
    message === undefined
      ? ""
      : `<${name} id='${message.id}' timestamp='${new Date(message.at).toISOString()}'/>`,
  );
  return `<metadata xmlns='${NS.mam}'>${children.join("")}</metadata>`;
}

function matchesOf(
  query: Element | undefined,
  archive: Archive,
  faults: MamFaults,
): StoredMessage[] {
  const form = query?.getChild("x", NS.data);
  const values = (name: string): string[] => {
    const field = form?.getChildren("field").find((f) => f.attrs["var"] === name);
    return field?.getChildren("value").map((value) => value.text()) ?? [];
  };
  const [who] = values("with");
  const [start] = values("start");
  const [end] = values("end");
  const ids = values("ids");
  return archive.messages.filter(
    (message) =>
      faults.hides?.(message) !== true &&
      (who === undefined || message.with === bareOf(who)) &&
      (start === undefined || message.at >= Date.parse(start)) &&
      (end === undefined || message.at <= Date.parse(end)) &&
      (ids.length === 0 || ids.includes(message.id)),
  );
}

type Page = { messages: StoredMessage[]; index: number; isComplete: boolean };

/** Undefined where the id to go from is unknown and the archive admits it. */
function pageOf(
  matching: readonly StoredMessage[],
  set: Element | undefined,
  faults: MamFaults,
): Page | undefined {
  if (faults.emptyPages) return { messages: [], index: 0, isComplete: false };
  const wanted = Number(set?.getChildText("max") ?? faults.pageCap);
  const max = Math.min(Number.isNaN(wanted) ? faults.pageCap : wanted, faults.pageCap);
  const before = set?.getChildText("before") ?? undefined;
  const isBackwards = set?.getChild("before") !== undefined;
  const after = set?.getChildText("after") ?? undefined;
  const anchor = before !== undefined && before !== "" ? before : after;
  const at = anchor === undefined ? -1 : matching.findIndex((message) => message.id === anchor);
  if (anchor !== undefined && at < 0) {
    if (faults.unknownId === "item-not-found") return undefined;
    if (faults.unknownId === "empty") return { messages: [], index: 0, isComplete: false };
    return forwards(matching, 0, max);
  }
  if (!isBackwards) return forwards(matching, at + 1, max);
  const end = at < 0 ? matching.length : at;
  const start = Math.max(0, end - max);
  return { messages: matching.slice(start, end), index: start, isComplete: start === 0 };
}

function forwards(matching: readonly StoredMessage[], from: number, max: number): Page {
  const messages = matching.slice(from, from + max);
  return { messages, index: from, isComplete: from + max >= matching.length };
}

function resultFrame(
  message: StoredMessage,
  to: string,
  queryId: string | undefined,
  faults: MamFaults,
): string {
  const iso = new Date(message.at).toISOString();
  const stamp = faults.wholeSeconds ? `${iso.slice(0, 19)}Z` : iso;
  return (
    `<message xmlns='jabber:client'${attribute("from", bareOf(to))}${attribute("to", to)}>` +
    `<result xmlns='${NS.mam}'${attribute("queryid", queryId)} id='${message.id}'>` +
    `<forwarded xmlns='${NS.forward}'><delay xmlns='${NS.delay}' stamp='${stamp}'/>` +
    `${message.text}</forwarded></result></message>`
  );
}
