/**
 * Choices that the page goes by before there is a database (theme, keys, swipes): each is kept beside the page, told to
 * the account when a person makes it, and taken from there when another device made one.
 */
import type { PageChoices, Preferences } from "../mail/preferences.ts";

type Name = keyof PageChoices;
type Tell = <N extends Name>(name: N, value: PageChoices[N]) => void;

const takers = new Map<Name, () => void>();
let heard: Partial<PageChoices> = {};
let tell: Tell | undefined;

/** `take` keeps a value and shows it. Returns what a person's choice is given to. */
export function sharedChoice<N extends Name>(
  name: N,
  take: (value: PageChoices[N]) => void,
): (value: PageChoices[N]) => void {
  const takeHeard = (): void => {
    const value = heard[name];
    if (value !== undefined) take(value);
  };
  takers.set(name, takeHeard);
  // Its module came late.
  takeHeard();
  return (value) => {
    take(value);
    tell?.(name, value);
  };
}

/** What the account says. */
export function hearChoices(said: Preferences): void {
  const before = heard;
  heard = said;
  for (const [name, take] of takers)
    if (JSON.stringify(before[name]) !== JSON.stringify(said[name])) take();
}

/** Where choices go from now on; without an account they stay here. */
export function tellChoices(next: Tell | undefined): void {
  tell = next;
  if (next === undefined) heard = {};
}
