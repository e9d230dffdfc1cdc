/** Where messages go: archives, sessions, carbons, the offline queue, or back (RFC 6121 section 8, XEP-0280, XEP-0313). */
import type { Element } from "@xmpp/xml";
import type { Account } from "./account.ts";
import type { Session } from "./session.ts";
import type { HostileServer } from "./server.ts";
import { attribute, bareOf, domainOf, errorFor, NS, parseXml } from "./xml.ts";

/** A message that the server has taken; `sender` where it came from a session here. */
export function routeMessage(
  server: HostileServer,
  stanza: Element,
  sender: Session | undefined,
): void {
  const from = stanza.attrs["from"] ?? "";
  const to = bareOf(stanza.attrs["to"] ?? from);
  const recipient = server.account(to);
  const kept = server.hasArchive && isWorthKeeping(stanza);
  const sent = sender !== undefined && kept ? keep(server, sender.account, stanza) : undefined;
  const isToSelf = sender?.account === recipient;
  const receivedId = !kept || recipient === undefined ? undefined : keepAt(isToSelf);
  server.reached("stored", { stanza, sender });
  if (recipient === undefined) bounce(server, stanza, sender);
  else deliverTo(server, recipient, stamped(stanza, recipient.jid, receivedId), sender);
  if (sender !== undefined)
    carbons(server, sender.account, "sent", stanza, sent, new Set([sender]));
  server.reached("delivered", { stanza, sender });

  function keepAt(same: boolean): string | undefined {
    return same || recipient === undefined ? sent : keep(server, recipient, stanza);
  }
}

/** Puts a message into an archive. Returns its id there. */
function keep(server: HostileServer, account: Account, stanza: Element): string {
  const [from, to] = [bareOf(stanza.attrs["from"] ?? ""), bareOf(stanza.attrs["to"] ?? "")];
  const id = server.newId();
  const other = from === account.jid ? to : from;
  account.archive.add({ id, at: server.clock.now(), with: other, text: stanza.toString() });
  return id;
}

/** To the account's sessions, else into its offline queue. */
export function deliverTo(
  server: HostileServer,
  account: Account,
  stanza: Element,
  sender: Session | undefined,
): void {
  const text = stanza.toString();
  const sessions = sessionsFor(server, account, stanza.attrs["to"] ?? "");
  for (const session of sessions) {
    server.log.gave(stanza, session.jid, "live", server.clock.now());
    session.deliver(text);
  }
  if (sessions.length === 0 && stanza.attrs["type"] !== "error") {
    const stamp = new Date(server.clock.now()).toISOString();
    const late = `<delay xmlns='${NS.delay}' from='${server.domain}' stamp='${stamp}'/>`;
    account.offline.push(text.replace(/<\/message>$/, `${late}</message>`));
  }
  const except = new Set(sessions);
  if (sender?.account === account) except.add(sender);
  if (sender?.account !== account) carbons(server, account, "received", stanza, undefined, except);
}

/** RFC 6121 section 8.5: that very session, else whoever is available. */
function sessionsFor(server: HostileServer, account: Account, to: string): Session[] {
  const exact = [...account.sessions].filter((session) => session.jid === to);
  if (exact.length > 0) return exact;
  const present = [...account.sessions].filter((session) => (session.priority ?? -1) >= 0);
  if (server.options.toBare !== "one") return present;
  const best = Math.max(...present.map((session) => session.priority ?? -1));
  return present.filter((session) => session.priority === best).slice(-1);
}

function carbons(
  server: HostileServer,
  account: Account,
  direction: "sent" | "received",
  stanza: Element,
  archiveId: string | undefined,
  except: ReadonlySet<Session>,
): void {
  const isPrivate = stanza.getChild("private", NS.carbons) !== undefined;
  const isError = stanza.attrs["type"] === "error";
  if (isPrivate || isError || stanza.getChild("body") === undefined) return;
  const inner = direction === "sent" ? stamped(stanza, account.jid, archiveId) : stanza;
  for (const session of account.sessions) {
    if (!session.hasCarbons || except.has(session)) continue;
    server.log.gave(stanza, session.jid, "carbon", server.clock.now());
    session.deliver(
      `<message xmlns='jabber:client'${attribute("from", account.jid)}${attribute("to", session.jid)}>` +
        `<${direction} xmlns='${NS.carbons}'><forwarded xmlns='${NS.forward}'>${inner.toString()}` +
        `</forwarded></${direction}></message>`,
    );
  }
}

/** What waited for the account goes to the session that just became available. */
export function pourOffline(server: HostileServer, session: Session): void {
  if (session.wantsNoFlood) return;
  const waiting = session.account.offline.splice(0);
  for (const text of waiting) {
    const stanza = parseXml(text);
    if (stanza !== undefined) server.log.gave(stanza, session.jid, "offline", server.clock.now());
    session.deliver(text);
  }
}

/** RFC 6121 section 8.5.1 for our own domain; for others no server can be found. */
function bounce(server: HostileServer, stanza: Element, sender: Session | undefined): void {
  if (stanza.attrs["type"] === "error") return;
  const isOurs = domainOf(stanza.attrs["to"] ?? "") === server.domain;
  const [condition, text] = isOurs
    ? ["service-unavailable", "No such user"]
    : ["remote-server-not-found", "No such host"];
  sender?.deliver(errorFor(stanza, condition, "cancel", text));
}

/** XEP-0359: the archive's id, said by the account itself. */
function stamped(stanza: Element, by: string, id: string | undefined): Element {
  const copy = parseXml(stanza.toString()) ?? stanza;
  if (id === undefined) return copy;
  const mark = parseXml(`<stanza-id xmlns='${NS.ids}' by='${by}' id='${id}'/>`);
  if (mark !== undefined) copy.append(mark);
  return copy;
}

function isWorthKeeping(stanza: Element): boolean {
  const { type } = stanza.attrs;
  if (type === "error" || type === "groupchat") return false;
  if (stanza.getChild("no-store", NS.hints) !== undefined) return false;
  return stanza.getChild("body") !== undefined || stanza.getChild("store", NS.hints) !== undefined;
}
