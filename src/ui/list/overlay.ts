/**
 * What a person did that the worker's answers do not show yet. It lies over them from the key press on; as soon as the
 * answers say the same by themselves, or say otherwise for a while, it goes.
 */
import { createSignal } from "solid-js";
import type { WindowView } from "../../api/contract.ts";

/** Gives back the view it was given where there is nothing to change in it. */
export type Patch = (view: WindowView) => WindowView;

export interface Layer {
  readonly patch: Patch;
  /** The worker has written it: its answers are about to say so. */
  settle(): void;
  drop(): void;
}

/** An answer that was on its way may still come first. ms */
const LAST_MS = 2000;

type Entry = Layer & { isSettled: boolean };
const [layers, setLayers] = createSignal<readonly Entry[]>([]);
export { layers };

export function addLayer(patch: Patch): Layer {
  const drop = (): void => {
    setLayers((all) => all.filter((other) => other !== layer));
  };
  const layer: Entry = {
    patch,
    isSettled: false,
    settle: () => {
      layer.isSettled = true;
      setTimeout(drop, LAST_MS);
    },
    drop,
  };
  setLayers((all) => [...all, layer]);
  return layer;
}

export function withLayers(view: WindowView): WindowView {
  return layers().reduce((shown, { patch }) => patch(shown), view);
}

/** Rows that come in now were asked for: nobody is taken by surprise. */
let expectedUntil = 0;
export function expectRows(): void {
  expectedUntil = performance.now() + LAST_MS;
}
export const areExpected = (): boolean => performance.now() < expectedUntil;

export function dropLayers(): void {
  setLayers([]);
}

/** An answer came: what says nothing new of it any more is not needed. */
export function clearSettled(answer: WindowView): void {
  const all = layers();
  const needed = all.filter(({ isSettled, patch }) => !isSettled || patch(answer) !== answer);
  if (needed.length < all.length) setLayers(needed);
}

/** What is on the screen: for whoever has to put it back. */
let shown: () => WindowView | undefined = () => undefined;
export const shownView = (): WindowView | undefined => shown();
export function setShownView(of: () => WindowView | undefined): void {
  shown = of;
}
