/**
 * The page's first script shows a mailbox as it was when this tab last had it, before any interface is loaded and while
 * the worker is still starting. It stands for some hundredths of a second: what is done to it meanwhile is done to the
 * real thing as soon as that is there.
 */
import type { WindowArgs } from "../../api/contract.ts";
import { ATTRIBUTE, type Part, type Picture, pictureName, TAGS } from "./picture.ts";

export type Shown = {
  /** What the list will ask for. */
  asked: WindowArgs;
  /** Resolves once the picture is on the screen: what is begun before that delays it. */
  painted: Promise<void>;
};

/** Shows the picture of the account, if there is one of this place. */
export function showPicture(account: string, app: HTMLElement): Shown | undefined {
  const picture = readPicture(account);
  if (picture === undefined) return undefined;
  const element = document.createElement("div");
  element.className = "picture";
  const sheet = new CSSStyleSheet();
  try {
    sheet.replaceSync(picture.css);
    element.append(built(picture.content));
  } catch {
    // Damaged, or of another version of the app.
    return undefined;
  }
  const root = document.documentElement;
  root.style.cssText = picture.style;
  if (picture.theme !== undefined) root.dataset["theme"] = picture.theme;
  document.adoptedStyleSheets = [sheet];
  app.before(element);
  handOver(element, app);
  return { asked: picture.asked, painted: painted() };
}

function readPicture(account: string): Picture | undefined {
  try {
    const kept = JSON.parse(localStorage.getItem(pictureName(account)) ?? "null") as Picture | null;
    const here = location.hash === "" ? "#/inbox" : location.hash;
    const before = kept?.hash === "" ? "#/inbox" : kept?.hash;
    const isOfHere = before === here && kept?.width === innerWidth;
    return isOfHere && typeof kept.css === "string" ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** Checked as it was when it was taken: what lies in storage is nobody's word. */
function built(part: Part): Node {
  if (typeof part === "string") return document.createTextNode(part);
  const [tag, attributes, ...inside] = part;
  if (!TAGS.has(tag)) return document.createTextNode("");
  const isDrawing = tag === "svg" || tag === "path";
  const element = isDrawing
    ? document.createElementNS("http://www.w3.org/2000/svg", tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "style") element.style.cssText = value;
    else if (name === "href" ? value.startsWith("#") : ATTRIBUTE.test(name))
      element.setAttribute(name, value);
  }
  element.append(...inside.map(built));
  return element;
}

/** Longer than this nobody waits for a first frame: a hidden page has none, and one browser tells of none. ms */
const FRAME_MS = 150;

function painted(): Promise<void> {
  return new Promise((resolve) => {
    new PerformanceObserver(() => resolve()).observe({ type: "paint", buffered: true });
    setTimeout(resolve, document.visibilityState === "hidden" ? 0 : FRAME_MS);
  });
}

/** The picture goes in the moment the mail is there, and what was done to it is done again. */
function handOver(picture: HTMLElement, app: HTMLElement): void {
  const done: (() => void)[] = [];
  picture.addEventListener("click", ({ target }) => {
    if (!(target instanceof Element)) return;
    const link = target.closest("[role=row]")?.querySelector("a");
    const button = target.closest("button");
    if (button !== null) done.push(() => counterpart(button, picture, app)?.click());
    else if (link !== null && link !== undefined) location.hash = link.hash;
  });
  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    done.push(() =>
      (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("keydown", event)),
    );
  };
  addEventListener("keydown", onKey);
  const observer = new MutationObserver(() => {
    if (app.firstElementChild === null) return;
    observer.disconnect();
    removeEventListener("keydown", onKey);
    const focused = document.activeElement;
    const focus = picture.contains(focused) ? counterpart(focused, picture, app) : undefined;
    picture.remove();
    // The same rules are there as sheets now, without which the app does not begin.
    document.adoptedStyleSheets = [];
    focus?.focus({ preventScroll: true });
    for (const again of done) again();
  });
  observer.observe(app, { childList: true });
}

/** The same place of the real thing, if the same is there. */
function counterpart(
  element: Element | null,
  picture: Element,
  app: Element,
): HTMLElement | undefined {
  const path: number[] = [];
  for (let at = element; at !== null && at !== picture; at = at.parentElement)
    path.unshift([...(at.parentElement?.children ?? [])].indexOf(at));
  let found: Element | undefined = app;
  for (const index of path) found = found?.children[index];
  const isSame = found?.getAttribute("aria-label") === element?.getAttribute("aria-label");
  return found instanceof HTMLElement && isSame ? found : undefined;
}
