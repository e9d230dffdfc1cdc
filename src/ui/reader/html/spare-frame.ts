/**
 * Frames are made before they are wanted: a page takes the browser longer than all that is put into it. One is moved to
 * its place without being loaded anew where the browser can do that (`moveBefore`); elsewhere none is kept.
 */
import { htmlWords } from "../../words/html.ts";
import { makeFrame, skeletonOf } from "./skeleton.ts";

type Movable = Element & { moveBefore?(node: Node, before: Node | null): void };

/** Who goes from message to message finds one while the other is being made. */
const SPARES = 2;

let host: HTMLElement | undefined;
const spares: HTMLIFrameElement[] = [];

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
  // When this one is on the screen: not before, and not so late that the next message finds none.
  requestAnimationFrame(() => setTimeout(keepSpare));
  return frame;
}

function takeSpare(place: Movable): HTMLIFrameElement | undefined {
  const at = spares.findIndex((spare) => skeletonOf(spare) !== undefined);
  if (at < 0 || !place.isConnected) return undefined;
  const [frame] = spares.splice(at, 1);
  if (frame === undefined) return undefined;
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
  if (!("moveBefore" in Element.prototype) || spares.length >= SPARES) return;
  whenIdle(() => {
    if (spares.length >= SPARES) return;
    if (host === undefined || !host.isConnected) {
      // Those in it went with it.
      spares.length = 0;
      host = document.createElement("div");
      host.className = "html-spare";
      host.inert = true;
      document.body.append(host);
    }
    const frame = makeFrame();
    // The browser makes a page's own globals when somebody first looks at it: not while a message waits for them.
    const ready = (): void =>
      whenIdle(() => {
        void skeletonOf(frame)?.defaultView;
        keepSpare();
      });
    frame.addEventListener("load", ready, { once: true });
    spares.push(host.appendChild(frame));
  });
}

function whenIdle(act: () => void): void {
  if ("requestIdleCallback" in globalThis) requestIdleCallback(act);
  else setTimeout(act);
}
