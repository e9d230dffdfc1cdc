/** Takes the picture that the next start of this tab shows first. See show-picture.ts. */
import { onCleanup } from "solid-js";
import type { WindowArgs } from "../../api/contract.ts";
import { ATTRIBUTE, type Part, type Picture, pictureName, TAGS } from "./picture.ts";

/** The list has been still for this long: taking it costs a few milliseconds. */
const STILL_MS = 800;
/** The style sheets of the first screen, as the build names them. */
const NEEDED = /\/(app|mail)-[^/]+\.css$/;

/**
 * Keeps the picture up to date while the owner lives, and with `beside` what is kept beside it. Call what it returns
 * whenever the list has changed.
 */
export function createPicture(
  account: string,
  shell: () => Element | null,
  asked: () => WindowArgs,
  beside: () => void,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const take = (): void => {
    clearTimeout(timer);
    timer = undefined;
    beside();
    const element = shell();
    if (element !== null) keep(account, element, asked());
  };
  const onLeave = (): void => {
    if (timer !== undefined) take();
  };
  addEventListener("pagehide", onLeave);
  onCleanup(() => {
    clearTimeout(timer);
    removeEventListener("pagehide", onLeave);
  });
  return () => {
    clearTimeout(timer);
    timer = setTimeout(take, STILL_MS);
  };
}

function keep(account: string, shell: Element, asked: WindowArgs): void {
  const content = copyOf(shell);
  const { dataset, style } = document.documentElement;
  if (content === undefined) return;
  const picture: Picture = {
    hash: location.hash,
    width: innerWidth,
    ...(dataset["theme"] === undefined ? {} : { theme: dataset["theme"] }),
    style: style.cssText,
    css: [...document.styleSheets].map(rulesOf).join(""),
    asked,
    content,
  };
  try {
    if (picture.css !== "") localStorage.setItem(pictureName(account), JSON.stringify(picture));
  } catch {
    // A full or forbidden storage costs a few milliseconds at the next start, nothing else.
  }
}

/** Text of the sheets that were read, by address: what lies behind an address never changes. */
const texts = new Map<string, string>();

function rulesOf(sheet: CSSStyleSheet): string {
  const { href } = sheet;
  if (href === null || !NEEDED.test(href)) return "";
  const text = texts.get(href) ?? [...sheet.cssRules].map((rule) => rule.cssText).join("");
  texts.set(href, text);
  return text;
}

function copyOf(node: Node): Part | undefined {
  if (node instanceof Text) return node.data;
  if (!(node instanceof Element) || !TAGS.has(node.localName)) return undefined;
  // Rows below the fold wait for the list itself.
  if (node.role === "row" && node.getBoundingClientRect().top >= innerHeight) return undefined;
  const attributes: Record<string, string> = {};
  for (const { name, value } of node.attributes) {
    const isOurs = name === "href" ? value.startsWith("#") : ATTRIBUTE.test(name);
    if (isOurs) attributes[name] = value;
  }
  if (node instanceof HTMLElement && node.style.cssText !== "")
    attributes["style"] = node.style.cssText;
  const inside = [...node.childNodes].map(copyOf).filter((part) => part !== undefined);
  return [node.localName, attributes, ...inside];
}
