/**
 * Sends the demo's mail over XMPP, from everybody's own account, in the order it was written; the times are set
 * afterwards (backdate.ts). One message after another: the archive's order is the order of arrival.
 */
import { createHash } from "node:crypto";
import { type Element, xml } from "@xmpp/xml";
import type { Jid } from "../../src/mail/address.ts";
import type { OutgoingCopy } from "../../src/mail/outgoing.ts";
import { buildMessage } from "../../src/xmpp/message.ts";
import { openSession, type Session } from "../../src/xmpp/session.ts";
import type { Server } from "../servers/server.ts";
import { type DemoPerson, PEOPLE } from "./people.ts";
import { landscape, pdf, portrait } from "./pictures.ts";
import type { PersonName, ScriptConversation, ScriptFile, ScriptMessage } from "./script.ts";

/** When each message was written, by its id; epoch ms. */
export type WrittenAt = Map<string, number>;

export async function seed(
  server: Server,
  passwords: Record<PersonName, string>,
  conversations: readonly ScriptConversation[],
  say: (line: string) => void,
): Promise<WrittenAt> {
  const sessions = await signInAll(server, passwords);
  await publishProfiles(sessions);
  await fillRoster(sessions.get("alice"), "alice");
  await fillRoster(sessions.get("bob"), "bob");
  const now = Date.now();
  const planned = conversations.flatMap(plan).sort((a, b) => b.message.ago - a.message.ago);
  const written: WrittenAt = new Map();
  let last = "";
  for (const [index, { message, stanzas, id }] of planned.entries()) {
    const session = sessions.get(message.from);
    if (session === undefined) throw new Error(`nobody is signed in as ${message.from}`);
    // What the one before sent must be with the server before the next one writes.
    if (last !== "" && last !== message.from) await sessions.get(last as PersonName)?.ping();
    for (const stanza of stanzas) session.send(stanza);
    last = message.from;
    written.set(id, now - message.ago * 60_000);
    if (index % 100 === 99) say(`  ${index + 1} of ${planned.length} messages sent`);
  }
  await Promise.all([...sessions.values()].map((session) => session.ping()));
  await Promise.all([...sessions.values()].map((session) => session.close()));
  return written;
}

async function signInAll(
  server: Server,
  passwords: Record<PersonName, string>,
): Promise<Map<PersonName, Session>> {
  const entries = Object.entries(PEOPLE) as [PersonName, DemoPerson][];
  const sessions = await Promise.all(
    entries.map(async ([name, { address }]) => {
      const session = await openSession({
        service: server.wsUrl,
        jid: address as Jid,
        credential: { kind: "password", password: passwords[name] },
        scramSeen: false,
        clientId: "demo",
        software: "Envoi demo",
        onInbound: () => undefined,
        onClosed: () => undefined,
      });
      return [name, session] as const;
    }),
  );
  return new Map(sessions);
}

/** Name and picture as a vCard (XEP-0054), which a server shows to everybody. */
async function publishProfiles(sessions: Map<PersonName, Session>): Promise<void> {
  await Promise.all(
    [...sessions].map(async ([name, session]) => {
      const { picture, name: fullName } = PEOPLE[name];
      const photo =
        picture === undefined
          ? []
          : [
              xml(
                "PHOTO",
                {},
                xml("TYPE", {}, "image/png"),
                xml("BINVAL", {}, portrait(picture).toString("base64")),
              ),
            ];
      await session.iq({
        type: "set",
        child: xml("vCard", { xmlns: "vcard-temp" }, xml("FN", {}, fullName), ...photo),
      });
    }),
  );
}

async function fillRoster(session: Session | undefined, owner: PersonName): Promise<void> {
  for (const [name, { address, inRoster }] of Object.entries(PEOPLE)) {
    if (session === undefined || inRoster === undefined || name === owner) continue;
    const item = xml("item", { jid: address, name: inRoster });
    await session.iq({ type: "set", child: xml("query", { xmlns: "jabber:iq:roster" }, item) });
  }
}

type Planned = { message: ScriptMessage; id: string; stanzas: Element[] };

/** The stanzas of a conversation, with their thread and what each answers. */
function plan(conversation: ScriptConversation): Planned[] {
  const thread = crypto.randomUUID();
  const ids = conversation.messages.map(() => crypto.randomUUID());
  return conversation.messages.map((message, index) => {
    const id = ids[index] ?? "";
    if (message.chat !== undefined)
      return { message, id, stanzas: chatStanzas(message, id, thread) };
    const answered = index === 0 ? undefined : (message.answers ?? index - 1);
    return {
      message,
      id,
      stanzas: mailStanzas(conversation, message, { id, thread, ids, answered }),
    };
  });
}

function chatStanzas(message: ScriptMessage, id: string, thread: string): Element[] {
  return message.to.map((to) =>
    xml(
      "message",
      { to: PEOPLE[to].address, type: "chat", id },
      xml("body", {}, message.body),
      ...(message.chat === "thread" ? [xml("thread", {}, thread)] : []),
      xml("origin-id", { xmlns: "urn:xmpp:sid:0", id }),
    ),
  );
}

function mailStanzas(
  conversation: ScriptConversation,
  message: ScriptMessage,
  context: { id: string; thread: string; ids: readonly string[]; answered: number | undefined },
): Element[] {
  const { id, thread, ids, answered } = context;
  const original = answered === undefined ? undefined : conversation.messages[answered];
  const text =
    original !== undefined && message.quote === true
      ? withQuote(message.body, original)
      : undefined;
  const listed = [
    ...message.to.map((name) => ({ type: "to" as const, name })),
    ...(message.cc ?? []).map((name) => ({ type: "cc" as const, name })),
  ];
  return listed.map(({ name }) => {
    const copy: OutgoingCopy = {
      to: PEOPLE[name].address as Jid,
      id,
      ...(conversation.subject === undefined ? {} : { subject: conversation.subject }),
      body: text?.body ?? message.body,
      thread: { id: thread },
      ...(original === undefined || answered === undefined
        ? {}
        : { reply: { id: ids[answered] ?? "", to: PEOPLE[original.from].address as Jid } }),
      fallbacks:
        text === undefined ? [] : [{ for: "urn:xmpp:reply:0", start: text.start, end: text.end }],
      addresses: listed.map((entry) => ({
        type: entry.type,
        jid: PEOPLE[entry.name].address as Jid,
        desc: PEOPLE[entry.name].name,
        delivered: true,
      })),
    };
    const stanza = buildMessage(copy);
    if (message.lang !== undefined) stanza.attrs["xml:lang"] = message.lang;
    stanza.append(
      xml("nick", { xmlns: "http://jabber.org/protocol/nick" }, PEOPLE[message.from].name),
    );
    for (const file of message.files ?? []) stanza.append(...fileElements(file));
    return stanza;
  });
}

function withQuote(
  body: string,
  original: ScriptMessage,
): { body: string; start: number; end: number } {
  const who = PEOPLE[original.from];
  const lines = original.body
    .trim()
    .split("\n")
    .map((line) => (line === "" ? ">" : `> ${line}`));
  const quote = `${who.name} <${who.address}> wrote:\n${lines.join("\n")}`;
  const whole = `${body.trimEnd()}\n\n${quote}`;
  const end = Array.from(whole).length;
  return { body: whole, start: end - Array.from(quote).length, end };
}

/** Stateless file sharing (XEP-0447); a file on a web server is told out of band as well (XEP-0066). */
function fileElements(file: ScriptFile): Element[] {
  const { content, name, mediaType } = file;
  const bytes = "url" in content ? undefined : bytesOf(content);
  const target =
    "url" in content ? content.url : `data:${mediaType};base64,${bytes?.toString("base64") ?? ""}`;
  const size = "url" in content ? content.size : (bytes?.length ?? 0);
  const hash =
    bytes === undefined
      ? []
      : [
          xml(
            "hash",
            { xmlns: "urn:xmpp:hashes:2", algo: "sha-256" },
            createHash("sha256").update(bytes).digest("base64"),
          ),
        ];
  const sharing = xml(
    "file-sharing",
    { xmlns: "urn:xmpp:sfs:0", disposition: "attachment" },
    xml(
      "file",
      { xmlns: "urn:xmpp:file:metadata:0" },
      xml("name", {}, name),
      xml("media-type", {}, mediaType),
      xml("size", {}, String(size)),
      ...hash,
    ),
    xml("sources", {}, xml("url-data", { xmlns: "http://jabber.org/protocol/url-data", target })),
  );
  return "url" in content
    ? [sharing, xml("x", { xmlns: "jabber:x:oob" }, xml("url", {}, content.url))]
    : [sharing];
}

function bytesOf(content: { text: string } | { png: number } | { pdf: string }): Buffer {
  if ("text" in content) return Buffer.from(content.text);
  return "png" in content ? landscape(content.png) : pdf(content.pdf);
}
