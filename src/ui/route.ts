/** Addresses inside the app are hashes: any static host serves them, and no server log sees them. */
import { createSignal, onCleanup } from "solid-js";
import { MAILBOXES, type Mailbox } from "../api/contract.ts";
import { type Jid, parseJid } from "../mail/address.ts";

export type Route =
  | { name: "mailbox"; mailbox: Mailbox; openDraft?: string }
  | { name: "conversation"; thread?: string; message?: string; with?: string }
  | { name: "to"; to: Jid[]; cc: Jid[]; subject: string; body: string }
  | { name: "settings"; section: SettingsSection }
  | { name: "unknown" };

export const SETTINGS = [
  "general",
  "keys",
  "reading",
  "writing",
  "notifications",
  "storage",
  "server",
  "blocked",
  "account",
] as const;
export type SettingsSection = (typeof SETTINGS)[number];

const MAX_SUBJECT = 500;
const MAX_BODY = 8000;

/** Reads a hash. Never throws; what it does not know is "unknown". */
export function parseRoute(hash: string): Route {
  const text = hash.replace(/^#?\/?/, "");
  const mark = text.indexOf("?");
  const path = (mark < 0 ? text : text.slice(0, mark)).split("/").map(decoded);
  const query = new URLSearchParams(mark < 0 ? "" : text.slice(mark + 1));
  const [first = "", second, third] = path;
  if (first === "") return { name: "mailbox", mailbox: "inbox" };
  const mailbox = MAILBOXES.find((m) => m === first);
  if (mailbox !== undefined && second === undefined) {
    const openDraft = query.get("open");
    return { name: "mailbox", mailbox, ...(openDraft === null ? {} : { openDraft }) };
  }
  const other = query.get("with");
  const withWhom = other === null ? {} : { with: other };
  if (first === "t" && second !== undefined && second !== "") {
    return {
      name: "conversation",
      thread: second,
      ...(third === undefined ? {} : { message: third }),
      ...withWhom,
    };
  }
  if (first === "m" && second !== undefined && second !== "")
    return { name: "conversation", message: second, ...withWhom };
  if (first === "to" && second !== undefined) {
    return {
      name: "to",
      to: addresses(second),
      cc: addresses(query.get("cc") ?? ""),
      subject: harmless(query.get("subject") ?? "", MAX_SUBJECT).replaceAll("\n", " "),
      body: harmless(query.get("body") ?? "", MAX_BODY),
    };
  }
  if (first === "settings")
    return { name: "settings", section: SETTINGS.find((s) => s === second) ?? "general" };
  return { name: "unknown" };
}

/** What a link fills in: capped, without control characters and without bidi overrides. */
function harmless(text: string, max: number): string {
  return text
    .slice(0, max)
    .replaceAll("\r\n", "\n")
    .replaceAll(/[\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu, (c) =>
      c === "\n" || c === "\t" ? c : "",
    );
}

function addresses(list: string): Jid[] {
  return list
    .split(",")
    .flatMap((text) => parseJid(text) ?? [])
    .slice(0, 50);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The route of the page, as it changes. */
export function createRoute(): () => Route {
  const [route, setRoute] = createSignal(parseRoute(location.hash));
  const onChange = (): void => void setRoute(parseRoute(location.hash));
  addEventListener("hashchange", onChange);
  onCleanup(() => removeEventListener("hashchange", onChange));
  return route;
}
