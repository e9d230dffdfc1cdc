/**
 * Formatted text that takes the page down with it would do so again at every start. So a mark stands in the browser's
 * storage while a message is being drawn; found at the next start, that message is shown as plain text.
 */
import { dropKept, keep, keptNames, readKept } from "../../page-storage.ts";
import { CRASHED, RENDERING } from "../../snapshot.ts";

/** As many are remembered. */
const MAX_CRASHED = 50;

let crashed: Set<string> | undefined;

/** Whether the last try to draw it never ended. `id` names the message among all accounts. */
export function hasCrashed(id: string): boolean {
  return known().has(id);
}

/** Draws under the mark. The mark goes when the picture is on the screen, or when the page is left as pages are. */
export function guarded(id: string, draw: () => void): void {
  known();
  keep("localStorage", RENDERING + id, "1");
  const done = (): void => {
    removeEventListener("pagehide", done);
    dropKept("localStorage", (name) => name === RENDERING + id);
  };
  try {
    draw();
  } finally {
    addEventListener("pagehide", done);
    afterPaint(done);
  }
}

/** It was drawn after all, because a person asked for it. */
export function forgive(id: string): void {
  if (known().delete(id)) remember();
}

/** What was marked when this page started; read once, so that marks of this page do not count. */
function known(): Set<string> {
  if (crashed !== undefined) return crashed;
  const marks = keptNames("localStorage").filter((name) => name.startsWith(RENDERING));
  const before = readKept("localStorage", CRASHED)?.split("\n") ?? [];
  crashed = new Set([...before, ...marks.map((name) => name.slice(RENDERING.length))]);
  if (marks.length > 0) {
    remember();
    dropKept("localStorage", (name) => marks.includes(name));
  }
  return crashed;
}

function remember(): void {
  keep("localStorage", CRASHED, [...known()].slice(-MAX_CRASHED).join("\n"));
}

/** A hidden page paints nothing; there it is enough that the layout is done. */
function afterPaint(done: () => void): void {
  if (document.visibilityState === "hidden") return void setTimeout(done);
  requestAnimationFrame(() => requestAnimationFrame(done));
}
