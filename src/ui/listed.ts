/** When the first rows are on the screen: what they do not need is fetched after that, not beside them. */
import { within } from "../base/within.ts";

/** A list that stays empty holds nothing up for longer. ms */
const EMPTY_MS = 3000;

let note = (): void => undefined;
const rows = new Promise<void>((resolve) => (note = resolve));
let listed: Promise<void> | undefined;

/** There are rows. */
export const noteRows = (): void => note();

/** Does it `ms` after the first rows. Returns what calls it off. */
export function afterRows(ms: number, run: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOff = false;
  listed ??= within(EMPTY_MS, rows);
  void listed.then(() => {
    if (!isOff) timer = setTimeout(run, ms);
  });
  return () => {
    isOff = true;
    clearTimeout(timer);
  };
}
