/** What a swipe does on this device. */
import { keep, readKept } from "../page-storage.ts";
import type { Command } from "./commands.ts";

export const SWIPES = ["archive", "delete", "snooze", "read", "move", "tag"] as const;
export type Swipe = Extract<Command, (typeof SWIPES)[number]>;
export type Side = "right" | "left";

const KEPT = "envoi-swipe-";
const USUAL: Record<Side, Swipe> = { right: "archive", left: "snooze" };

export function swipeTo(side: Side): Swipe {
  const kept = readKept("localStorage", KEPT + side);
  return SWIPES.find((swipe) => swipe === kept) ?? USUAL[side];
}

export function setSwipe(side: Side, swipe: Swipe): void {
  keep("localStorage", KEPT + side, swipe);
}
