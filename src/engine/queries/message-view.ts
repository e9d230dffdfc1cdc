/** One message as the reader shows it. */
import type { AttachmentView, MessageView, Person } from "../../api/contract.ts";
import { shownLine } from "../../base/display.ts";
import { type Body, INLINE, type Message, type Named } from "../../mail/message.ts";
import { withoutFileFallback } from "../../mail/file-fallback.ts";
import { groupedReactions } from "../../mail/reactions.ts";
import { typeByName } from "../../mail/sniff.ts";
import { splitQuote } from "../../mail/snippet.ts";
import type { Versioned } from "../../mail/versions.ts";
import type { PersonRow } from "../../store/rows.ts";
import type { AccountContext } from "../context.ts";
import { briefNameOf, isKnown, nameOf } from "../people.ts";

/** Of a subject as it is shown. UTF-16 units. */
export const MAX_SUBJECT = 1000;

/** Whose names and history a view needs. */
export function everybodyOn(row: Message): Named["jid"][] {
  return [
    row.from,
    ...[...row.to, ...row.cc, ...row.bcc, ...(row.replyTo ?? [])].map((n) => n.jid),
  ];
}

/** I never wrote to its sender, who is no contact of mine. */
export function isStranger(message: Message, people: ReadonlyMap<string, PersonRow>): boolean {
  return message.direction === "in" && !isKnown(people.get(message.from));
}

export function messageView(
  { message, text, earlier }: Versioned,
  bodies: ReadonlyMap<number, Body | undefined>,
  people: ReadonlyMap<string, PersonRow>,
  { me }: AccountContext,
): MessageView {
  const named = (list: readonly Named[]): Person[] =>
    list.map(({ jid, name }) => ({
      jid,
      name: jid === me ? jid : nameOf(people.get(jid), jid, name),
    }));
  const replyTo = message.replyTo?.filter((n) => n.jid !== message.from) ?? [];
  const listed = [...message.to, ...message.cc];
  const sender = people.get(message.from);
  return {
    key: text.key,
    ...(message.mid.startsWith("#") ? {} : { id: message.mid }),
    kind: message.kind,
    direction: message.direction,
    from: { jid: message.from, name: nameOf(sender, message.from, message.nick) },
    ...(message.nick === undefined ? {} : { claimedName: message.nick }),
    isStranger: isStranger(message, people),
    to: named(message.to),
    cc: named(message.cc),
    bcc: message.direction === "out" ? named(message.bcc) : [],
    bccToMe:
      message.direction === "in" && message.kind === "mail" && !listed.some((n) => n.jid === me),
    ...(replyTo.length === 0 ? {} : { replyTo: named(replyTo) }),
    at: message.at,
    subject: shownLine(text.subject === "" ? message.subject : text.subject, MAX_SUBJECT),
    ...wordsOf(text, bodies.get(text.key)),
    snippet: shownLine(text.snippet),
    ...(text.lang === undefined ? {} : { lang: text.lang }),
    hasHtml: text.html === 1,
    ...(text.spoiler === undefined ? {} : { spoiler: text.spoiler }),
    ...(earlier.length === 0
      ? {}
      : {
          edited: text.at,
          versions: earlier.map((row) => ({ at: row.at, ...wordsOf(row, bodies.get(row.key)) })),
        }),
    ...retractedOf(message, text),
    ...reactionsOf([message, ...earlier, text], people),
    unread: message.unread === 1 || text.unread === 1,
    starred: message.star === 1 || text.star === 1,
    attachments: text.attachments.map((meta, index) =>
      attachmentView(meta, bodies.get(text.key)?.sources[index] ?? []),
    ),
    ...deliveryOf(message, text, people),
    ...(message.problem === undefined ? {} : { problem: message.problem }),
  };
}

function retractedOf(message: Message, text: Message): Pick<MessageView, "retracted"> {
  const at = message.retractedAt ?? text.retractedAt;
  return at === undefined ? {} : { retracted: at };
}

/** Of what is being done for it: the word that it is withdrawn, its newest version, or itself. */
function deliveryOf(
  message: Message,
  text: Message,
  people: ReadonlyMap<string, PersonRow>,
): Pick<MessageView, "delivery" | "recipients"> {
  if (message.retraction === undefined && retractedOf(message, text).retracted !== undefined)
    return {};
  const { delivery, recipients } =
    message.retraction ?? (text.delivery === undefined ? message : text);
  return {
    ...(delivery === undefined ? {} : { delivery }),
    ...(recipients === undefined
      ? {}
      : {
          recipients: recipients.map(({ jid, state, reason }) => ({
            jid,
            name: nameOf(people.get(jid), jid),
            state,
            ...(reason === undefined ? {} : { reason }),
          })),
        }),
  };
}

function reactionsOf(
  versions: readonly Message[],
  people: ReadonlyMap<string, PersonRow>,
): Pick<MessageView, "reactions"> {
  const groups = groupedReactions(versions);
  if (groups.length === 0) return {};
  return {
    reactions: groups.map(({ emoji, jids }) => ({
      emoji,
      people: jids.map((jid) => ({ jid, name: briefNameOf(people.get(jid), jid) })),
    })),
  };
}

/** Markdown that stands beside the body is what its sender meant; the body is for clients that know none. */
function wordsOf(
  row: Message,
  stored: Body | undefined,
): Pick<MessageView, "body" | "quote" | "format" | "plain"> {
  const format = row.format ?? "styled";
  const body = stored?.body ?? "";
  if (stored?.formatted?.kind !== "markdown") return { ...ownWords(stored), format };
  return {
    ...splitQuote(stored.formatted.text, []),
    format,
    ...(body === "" ? {} : { plain: body }),
  };
}

function ownWords(stored: Body | undefined): { body: string; quote: string } {
  const { body, fallbacks } = withoutFileFallback(
    { body: stored?.body ?? "", fallbacks: stored?.fallbacks ?? [] },
    stored?.sources.flat() ?? [],
  );
  return splitQuote(body, fallbacks);
}

function attachmentView(
  meta: Message["attachments"][number],
  sources: readonly string[],
): AttachmentView {
  const link = sources.find((s) => s.startsWith("https:") || s.startsWith("aesgcm:"));
  const inline = sources.some((s) => s.startsWith(INLINE));
  const { name = "", sniffed } = meta;
  const mediaType = meta.mediaType ?? typeByName(name);
  return {
    name,
    mediaType: sniffed ?? mediaType,
    ...(sniffed === undefined || mediaType === "" || sniffed === mediaType
      ? {}
      : { declared: mediaType }),
    ...(meta.cid === undefined ? {} : { cid: meta.cid }),
    ...(meta.size === undefined ? {} : { size: meta.size }),
    where: inline ? "inline" : link === undefined ? "none" : "link",
    ...(link === undefined ? {} : { url: link }),
    hashes: meta.hashes,
  };
}
