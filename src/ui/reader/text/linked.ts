import { linkify } from "../linkify.ts";
import type { Inline } from "./tokens.ts";

/** Text with the addresses in it as links. */
export function linked(text: string): Inline[] {
  return linkify(text).map((part) =>
    part.kind === "text"
      ? part
      : { kind: "link", href: part.href, children: [{ kind: "text", text: part.text }] },
  );
}
