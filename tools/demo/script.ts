/** How the demo's mailbox is told: who writes what to whom, and how long ago. */

/** Everybody in the demo, by the name the scripts use. */
export type PersonName =
  | "alice"
  | "bob"
  | "nadia"
  | "tom"
  | "jun"
  | "mum"
  | "liat"
  | "violet"
  | "board"
  | "sam"
  | "orchard"
  | "haruka"
  | "omar"
  | "ines"
  | "pavel"
  | "greta"
  | "choir"
  | "library"
  | "almanac"
  | "gauge"
  | "rail";

export type ScriptFile = {
  name: string;
  mediaType: string;
  /** Text of the file, "png" for a drawn picture, or "pdf" for a page with this title. */
  content: { text: string } | { png: number } | { pdf: string } | { url: string; size: number };
};

export type ScriptMessage = {
  from: PersonName;
  to: PersonName[];
  cc?: PersonName[];
  /** Minutes before now. Within a conversation it falls from message to message. */
  ago: number;
  body: string;
  /** Answers the message before (default) or the one at this index; quotes it below when `quote` is set. */
  answers?: number;
  quote?: boolean;
  files?: ScriptFile[];
  /** A chat (type="chat") instead of mail. `thread`: it carries the conversation's thread id. */
  chat?: "plain" | "thread";
  lang?: string;
};

export type ScriptConversation = {
  /** Of the first mail; undefined: none. */
  subject?: string;
  messages: ScriptMessage[];
};

export const HOUR = 60;
export const DAY = 24 * HOUR;

type More = Partial<Omit<ScriptMessage, "from" | "to" | "ago" | "body">>;

/** One message. `to`: names, those after "|" get a copy. */
export function from(
  writer: PersonName,
  to: string,
  ago: number,
  body: string,
  more: More = {},
): ScriptMessage {
  const [direct = "", copies] = to.split("|");
  const names = (list: string): PersonName[] => list.trim().split(/\s+/) as PersonName[];
  return {
    from: writer,
    to: names(direct),
    ...(copies === undefined ? {} : { cc: names(copies) }),
    ago,
    body: body.trim(),
    ...more,
  };
}

export function about(
  subject: string | undefined,
  ...messages: ScriptMessage[]
): ScriptConversation {
  return { ...(subject === undefined ? {} : { subject }), messages };
}
