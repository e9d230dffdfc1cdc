import { spelledOut } from "./spelled-out.ts";

const RIGHT_TO_LEFT =
  /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;

/** A name between others in one text: its direction is its own (Unicode Annex 9, FSI and PDI). */
export function isolated(name: string): string {
  if (name.includes("@")) return isolatedAddress(name);
  return RIGHT_TO_LEFT.test(name) ? `\u2068${name}\u2069` : name;
}

/**
 * An address in a text: whole, from left to right whatever its letters, so that its server stands at its end. What
 * nobody sees in it is spelled out.
 */
export function isolatedAddress(address: string): string {
  const text = spelledOut(address);
  return RIGHT_TO_LEFT.test(text) ? `\u2066${text}\u2069` : text;
}
