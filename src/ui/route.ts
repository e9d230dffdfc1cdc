/** Addresses inside the app are hashes: any static host serves them, and no server log sees them. */
import { createSignal, onCleanup } from "solid-js";
import { MAILBOXES, type Place } from "../api/contract.ts";
import { labelOfPlace } from "../mail/place.ts";
import { type Jid, parseJid } from "../mail/address.ts";
import { type Ask, readUri } from "../mail/person-link.ts";
import { readDay } from "../mail/route.ts";
import { type InboxLink, readInboxLink } from "../mail/share-link.ts";

export type Route =
  | { name: "mailbox"; mailbox: Place; openDraft?: string }
  /** `at`: a day, epoch ms. */
  | { name: "conversation"; thread?: string; message?: string; with?: string; at?: number }
  /** Fills in a message. */
  | ({ name: "to" } & InboxLink)
  /** An `xmpp:` link that asks for something else than a message. */
  | { name: "asks"; ask: Ask; jid: Jid }
  | { name: "person"; jid: Jid }
  | { name: "settings"; section: SettingsSection }
  /** `later`: there will be something, and is not yet. */
  | { name: "unknown"; later?: "search" | "attachments" };

export const SETTINGS = [
  "general",
  "keys",
  "reading",
  "writing",
  "notifications",
  "address",
  "devices",
  "storage",
  "server",
  "blocked",
  "account",
] as const;
export type SettingsSection = (typeof SETTINGS)[number];

const UNKNOWN = { name: "unknown" } as const satisfies Route;

type Parts = {
  second: string | undefined;
  third: string | undefined;
  /** The second with its escapes. */
  raw: string;
  query: URLSearchParams;
};

const labelled =
  (kind: "tag" | "folder") =>
  ({ second, third }: Parts): Route =>
    second === undefined || third !== undefined
      ? UNKNOWN
      : { name: "mailbox", mailbox: `${kind}:${second}` };

/** Whatever is no mailbox, by its first word. */
const PLACES: Record<string, (parts: Parts, hash: string) => Route> = {
  tag: labelled("tag"),
  folder: labelled("folder"),
  t: ({ second, third, query }) =>
    second === undefined
      ? UNKNOWN
      : conversation({ thread: second, ...(third === undefined ? {} : { message: third }) }, query),
  m: ({ second, query }) =>
    second === undefined ? UNKNOWN : conversation({ message: second }, query),
  to: ({ raw, query }) => {
    const link = readInboxLink(raw, query);
    return link === undefined ? UNKNOWN : { name: "to", ...link };
  },
  open: (_parts, hash) => {
    const opened = readUri(uriIn(hash));
    if (opened === undefined) return UNKNOWN;
    return opened.kind === "write"
      ? { name: "to", ...opened.link }
      : { name: "asks", ask: opened.ask, jid: opened.jid };
  },
  // Invitations ask for a contact, and nothing here adds one.
  i: ({ second }) => {
    const jid = parseJid(second);
    return jid === undefined ? UNKNOWN : { name: "asks", ask: "roster", jid };
  },
  person: ({ second }) => {
    const jid = parseJid(second);
    return jid === undefined ? UNKNOWN : { name: "person", jid };
  },
  search: () => ({ ...UNKNOWN, later: "search" }),
  attachments: () => ({ ...UNKNOWN, later: "attachments" }),
  settings: ({ second = "general", third }) => {
    // The theme is what people look for first.
    const section = SETTINGS.find((s) => s === (second === "theme" ? "general" : second));
    return section === undefined || third !== undefined ? UNKNOWN : { name: "settings", section };
  },
};

/** Reads a hash. Never throws; what it does not know is "unknown". */
export function parseRoute(hash: string): Route {
  const text = hash.replace(/^#?\/?/, "");
  const mark = text.indexOf("?");
  const raw = (mark < 0 ? text : text.slice(0, mark)).split("/");
  const query = new URLSearchParams(mark < 0 ? "" : text.slice(mark + 1));
  const [first = "", second, third] = raw.map((part) => (part === "" ? undefined : decoded(part)));
  if (first === "") return { name: "mailbox", mailbox: "inbox" };
  const mailbox = MAILBOXES.find((m) => m === first);
  if (mailbox !== undefined && second === undefined) {
    const openDraft = query.get("open");
    return { name: "mailbox", mailbox, ...(openDraft === null ? {} : { openDraft }) };
  }
  const place = Object.hasOwn(PLACES, first) ? PLACES[first] : undefined;
  return place?.({ second, third, query, raw: raw[1] ?? "" }, hash) ?? UNKNOWN;
}

function conversation(ids: { thread?: string; message?: string }, query: URLSearchParams): Route {
  const other = query.get("with");
  const at = readDay(query.get("at"));
  return {
    name: "conversation",
    ...ids,
    ...(other === null ? {} : { with: other }),
    ...(at === undefined ? {} : { at }),
  };
}

/** Browsers escape the whole of what they hand over; what was typed by hand may stand there as it is. */
function uriIn(hash: string): string {
  const [, raw = ""] = /[?&]uri=(.*)$/s.exec(hash) ?? [];
  if (/^[a-z+]+:/i.test(raw)) return raw;
  return decoded(raw.split("&")[0] ?? "");
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The address of a list. */
export function hrefOfPlace(place: Place): string {
  const label = labelOfPlace(place);
  return label === undefined ? `#/${place}` : `#/${label.kind}/${encodeURIComponent(label.id)}`;
}

/** The route of the page, as it changes. */
export function createRoute(): () => Route {
  const [route, setRoute] = createSignal(parseRoute(location.hash));
  const onChange = (): void => void setRoute(parseRoute(location.hash));
  addEventListener("hashchange", onChange);
  onCleanup(() => removeEventListener("hashchange", onChange));
  return route;
}
