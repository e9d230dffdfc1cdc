/**
 * The constant page that every formatted message is shown in. The message is no part of it: its nodes are appended to
 * the body when the page has loaded. Its own policy comes on top of the app's, which it inherits: no script, no
 * connection, no picture but bytes.
 */
import frameCss from "./frame.css?url";
import { mailPolicy } from "./mail-policy.ts";

const POLICY =
  "default-src 'none'; img-src data: blob:; style-src 'self'; base-uri 'none'; form-action 'none'";

const css = new URL(frameCss, import.meta.url).href;

const HTML = `<!doctype html><html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}"><meta name="referrer" content="no-referrer"><title>.</title><link rel="stylesheet" href="${css}"></head><body dir="auto"></body></html>`;

/** Scripts never, in no browser; a link may open a page of its own, which then is none of this frame's. */
const SANDBOX = "allow-same-origin allow-popups allow-popups-to-escape-sandbox";

export function makeFrame(): HTMLIFrameElement {
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", SANDBOX);
  frame.setAttribute("referrerpolicy", "no-referrer");
  frame.className = "html-frame";
  frame.srcdoc = mailPolicy.createHTML(HTML);
  return frame;
}

/** The frame's document once it is the skeleton, its style sheet included. */
export function skeletonOf(frame: HTMLIFrameElement): Document | undefined {
  const page = frame.contentDocument;
  const isReady = page?.readyState === "complete" && page.querySelector("link") !== null;
  return isReady ? page : undefined;
}
