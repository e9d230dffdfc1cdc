/** What the server answers to requests (iq), RFC 6120 section 8.2.3. */
import type { Element } from "@xmpp/xml";
import { answerQuery, metadataOf } from "./archive.ts";
import type { Faults, Mute } from "./faults.ts";
import { nodeItems, privateXmlAnswer, pubsubAnswer } from "./pep.ts";
import type { HostileServer } from "./server.ts";
import type { Session } from "./session.ts";
import { attribute, errorFor, escapeXml, NS } from "./xml.ts";

/** The frames to answer with, in order; none where the server stays silent. */
export function answerIq(server: HostileServer, session: Session, iq: Element): string[] {
  const { type, to } = iq.attrs;
  const me = session.account.jid;
  if (type !== "get" && type !== "set") return passOn(server, iq);
  const [child] = iq.getChildElements();
  const ns = child?.getNS() ?? "";
  if (isMute(server.faults, ns)) return [];
  const isMine = to === undefined || to === me || to === session.jid || to === server.domain;
  if (!isMine) return toOthers(server, iq);
  switch (`${child?.name ?? ""} ${ns}`) {
    case `query ${NS.mam}`:
      return server.hasArchive ? archiveAnswer(server, session, iq) : [unavailable(iq)];
    case `metadata ${NS.mam}`:
      return server.hasArchive
        ? [result(iq, session, metadataOf(session.account.archive))]
        : [unavailable(iq)];
    case `query ${NS.info}`:
      return infoAnswer(server, session, iq, child?.attrs["node"]);
    case `pubsub ${NS.pubsub}`:
    case `pubsub ${NS.owner}`:
      return [server.options.pep === true ? pubsubAnswer(server, session, iq) : unavailable(iq)];
    case `query ${NS.privateXml}`:
      return child !== undefined && server.options.privateXml === true
        ? [privateXmlAnswer(session, iq, child)]
        : [unavailable(iq)];
    case `query ${NS.items}`:
      if (child?.attrs["node"] !== undefined && server.options.pep === true)
        return [nodeItems(server, session, iq, child)];
      return [result(iq, session, `<query xmlns='${NS.items}'/>`)];
    case `enable ${NS.carbons}`:
    case `disable ${NS.carbons}`:
      session.hasCarbons = child?.name === "enable";
      return [result(iq, session, "")];
    case `ping ${NS.ping}`:
      return [result(iq, session, "")];
    case `time ${NS.time}`:
      return [result(iq, session, timeOf(server))];
    case `query ${NS.roster}`:
      return [result(iq, session, rosterOf(session))];
    default:
      return [unavailable(iq)];
  }
}

function isMute({ mute }: Faults, ns: string): boolean {
  const is = (...words: Mute[]): boolean => words.some((word) => mute.has(word));
  if (ns === NS.pubsub || ns === NS.owner) return is("iq", "pep");
  return is("iq") || (ns === NS.mam && is("mam")) || (ns === NS.ping && is("ping"));
}

function archiveAnswer(server: HostileServer, session: Session, iq: Element): string[] {
  const answer = answerQuery(iq, session.account.archive, server.faults.mam, session.jid);
  if ("error" in answer) return [errorFor(iq, answer.error)];
  return server.faults.mute.has("fin") ? answer.results : [...answer.results, answer.fin];
}

const PEP = "<identity category='pubsub' type='pep'/>";

function infoAnswer(
  server: HostileServer,
  session: Session,
  iq: Element,
  node: string | undefined,
): string[] {
  if (node === NS.offline) {
    session.wantsNoFlood = true;
    return [unavailable(iq)];
  }
  const archive = server.hasArchive ? [NS.mam, `${NS.mam}#extended`, NS.ids] : [];
  const { pep: hasPep, features: more = [] } = server.options;
  const pep = hasPep === true ? [NS.pubsub, `${NS.pubsub}#publish-options`] : [];
  const features = [NS.info, NS.ping, NS.carbons, ...archive, ...pep, ...more];
  const list = features.map((feature) => `<feature var='${escapeXml(feature)}'/>`).join("");
  return [
    result(
      iq,
      session,
      `<query xmlns='${NS.info}'><identity category='server' type='im'/>${hasPep === true ? PEP : ""}${list}</query>`,
    ),
  ];
}

/** XEP-0202. */
function timeOf({ clock }: HostileServer): string {
  const utc = new Date(clock.now()).toISOString();
  return `<time xmlns='${NS.time}'><tzo>+00:00</tzo><utc>${utc}</utc></time>`;
}

function rosterOf({ account }: Session): string {
  const items = account.roster.map(
    ({ jid, name }) =>
      `<item${attribute("jid", jid)}${attribute("name", name)} subscription='both'/>`,
  );
  return `<query xmlns='${NS.roster}'>${items.join("")}</query>`;
}

/** An answer, or a question to another person's session. */
function passOn(server: HostileServer, iq: Element): string[] {
  const to = iq.attrs["to"] ?? "";
  const session = server.sessionAt(to);
  session?.deliver(iq.toString());
  return [];
}

function toOthers(server: HostileServer, iq: Element): string[] {
  return server.sessionAt(iq.attrs["to"] ?? "") === undefined
    ? [unavailable(iq)]
    : passOn(server, iq);
}

function result(iq: Element, session: Session, child: string): string {
  const { id, to } = iq.attrs;
  return (
    `<iq xmlns='jabber:client' type='result'${attribute("id", id)}${attribute("from", to)}` +
    `${attribute("to", session.jid)}>${child}</iq>`
  );
}

function unavailable(iq: Element): string {
  return errorFor(iq, "service-unavailable");
}
