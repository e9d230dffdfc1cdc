/**
 * One frame is made before it is wanted: a page takes the browser longer than all that is put into it. It is moved to
 * its place without being loaded anew where the browser can do that (`moveBefore`); elsewhere none is kept.
 */
import { htmlWords } from "../../words/html.ts";
import { makeFrame, skeletonOf } from "./skeleton.ts";

type Movable = Element & { moveBefore?(node: Node, before: Node | null): void };

/** The next one is made when this one is on the screen. ms */
const NEXT_MS = 300;

let host: HTMLElement | undefined;
let spare: HTMLIFrameElement | undefined;

/** Puts a frame into the place and calls back as soon as it is ready: at once, or when it has loaded, and loaded again. */
export function placeFrame(
  place: HTMLElement,
  onReady: (page: Document) => void,
): HTMLIFrameElement {
  const frame = takeSpare(place) ?? place.appendChild(makeFrame());
  // Only now: a page without a message is none's body.
  frame.title = htmlWords.messageBody;
  const ready = (): void => {
    const page = skeletonOf(frame);
    if (page !== undefined) onReady(page);
  };
  frame.addEventListener("load", ready);
  ready();
  setTimeout(keepSpare, NEXT_MS);
  return frame;
}

function takeSpare(place: Movable): HTMLIFrameElement | undefined {
  const frame = spare;
  if (frame === undefined || !place.isConnected || skeletonOf(frame) === undefined)
    return undefined;
  spare = undefined;
  try {
    place.moveBefore?.(frame, null);
  } catch {
    // Between documents, say. A fresh one will do.
  }
  if (frame.parentElement === place) return frame;
  frame.remove();
  return undefined;
}

/** Makes the next one when the page has nothing better to do. */
export function keepSpare(): void {
  if (!("moveBefore" in Element.prototype) || spare !== undefined) return;
  whenIdle(() => {
    if (spare !== undefined) return;
    if (host === undefined || !host.isConnected) {
      host = document.createElement("div");
      host.className = "html-spare";
      host.inert = true;
      document.body.append(host);
    }
    const frame = host.appendChild(makeFrame());
    spare = frame;
    // The browser makes a page's own globals when somebody first looks at it: not while a message waits for them.
    frame.addEventListener("load", () => whenIdle(() => skeletonOf(frame)?.defaultView), {
      once: true,
    });
  });
}

function whenIdle(act: () => void): void {
  if ("requestIdleCallback" in globalThis) requestIdleCallback(act);
  else setTimeout(act);
}
