/**
 * A message stanza as a plain value: what `xmpp/` makes of the wire and the rest of the house reads.
 * Every field is a claim of the sender except where a comment says who vouches for it.
 */
import type { Jid } from "./address.ts";

/** RFC 6121 section 5.2.2. An absent or unknown type is "normal"; ejabberd strips `type='normal'`. */
export type StanzaType = "normal" | "chat" | "headline" | "groupchat" | "error";

/** XEP-0033 `<address/>`, capped and normalised. */
export type AddressEntry = {
  type: "to" | "cc" | "bcc" | "replyto" | "replyroom" | "noreply" | "ofrom";
  jid?: Jid;
  uri?: string;
  desc?: string;
  delivered: boolean;
};

/** A file that came with a message: XEP-0447, XEP-0385, XEP-0066 or XEP-0231, all read into one shape. */
export type Attachment = {
  name?: string;
  /** Declared media type, lower case. */
  mediaType?: string;
  /** Size in bytes: of what came along, else declared. */
  size?: number;
  /** Media type by the bytes themselves, where they came along. */
  sniffed?: string;
  /** Where it is: `data:`, `https:` or `aesgcm:` (XEP-0454), others are dropped; the first usable one first. */
  sources: string[];
  /** What a `cid:` address in the HTML of the message calls it (RFC 2392, XEP-0231). */
  cid?: string;
  /** algorithm -> base64, XEP-0300. */
  hashes: Record<string, string>;
  description?: string;
};

/** XEP-0428: a part of the body that only repeats something for clients that know less. Offsets in code points. */
export type FallbackRange = { for: string; start?: number; end?: number };

/** RFC 6120 section 8.3. */
export type StanzaProblem = {
  type: "auth" | "cancel" | "continue" | "modify" | "wait";
  condition: string;
  text?: string;
  by?: string;
};

/** Stands in a stanza's source for the text of its body; no XML can contain it. */
export const BODY_HOLE = "\u0000";

export type Received = {
  /** Bare sender; the domain is vouched for by our server (RFC 6120 section 8.1.2.1). */
  from: Jid;
  fromResource: string;
  to?: Jid;
  toResource: string;
  type: StanzaType;
  /** XEP-0045 section 7.5: somebody in the room `from` wrote it to me alone. */
  isFromRoom?: true;
  id?: string;
  /** XEP-0359, chosen by the sender. */
  originId?: string;
  /** XEP-0359, in document order; only the last one `by` our own address means anything, and even that may be forged. */
  stanzaIds: { by: Jid; id: string }[];
  subject?: string;
  body?: string;
  /** Where these are translations: what everybody's message says, whatever language they read. */
  untranslated?: { subject?: string; body?: string };
  /** xml:lang in force for the body. */
  lang?: string;
  thread?: { id: string; parent?: string };
  /** XEP-0461. */
  reply?: { id: string; to?: Jid };
  /** SHIM In-Reply-To and References (XEP-0131), oldest first, without the angle brackets. */
  references: string[];
  /** Other SHIM headers by lower-case name. */
  headers: Record<string, string>;
  fallbacks: FallbackRange[];
  addresses: AddressEntry[];
  attachments: Attachment[];
  /** XEP-0172. */
  nick?: string;
  /** XEP-0203; `from` missing means that nobody in particular claims it. Epoch milliseconds. */
  delay?: { at: number; from?: Jid };
  /** XEP-0184: the sender asks for a receipt / this is one for that id. */
  receiptWanted: boolean;
  receiptFor?: string;
  /** XEP-0308 / XEP-0424: this replaces or withdraws that id. */
  replaces?: string;
  retracts?: string;
  /** XEP-0444: all that its sender says of the message with that id. */
  reactions?: { to: string; emoji: string[] };
  /** XEP-0481 alternative or hint; the media type without parameters. */
  content?: { type: string; text?: string };
  /** XEP-0393 section 6: the body is to be shown as it is. */
  isUnstyled?: true;
  /** XEP-0071: HTML text, nothing in it trusted. */
  xhtml?: string;
  /** XEP-0382: what it may be about; "" where that is not said. */
  spoiler?: string;
  /** The stanza as it came; its body stands as BODY_HOLE. */
  source?: { xml: string; isWhole: boolean };
  /** For `type='error'`. */
  problem?: StanzaProblem;
};
