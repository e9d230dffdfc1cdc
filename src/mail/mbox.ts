/** Mail as one mbox file (RFC 4155, "mboxrd" quoting), so that it can be taken to any mail program. */
import { bytesToBase64 } from "../base/base64.ts";
import type { Jid } from "./address.ts";
import type { Message, Named } from "./message.ts";

export type ExportedMessage = {
  message: Message;
  body: string;
  attachments: { name: string; mediaType: string; base64: string }[];
  /** Domains of the senders of what `message.refs` names, in order. */
  refDomains?: readonly string[];
};

/** One message with its "From " line, ending in a blank line. Lines end in LF, as mbox has them. */
export function mboxEntry({
  message,
  body,
  attachments,
  refDomains = [],
}: ExportedMessage): string {
  const date = new Date(message.at);
  const headers = [
    `From: ${addressOf({ jid: message.from, ...(message.nick === undefined ? {} : { name: message.nick }) })}`,
    ...addressLine("To", message.to),
    ...addressLine("Cc", message.cc),
    ...addressLine("Bcc", message.bcc),
    `Subject: ${encoded(message.subject)}`,
    `Date: ${rfc5322Date(date)}`,
    `Message-ID: <${idOf(message)}>`,
    ...replyHeaders(message, refDomains),
    ...(message.thread === undefined ? [] : [`X-XMPP-Thread: ${encoded(message.thread)}`]),
    `X-XMPP-Type: ${message.kind === "chat" ? "chat" : "normal"}`,
    "MIME-Version: 1.0",
  ];
  const text = [
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: base64",
    "",
    base64Lines(utf8Base64(body)),
  ];
  const content =
    attachments.length === 0
      ? text
      : multipart(text, attachments, `envoi-${message.key}-${message.at}`);
  const from = `From ${message.from} ${asctime(date)}`;
  const lines = [...headers, ...content].join("\n").split("\n");
  return `${from}\n${lines.map((line) => (/^>*From /.test(line) ? `>${line}` : line)).join("\n")}\n\n`;
}

/** RFC 5322 section 3.6.4: the parent, and everything before it. */
function replyHeaders(message: Message, domains: readonly string[]): string[] {
  const ids = (message.refs ?? []).map(
    (ref, index) => `<${token(ref)}@${domains[index] ?? domain(message.from)}>`,
  );
  const [parent, ...others] = ids;
  if (parent === undefined) return [];
  return [`In-Reply-To: ${parent}`, `References: ${[...others, parent].join("\n ")}`];
}

function multipart(
  text: string[],
  attachments: ExportedMessage["attachments"],
  boundary: string,
): string[] {
  return [
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    "",
    `--${boundary}`,
    ...text,
    ...attachments.flatMap(({ name, mediaType, base64 }) => [
      `--${boundary}`,
      `Content-Type: ${/^[\w.+-]+\/[\w.+-]+$/.test(mediaType) ? mediaType : "application/octet-stream"}`,
      "Content-Transfer-Encoding: base64",
      `Content-Disposition: attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
      "",
      base64Lines(base64),
    ]),
    `--${boundary}--`,
  ];
}

function addressLine(header: string, people: readonly Named[]): string[] {
  return people.length === 0 ? [] : [`${header}: ${people.map(addressOf).join(",\n ")}`];
}

function addressOf({ jid, name }: Named): string {
  return name === undefined || name === jid ? jid : `${encoded(name)} <${jid}>`;
}

/** RFC 2047 encoded words, folded; control characters cannot pass. */
function encoded(text: string): string {
  const plain = text.replaceAll(/[\r\n\0]+/g, " ");
  if (/^[\x20-\x7e]*$/.test(plain) && !plain.includes("=?") && !/[<>"(),:;@]/.test(plain))
    return plain;
  const words: string[] = [];
  let chunk = "";
  for (const point of plain) {
    if (new TextEncoder().encode(chunk + point).length > 42) {
      words.push(chunk);
      chunk = "";
    }
    chunk += point;
  }
  words.push(chunk);
  return words.map((word) => `=?utf-8?B?${utf8Base64(word)}?=`).join("\n ");
}

function idOf(message: Message): string {
  return `${token(message.mid)}@${domain(message.from)}`;
}

function token(text: string): string {
  return text.replaceAll(/[^\w.+=-]/g, (c) => `%${c.codePointAt(0)?.toString(16) ?? ""}`);
}

function domain(jid: Jid): string {
  return jid.slice(jid.indexOf("@") + 1);
}

function utf8Base64(text: string): string {
  return bytesToBase64(new TextEncoder().encode(text));
}

function base64Lines(base64: string): string {
  return base64.replaceAll(/(.{76})(?=.)/g, "$1\n");
}

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function rfc5322Date(date: Date): string {
  const day = `${DAYS[date.getUTCDay()] ?? ""}, ${date.getUTCDate()} ${MONTHS[date.getUTCMonth()] ?? ""} ${date.getUTCFullYear()}`;
  return `${day} ${clock(date)} +0000`;
}

function asctime(date: Date): string {
  const day = String(date.getUTCDate()).padStart(2, " ");
  return `${DAYS[date.getUTCDay()] ?? ""} ${MONTHS[date.getUTCMonth()] ?? ""} ${day} ${clock(date)} ${date.getUTCFullYear()}`;
}

function clock(date: Date): string {
  return [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()]
    .map((n) => String(n).padStart(2, "0"))
    .join(":");
}
