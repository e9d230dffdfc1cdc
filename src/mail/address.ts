/**
 * XMPP addresses (RFC 7622), as far as mail needs them: parse, normalise, take apart.
 * Only the two shapes that matter exist as types: a bare address names a person, a full one a device.
 */

/** A normalised bare address, "local@domain" or "domain". */
export type Jid = string & { readonly __brand: "Jid" };
/** A full address, "local@domain/resource"; bare where the sender gave no resource. */
export type FullJid = string & { readonly __brand: "FullJid" };

export type AddressProblem = "empty" | "no-domain" | "bad-local" | "bad-domain" | "too-long";

export type ParsedAddress =
  | { ok: true; jid: Jid; local: string; domain: string; resource: string }
  | { ok: false; problem: AddressProblem };

/** Part limits in bytes: RFC 7622 sections 3.2 to 3.4. */
const MAX_PART_BYTES = 1023;
/** Forbidden in the local part beside white space and controls: RFC 7622 section 3.3.1. */
const LOCAL_FORBIDDEN = /["&'/:<>@\s\p{Cc}\p{Cf}\p{Zs}]/u;
const DOMAIN_FORBIDDEN = /["&'<>@\s\p{Cc}\p{Cf}\p{Zs}\\/?#%!$*()+,;=^`{|}~]/u;
const ENCODER = new TextEncoder();

/**
 * Reads an address a person typed or a stanza carried.
 * Case of local part and domain is folded, both are NFC (the UsernameCaseMapped profile, less its script rules).
 * Never throws. Source: RFC 7622 section 3.
 */
export function parseAddress(text: string): ParsedAddress {
  const trimmed = text.trim();
  if (trimmed === "") return { ok: false, problem: "empty" };
  const slash = trimmed.indexOf("/");
  const bare = slash < 0 ? trimmed : trimmed.slice(0, slash);
  const resource = slash < 0 ? "" : trimmed.slice(slash + 1);
  const at = bare.indexOf("@");
  const local = at < 0 ? "" : bare.slice(0, at).normalize("NFC").toLowerCase();
  const domain = foldDomain(at < 0 ? bare : bare.slice(at + 1));
  if (at === 0 || LOCAL_FORBIDDEN.test(local)) return { ok: false, problem: "bad-local" };
  if (domain === "") return { ok: false, problem: "no-domain" };
  if (DOMAIN_FORBIDDEN.test(domain) || domain.includes("..") || domain.startsWith(".")) {
    return { ok: false, problem: "bad-domain" };
  }
  if ([local, domain, resource].some((part) => ENCODER.encode(part).length > MAX_PART_BYTES)) {
    return { ok: false, problem: "too-long" };
  }
  const jid = (local === "" ? domain : `${local}@${domain}`) as Jid;
  return { ok: true, jid, local, domain, resource };
}

/** The normalised bare address of any address, or undefined where it is none. */
export function parseJid(text: string | undefined): Jid | undefined {
  if (text === undefined) return undefined;
  const parsed = parseAddress(text);
  return parsed.ok ? parsed.jid : undefined;
}

/** "domain" of "local@domain". */
export function domainOf(jid: Jid): string {
  return jid.slice(jid.indexOf("@") + 1);
}

/** "local" of "local@domain", empty for a domain. */
export function localOf(jid: Jid): string {
  const at = jid.indexOf("@");
  return at < 0 ? "" : jid.slice(0, at);
}

function foldDomain(domain: string): string {
  const folded = domain.normalize("NFC").toLowerCase();
  return folded.endsWith(".") ? folded.slice(0, -1) : folded;
}
