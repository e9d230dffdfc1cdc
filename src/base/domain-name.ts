/** Domain names in their two spellings: as people read them, and as the domain name system has them (RFC 5890). */
import { decodePunycode } from "./punycode.ts";

export type DomainSpelling = { ascii: string; unicode: string };

/** Both spellings, lower case; undefined where it is no domain name. */
export function spellDomain(domain: string): DomainSpelling | undefined {
  if (!URL.canParse(`http://${domain}/`)) return undefined;
  const ascii = new URL(`http://${domain}/`).hostname;
  if (ascii === "") return undefined;
  return { ascii, unicode: ascii.split(".").map(readable).join(".") };
}

function readable(label: string): string {
  if (!label.startsWith("xn--")) return label;
  return decodePunycode(label.slice(4)) ?? label;
}
