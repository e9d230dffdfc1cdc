/**
 * Sanitised nodes in a frame without scripts. After they are in, their height is read; nothing is done to them but that
 * the box with its words takes the place of a picture that is none.
 */
import { createEffect, onCleanup, onMount, type JSX } from "solid-js";
import { theme } from "../../theme.ts";
import { standIn } from "./sanitise.ts";
import { placeFrame } from "./spare-frame.ts";
import "./html.css";

/** Taller than any letter; what is taller scrolls by itself. px */
const MAX_HEIGHT = 200_000;

export type FrameProps = {
  /** Made when it is drawn, and again after `content` changed: nodes can be shown once. */
  content: () => DocumentFragment;
  lang: string | undefined;
  /** Draws, under a guard of the caller's. */
  onDraw: (act: () => void) => void;
  onLink: (href: string, text: string) => void;
};

export function HtmlFrame(props: FrameProps): JSX.Element {
  let place!: HTMLDivElement;
  let frame: HTMLIFrameElement | undefined;
  let page: Document | undefined;
  let watch: ResizeObserver | undefined;

  function fill(fresh: Document): void {
    page = fresh;
    const content = props.content();
    if (props.lang !== undefined) fresh.documentElement.lang = props.lang;
    applyTheme();
    props.onDraw(() => {
      fresh.body.replaceChildren(content);
      fit();
    });
    observe(fresh);
    listen(fresh);
  }

  /** The observer is the frame's own: one of this page would see its nodes a layout late. */
  function observe(fresh: Document): void {
    watch?.disconnect();
    const view = fresh.defaultView as (Window & typeof globalThis) | null;
    if (view === null) return;
    watch = new view.ResizeObserver(() => requestAnimationFrame(fit));
    watch.observe(fresh.body);
  }

  function fit(): void {
    const view = page?.defaultView;
    if (frame === undefined || page === undefined || view === null || view === undefined) return;
    // Wide tables scroll sideways within the frame, and the bar needs room of its own.
    const bar = view.innerHeight - page.documentElement.clientHeight;
    const height = Math.ceil(page.body.getBoundingClientRect().height) + Math.max(0, bar);
    frame.style.setProperty("--screen-width", `${frame.clientWidth}px`);
    frame.style.blockSize = `${Math.min(height, MAX_HEIGHT)}px`;
  }

  function applyTheme(): void {
    const chosen = theme();
    const data = page?.documentElement.dataset;
    if (data === undefined) return;
    if (chosen === "system") delete data["theme"];
    else data["theme"] = chosen;
  }

  function listen(fresh: Document): void {
    for (const type of ["click", "auxclick"]) fresh.addEventListener(type, onClick, true);
    fresh.addEventListener("error", onBroken, true);
    fresh.addEventListener("keydown", onKey);
    // What closes when somebody presses beside it closes for a press in here too.
    fresh.addEventListener("pointerdown", () =>
      frame?.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true })),
    );
  }

  /** Bytes that are no picture after all: the only change to what was drawn, by nodes of ours. */
  function onBroken(event: Event): void {
    const target = event.target as Element | null;
    if (target?.nodeName === "IMG") standIn(target);
  }

  /** Links are opened by the app, which looks at them first. */
  function onClick(event: Event): void {
    const pressed = (event as MouseEvent).button <= 1 ? (event.target as Element | null) : null;
    const link = pressed?.closest?.("a[href]");
    if (link === null || link === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    props.onLink(link.getAttribute("href") ?? "", link.textContent ?? "");
  }

  /** A key pressed in here means what it means everywhere. */
  function onKey(event: KeyboardEvent): void {
    const copy = new KeyboardEvent("keydown", event);
    if (frame?.dispatchEvent(copy) === false) event.preventDefault();
  }

  onMount(() => {
    frame = placeFrame(place, fill);
    createEffect(applyTheme);
  });
  onCleanup(() => watch?.disconnect());
  return <div class="html-place" ref={place} />;
}
