/**
 * Writes many messages straight into Prosody's archive, for benchmarks and for accounts with a long past. The server is
 * stopped meanwhile. Rows look as mod_mam writes them: the stanza as XML, "when" in seconds, "with" the other side.
 */
import { DatabaseSync } from "node:sqlite";

export type BulkOptions = {
  user: string;
  host: string;
  /** Messages altogether. */
  count: number;
  /** Share of conversations that are chat, 0 to 1; the rest is mail. */
  chats: number;
  /** Mails of one conversation. */
  perConversation?: number;
  /** What ids and threads begin with, where an archive is filled twice. */
  prefix?: string;
  /** Time of the newest, epoch ms, and between two, ms. */
  newestAt?: number;
  stepMs?: number;
  /** The last message comes from the other side, with this beside its text. */
  html?: string;
};

const SUBJECTS = [
  "Survey of the north wall",
  "Invoice",
  "Lunch on Sunday",
  "Paper samples",
  "The ladder",
  "Minutes",
  "Train times",
  "Rehearsal",
];
const TEXTS = [
  "The boat leaves at seven. If the wind stays under 20 knots we can finish both before lunch.",
  "Attached is what you asked for. Tell me if something is missing, I am at my desk until five.",
  "Can you come a little earlier? There is a table to be carried, and a ladder, and perhaps a cat.",
  "I measured it twice because I did not believe it the first time. It is still round.",
];

/** Fills the archive; oldest first, so that its order is time's. */
export function fillArchive(databaseFile: string, options: BulkOptions): void {
  const {
    user,
    host,
    count,
    chats,
    perConversation = 3,
    prefix = "",
    newestAt = Date.now() - 60_000,
    stepMs = 60_000,
    html,
  } = options;
  const me = `${user}@${host}`;
  const db = new DatabaseSync(databaseFile);
  try {
    db.exec("BEGIN");
    const insert = db.prepare(
      'INSERT INTO prosodyarchive (host, "user", store, "key", "when", "with", type, value) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
    for (let i = 0; i < count; i++) {
      const at = newestAt - (count - 1 - i) * stepMs;
      const conversation = Math.floor(i / perConversation);
      // Whole conversations, evenly spread.
      const isChat = Math.floor((conversation + 1) * chats) > Math.floor(conversation * chats);
      const other = `person${(conversation * 7) % 211}@${host}`;
      const isFormatted = html !== undefined && i === count - 1;
      const mine = i % 3 === 1 && !isFormatted;
      const name = prefix + id(i);
      const stanza = isChat
        ? chat(i, name, me, other, mine)
        : mail(
            i,
            name,
            me,
            other,
            mine,
            `${prefix}${conversation}`,
            isFormatted ? html : undefined,
          );
      insert.run(
        host,
        user,
        "archive",
        `${prefix}bulk-${i}`,
        Math.round(at / 1000),
        other,
        "xml",
        stanza,
      );
    }
    db.exec("COMMIT");
  } finally {
    db.close();
  }
}

function mail(
  i: number,
  name: string,
  me: string,
  other: string,
  mine: boolean,
  conversation: string,
  html: string | undefined,
): string {
  const [from, to] = mine ? [`${me}/x`, other] : [`${other}/x`, me];
  const subject = `${SUBJECTS[Number.parseInt(conversation) % SUBJECTS.length] ?? "Letters"} ${conversation}`;
  return (
    `<message xmlns='jabber:client' from='${from}' to='${to}' id='${name}' xml:lang='en'><subject>${subject}</subject>` +
    `<body>${TEXTS[i % TEXTS.length] ?? ""}</body><thread>thread-${conversation}</thread>` +
    (html === undefined ? "" : xhtmlIm(html)) +
    `<origin-id xmlns='urn:xmpp:sid:0' id='${name}'/><store xmlns='urn:xmpp:hints'/></message>`
  );
}

/** XEP-0071. `html` is well-formed. */
export function xhtmlIm(html: string): string {
  return `<html xmlns='http://jabber.org/protocol/xhtml-im'><body xmlns='http://www.w3.org/1999/xhtml'>${html}</body></html>`;
}

function chat(i: number, name: string, me: string, other: string, mine: boolean): string {
  const [from, to] = mine ? [`${me}/x`, other] : [`${other}/x`, me];
  return (
    `<message xmlns='jabber:client' from='${from}' to='${to}' id='${name}' type='chat'>` +
    `<body>${TEXTS[i % TEXTS.length] ?? ""}</body><origin-id xmlns='urn:xmpp:sid:0' id='${name}'/></message>`
  );
}

function id(i: number): string {
  return `b0000000-0000-4000-8000-${String(i).padStart(12, "0")}`;
}
