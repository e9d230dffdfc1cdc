/** Opens what a link in a message leads to, or asks first (mail/link-check.ts decides). */
import { createSignal } from "solid-js";
import { checkLink, type LinkVerdict } from "../../../mail/link-check.ts";
import type { PersonLink } from "../../../mail/person-link.ts";

export type AskedLink = Extract<LinkVerdict, { kind: "ask" | "refuse" }>;

/** The link somebody is asked about. */
const [askedLink, setAskedLink] = createSignal<AskedLink>();
export { askedLink };

/** Who begins a message to people a link names; the reader, while it is shown. */
let write: ((link: PersonLink) => void) | undefined;

/** The returned function stops it. */
export function onPersonLink(writer: (link: PersonLink) => void): () => void {
  write = writer;
  return () => {
    if (write === writer) write = undefined;
  };
}

/** `text`: what the reader sees of the link. */
export function openLink(href: string, text: string): void {
  const verdict = checkLink(href, text);
  if (verdict.kind === "open") openTab(verdict.href);
  else if (verdict.kind === "write") write?.(verdict.link);
  else setAskedLink(verdict);
}

export function answerAsked(opens: boolean): void {
  const asked = askedLink();
  setAskedLink(undefined);
  if (opens && asked?.kind === "ask") openTab(asked.href);
}

/**
 * Every link below `root`, now and later, goes through the check, however it is pressed. A link that leads where it
 * says is left to the browser, and so are the app's own. The returned function stops it.
 */
export function guardLinks(root: EventTarget): () => void {
  const onClick = (event: Event): void => {
    const link = linkOf(event);
    // The right button opens the browser's own menu.
    if (link === undefined || (event as MouseEvent).button > 1) return;
    const href = link.getAttribute("href") ?? "";
    if (href.startsWith("#/") && link.ownerDocument === document) return;
    const text = textOf(link);
    if (checkLink(href, text).kind === "open") {
      link.setAttribute("target", "_blank");
      link.setAttribute("rel", "noopener noreferrer nofollow");
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    openLink(href, text);
  };
  for (const name of ["click", "auxclick"]) root.addEventListener(name, onClick, true);
  return () => {
    for (const name of ["click", "auxclick"]) root.removeEventListener(name, onClick, true);
  };
}

function openTab(href: string): void {
  open(href, "_blank", "noopener,noreferrer");
}

/** Frames have classes of their own: what is no Element here may be one there. */
function linkOf(event: Event): Element | undefined {
  const target = event.target as Partial<Element> | null;
  return target?.closest?.("a[href], area[href]") ?? undefined;
}

/** Pictures speak with their alternative text. */
function textOf(link: Element): string {
  const pictures = [...link.querySelectorAll("img[alt]")].slice(0, 20);
  const alts = pictures.map((picture) => picture.getAttribute("alt") ?? "");
  return [link.textContent, ...alts].join(" ").trim();
}
