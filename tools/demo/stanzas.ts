/** The demo's messages as they go over the wire, built by the app's own code where it has some. */
import { createHash } from "node:crypto";
import { type Element, xml } from "@xmpp/xml";
import type { Jid } from "../../src/mail/address.ts";
import type { OutgoingCopy } from "../../src/mail/outgoing.ts";
import { buildMessage } from "../../src/xmpp/message.ts";
import { PEOPLE } from "./people.ts";
import { landscape, pdf } from "./pictures.ts";
import type { PersonName, ScriptConversation, ScriptFile, ScriptMessage } from "./script.ts";
import { writtenAt } from "./times.ts";

/** A message of the script with its id, its time (epoch ms) and one stanza for each recipient. */
export type PlannedMessage = {
  id: string;
  from: PersonName;
  at: number;
  stanzas: Element[];
};

/** Everything that is written, in the order of time. */
export function planMessages(
  conversations: readonly ScriptConversation[],
  now: number,
): PlannedMessage[] {
  return conversations
    .flatMap((conversation) => planConversation(conversation, now))
    .sort((a, b) => a.at - b.at);
}

function planConversation(conversation: ScriptConversation, now: number): PlannedMessage[] {
  const context: Context = {
    conversation,
    thread: crypto.randomUUID(),
    ids: conversation.messages.map(() => crypto.randomUUID()),
    now,
  };
  return conversation.messages.map((message, index) => ({
    id: context.ids[index] ?? "",
    from: message.from,
    at: writtenAt(message.ago * 60_000, now),
    stanzas: message.chat === undefined ? mails(context, index) : chats(context, index),
  }));
}

type Context = {
  conversation: ScriptConversation;
  thread: string;
  ids: readonly string[];
  now: number;
};

function messageAt({ conversation }: Context, index: number): ScriptMessage {
  const message = conversation.messages[index];
  if (message === undefined) throw new Error(`${conversation.subject ?? "-"} has no ${index}`);
  return message;
}

function chats(context: Context, index: number): Element[] {
  const message = messageAt(context, index);
  const id = context.ids[index] ?? "";
  return message.to.map((to) =>
    xml(
      "message",
      { to: PEOPLE[to].address, type: "chat", id },
      xml("body", {}, message.body),
      ...(message.chat === "thread" ? [xml("thread", {}, context.thread)] : []),
      xml("origin-id", { xmlns: "urn:xmpp:sid:0", id }),
    ),
  );
}

function mails(context: Context, index: number): Element[] {
  const { conversation, thread, ids } = context;
  const message = messageAt(context, index);
  const answered = answeredBy(message, index);
  const { body, quoteLength } = bodyOf(context, index);
  const end = Array.from(body).length;
  const listed = [
    ...message.to.map((name) => ({ type: "to" as const, name })),
    ...(message.cc ?? []).map((name) => ({ type: "cc" as const, name })),
  ];
  const files = (message.files ?? []).map(withBytes);
  return listed.map(({ name }) => {
    const copy: OutgoingCopy = {
      to: PEOPLE[name].address as Jid,
      id: ids[index] ?? "",
      ...(conversation.subject === undefined ? {} : { subject: conversation.subject }),
      body,
      thread: { id: thread },
      ...(answered === undefined
        ? {}
        : {
            reply: {
              id: ids[answered] ?? "",
              to: PEOPLE[messageAt(context, answered).from].address as Jid,
            },
          }),
      fallbacks:
        quoteLength === 0 ? [] : [{ for: "urn:xmpp:reply:0", start: end - quoteLength, end }],
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
      xml("content", { xmlns: "urn:xmpp:content", type: "text/markdown" }),
      xml("nick", { xmlns: "http://jabber.org/protocol/nick" }, PEOPLE[message.from].name),
      ...files.flatMap(fileElements),
    );
    return stanza;
  });
}

function answeredBy(message: ScriptMessage, index: number): number | undefined {
  return index === 0 ? undefined : (message.answers ?? index - 1);
}

/** What was written, with what it answers quoted below, and what that quotes in its turn. */
function bodyOf(context: Context, index: number): { body: string; quoteLength: number } {
  const message = messageAt(context, index);
  const answered = answeredBy(message, index);
  if (message.quote !== true || answered === undefined)
    return { body: message.body, quoteLength: 0 };
  const original = messageAt(context, answered);
  const who = PEOPLE[original.from];
  const at = new Date(writtenAt(original.ago * 60_000, context.now));
  // Swedish writes dates as the app does in quotes: 2026-11-23 19:45.
  const stamp = at.toLocaleString("sv-SE", { dateStyle: "short", timeStyle: "short" });
  const lines = bodyOf(context, answered)
    .body.split("\n")
    .map((line) => (line === "" ? ">" : `> ${line}`));
  const quote = `On ${stamp}, ${who.name} <${who.address}> wrote:\n${lines.join("\n")}`;
  return { body: `${message.body}\n\n${quote}`, quoteLength: Array.from(quote).length };
}

type FileWithBytes = ScriptFile & { bytes: Buffer | undefined };

/** Drawn once, however many people get it; undefined for what stays on a web server. */
function withBytes(file: ScriptFile): FileWithBytes {
  const { content } = file;
  if ("url" in content) return { ...file, bytes: undefined };
  if ("text" in content) return { ...file, bytes: Buffer.from(content.text) };
  return { ...file, bytes: "png" in content ? landscape(content.png) : pdf(content.pdf) };
}

/** Stateless file sharing (XEP-0447); a file on a web server is told out of band as well (XEP-0066). */
function fileElements({ content, name, mediaType, bytes }: FileWithBytes): Element[] {
  const size = "url" in content ? content.size : (bytes?.length ?? 0);
  const target =
    "url" in content ? content.url : `data:${mediaType};base64,${bytes?.toString("base64") ?? ""}`;
  const file = xml(
    "file",
    { xmlns: "urn:xmpp:file:metadata:0" },
    xml("name", {}, name),
    xml("media-type", {}, mediaType),
    xml("size", {}, String(size)),
  );
  if (bytes !== undefined) {
    const sum = createHash("sha256").update(bytes).digest("base64");
    file.append(xml("hash", { xmlns: "urn:xmpp:hashes:2", algo: "sha-256" }, sum));
  }
  const sharing = xml(
    "file-sharing",
    { xmlns: "urn:xmpp:sfs:0", disposition: "attachment" },
    file,
    xml("sources", {}, xml("url-data", { xmlns: "http://jabber.org/protocol/url-data", target })),
  );
  return "url" in content
    ? [sharing, xml("x", { xmlns: "jabber:x:oob" }, xml("url", {}, content.url))]
    : [sharing];
}
