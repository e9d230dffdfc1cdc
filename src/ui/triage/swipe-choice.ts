/** What a swipe does. */
import { createSignal } from "solid-js";
import { type PageChoices, SWIPES } from "../../mail/preferences.ts";
import { keep, readKept } from "../page-storage.ts";
import { sharedChoice } from "../shared-choice.ts";

export type Swipe = PageChoices["swipeRight"];
export type Side = "right" | "left";

const KEPT = "envoi-swipe-";
const USUAL: Record<Side, Swipe> = { right: "archive", left: "snooze" };

const right = createSwipe("right");
const left = createSwipe("left");
const setSwipes: Record<Side, (swipe: Swipe) => void> = {
  right: sharedChoice("swipeRight", right.take),
  left: sharedChoice("swipeLeft", left.take),
};

function createSwipe(side: Side): { swipe: () => Swipe; take: (swipe: Swipe) => void } {
  const kept = readKept("localStorage", KEPT + side);
  const [swipe, setSwipe] = createSignal(SWIPES.find((each) => each === kept) ?? USUAL[side]);
  return {
    swipe,
    take(next) {
      keep("localStorage", KEPT + side, next);
      setSwipe(next);
    },
  };
}

export function swipeTo(side: Side): Swipe {
  return side === "right" ? right.swipe() : left.swipe();
}

export function setSwipe(side: Side, swipe: Swipe): void {
  setSwipes[side](swipe);
}
