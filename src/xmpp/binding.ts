/** From an authenticated stream to one that carries stanzas: resumption, a resource, stream management. */
import { type Element, xml } from "@xmpp/xml";
import { type FullJid, parseAddress } from "../mail/address.ts";
import { ConnectionError } from "./connection-error.ts";
import { parseStanzaError } from "./stanza-error.ts";
import type { StreamReader } from "./stream-reader.ts";
import {
  buildEnable,
  buildResume,
  isCovered,
  NS_SM,
  parseCount,
  parseEnabled,
  type ResumeState,
  StreamManagement,
} from "./stream-management.ts";

const NS_BIND = "urn:ietf:params:xml:ns:xmpp-bind";

export type Ready = {
  fullJid: FullJid;
  sm: StreamManagement | undefined;
  resumed: boolean;
  /** How many stanzas of the earlier stream its server had, where it says so. */
  earlierHandled: number | undefined;
  /** What came while we negotiated, in order; before `<enabled/>` nothing is counted (XEP-0198 section 3). */
  early: { element: Element; counted: boolean }[];
};

/** What became of the earlier stream. */
export type Resumption = Pick<Ready, "earlierHandled"> & { sm: StreamManagement | undefined };

/** Reads `<resumed/>` or `<failed/>`; no answer is a failure too. */
export function takeResumption(
  resume: ResumeState | undefined,
  answer: Element | undefined,
): Resumption {
  if (resume === undefined || answer === undefined)
    return { earlierHandled: undefined, sm: undefined };
  // `<failed/>` may say, too, how far the server had come (section 5).
  const earlierHandled = handledOf(answer, resume);
  const isResumed = answer.is("resumed", NS_SM) && earlierHandled !== undefined;
  if (!isResumed) return { earlierHandled, sm: undefined };
  const { id, inbound } = resume;
  return { earlierHandled, sm: new StreamManagement(id, { inbound, outbound: earlierHandled }) };
}

/** The count in an answer to `<resume/>`. A server that counts what it never got is believed nothing (section 6). */
function handledOf(answer: Element, { sent }: ResumeState): number | undefined {
  const text = answer.attrs["h"];
  const resumed = answer.is("resumed", NS_SM);
  if (text === undefined && !resumed) return undefined;
  const count = parseCount(text);
  const isLie = count === undefined || (sent !== undefined && !isCovered(count, sent));
  if (!isLie) return count;
  if (resumed) throw new ConnectionError("lost", "the server acknowledged more than was sent");
  return undefined;
}

/** Each step in a round trip of its own, as RFC 6120 and XEP-0198 have it. */
export async function becomeReady(
  options: { resume?: ResumeState; resumable?: boolean },
  features: Element,
  reader: StreamReader,
): Promise<Ready> {
  const { resume } = options;
  const hasSm = features.getChild("sm", NS_SM) !== undefined;
  const answer =
    resume !== undefined && hasSm ? await reader.exchange(buildResume(resume)) : undefined;
  const { sm, earlierHandled } = takeResumption(resume, answer);
  if (resume !== undefined && sm !== undefined)
    return { fullJid: resume.fullJid, sm, resumed: true, earlierHandled, early: [] };
  return bindAndEnable({ ...options, hasSm, earlierHandled }, reader);
}

/** A resource, and stream management where there is any. */
export async function bindAndEnable(
  options: { resumable?: boolean; hasSm: boolean; earlierHandled: number | undefined },
  reader: StreamReader,
): Promise<Ready> {
  const early: Element[] = [];
  const fullJid = await bind(reader, early);
  const sm = options.hasSm ? await enable(reader, early, options.resumable === true) : undefined;
  return {
    fullJid,
    sm,
    resumed: false,
    earlierHandled: options.earlierHandled,
    early: early.map((element) => ({ element, counted: false })),
  };
}

async function bind(reader: StreamReader, early: Element[]): Promise<FullJid> {
  const id = crypto.randomUUID();
  const answer = await reader.exchangeFor(
    xml("iq", { xmlns: "jabber:client", type: "set", id }, xml("bind", { xmlns: NS_BIND })),
    (element) => element.name === "iq" && element.attrs["id"] === id,
    early,
  );
  const fullJid = answer.getChild("bind", NS_BIND)?.getChildText("jid") ?? "";
  if (answer.attrs["type"] !== "result" || !parseAddress(fullJid).ok) {
    const { condition } = parseStanzaError(answer);
    throw new ConnectionError(
      // RFC 6120 section 7.6.2: too many sessions already, or the server wants none of ours now.
      condition === "conflict" ? "conflict" : "busy",
      `no resource: ${condition}`,
    );
  }
  // What was bound counts: a server may know the account under another spelling.
  return fullJid as FullJid;
}

/** Stream management on a stream that has its resource. */
export async function enable(
  reader: StreamReader,
  early: Element[],
  resumable: boolean,
): Promise<StreamManagement | undefined> {
  const answer = await reader.exchangeFor(
    buildEnable(resumable),
    (element) => element.is("enabled", NS_SM) || element.is("failed", NS_SM),
    early,
  );
  return answer.is("enabled", NS_SM) ? new StreamManagement(parseEnabled(answer)) : undefined;
}
