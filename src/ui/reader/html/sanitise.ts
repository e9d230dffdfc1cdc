/**
 * Foreign HTML becomes a fragment of harmless nodes: DOMPurify with an allow-list of our own. The caller appends the
 * fragment as it is. It is never made a string again: what a second parse makes of a sanitised string is how
 * sanitisers were got round (CVE-2024-42009, CVE-2024-45800).
 */
import createDOMPurify, { type Config, type UponSanitizeAttributeHookEvent } from "dompurify";
import {
  ALLOWED_ATTRIBUTES,
  ALLOWED_LINKS,
  ALLOWED_TAGS,
  ALLOWED_VALUES,
  DROPPED_WITH_CONTENT,
  INLINE_IMAGE,
} from "./allowed.ts";
import { htmlWords } from "../../words/html.ts";
import { mailPolicy } from "./mail-policy.ts";

export type Sanitised = {
  fragment: DocumentFragment;
  /** Addresses of pictures on web servers, each once: they are not in the fragment, but for those given as `images`. */
  remote: string[];
};

/** Address of a picture, on a web server or `cid:`, to a blob URL of ours that stands in for it. */
export type Images = ReadonlyMap<string, string>;

const purifier = createDOMPurify(window);
/** What the hooks work for; they are called during `sanitise` only and never call it. */
let job: { remote: Set<string>; images: Images } = { remote: new Set(), images: new Map() };

const config: Config = {
  ALLOWED_TAGS: [...ALLOWED_TAGS],
  ALLOWED_ATTR: [...ALLOWED_ATTRIBUTES],
  ALLOWED_URI_REGEXP: ALLOWED_LINKS,
  // These are no addresses; what they may say is checked below.
  ADD_URI_SAFE_ATTR: ALLOWED_ATTRIBUTES.filter((name) => name !== "href" && name !== "src"),
  ADD_FORBID_CONTENTS: [...DROPPED_WITH_CONTENT],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: true,
  TRUSTED_TYPES_POLICY: mailPolicy as never,
};

/** Made here, so what they say of themselves stays. */
const standIns = new WeakSet<Element>();

purifier.addHook("beforeSanitizeElements", (node) => {
  if (node.nodeName !== "IMG") return;
  const image = node as Element;
  if (shownSource(image) === undefined) standIn(image);
});
purifier.addHook("uponSanitizeAttribute", (element, event) => {
  const { attrName: name, attrValue: value } = event;
  if (standIns.has(element)) event.forceKeepAttr = true;
  else if (name === "href") keepLink(element, event);
  else if (name === "src") keepImage(element, event);
  else if (ALLOWED_VALUES[name]?.test(value.trim()) === false) event.keepAttr = false;
  else if (name === "height" && element.nodeName !== "IMG") event.keepAttr = false;
  else if (name === "width" && element.nodeName !== "IMG" && isWide(value)) event.keepAttr = false;
});
purifier.addHook("afterSanitizeAttributes", (element) => {
  if (element.nodeName === "IMG" && !element.hasAttribute("src"))
    for (const name of ["width", "height", "align"]) element.removeAttribute(name);
  if (element.nodeName !== "A") return;
  const href = element.getAttribute("href");
  // A tooltip of the sender's own could name another place than the link leads to.
  if (href === null) return element.removeAttribute("title");
  element.setAttribute("title", href);
  element.setAttribute("target", "_blank");
  element.setAttribute("rel", "noopener noreferrer nofollow");
});

/**
 * What stands in for a picture that is not shown: its words in a box, as large as they are; of what has none we say that
 * it is a picture. What nobody was to see, as a tracker, is nothing.
 */
export function standIn(image: Element): void {
  const isSeen = !["width", "height"].some((name) => Number(image.getAttribute(name) ?? 99) < 4);
  const words = (image.getAttribute("alt") ?? (isSeen ? htmlWords.picture : "")).trim();
  if (words === "") return image.removeAttribute("src");
  const box = image.ownerDocument.createElement("span");
  box.setAttribute("role", "img");
  box.setAttribute("aria-label", words);
  box.textContent = words;
  standIns.add(box);
  image.replaceWith(box);
}

/** Made for one window; the text is as wide as ours. */
function isWide(width: string): boolean {
  return !width.trim().endsWith("%") && Number.parseInt(width, 10) > 240;
}

/** A whole address, written out: nothing that would count from our own origin. */
function keepLink(element: Element, event: UponSanitizeAttributeHookEvent): void {
  const url = parsed(event.attrValue);
  if (element.nodeName !== "A" || url === undefined || !ALLOWED_LINKS.test(url.protocol))
    event.keepAttr = false;
  else event.attrValue = url.href;
}

function keepImage(element: Element, event: UponSanitizeAttributeHookEvent): void {
  const source = element.nodeName === "IMG" ? shownSource(element) : undefined;
  event.keepAttr = source !== undefined;
  if (source === undefined) return;
  event.attrValue = source;
  event.forceKeepAttr = true;
  element.setAttribute("src", source);
}

/** What came with the message is shown; what lies elsewhere is noted, and shown where it was fetched. */
function shownSource(image: Element): string | undefined {
  const value = (image.getAttribute("src") ?? "").trim();
  if (INLINE_IMAGE.test(value)) return value;
  if (/^cid:/i.test(value)) return job.images.get(cidAddress(value.slice(4)));
  const url = parsed(value.startsWith("//") ? `https:${value}` : value);
  if (url === undefined || !/^https?:$/.test(url.protocol)) return undefined;
  job.remote.add(url.href);
  return job.images.get(url.href);
}

/** How a part of the message is named among the pictures: as in a `cid:` URL, where RFC 2392 has it encoded. */
export function cidAddress(cid: string): string {
  try {
    return `cid:${decodeURIComponent(cid)}`;
  } catch {
    return `cid:${cid}`;
  }
}

/** Without a base: "http:x" means a host of that name then, not a file beside us. */
function parsed(value: string): URL | undefined {
  return URL.canParse(value) ? new URL(value) : undefined;
}

/** What may be shown of it. Its length and nesting were looked at before (scan.ts). */
export function sanitise(html: string, images: Images = new Map()): Sanitised {
  job = { remote: new Set(), images };
  // A `<frameset>` leaves no body, and there is null then.
  const fragment = purifier.sanitize(html, config) as unknown as DocumentFragment | null;
  return { fragment: fragment ?? document.createDocumentFragment(), remote: [...job.remote] };
}
