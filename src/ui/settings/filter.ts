/** Searching the settings: each says the words it is found by, and shows itself or not. */
import { createContext, createSignal, onCleanup, createEffect, useContext } from "solid-js";
import { fold } from "../palette/fuzzy.ts";

export type Filter = {
  /** Whether something with these words is to be shown. */
  isShown: (words: string) => boolean;
  /** How many settings are shown. */
  count: () => number;
  note: (by: 1 | -1) => void;
  isSearching: () => boolean;
};

const Context = createContext<Filter>();
export const FilterProvider = Context.Provider;

/** Every word that is typed must stand in a setting's words, wherever. */
export function createFilter(text: () => string): Filter {
  const [count, setCount] = createSignal(0);
  const wanted = (): string[] => fold(text()).split(/\s+/).filter(Boolean);
  return {
    isShown: (words) => {
      const within = fold(words);
      return wanted().every((word) => within.includes(word));
    },
    count,
    note: (by) => setCount((n) => n + by),
    isSearching: () => wanted().length > 0,
  };
}

/** Whether this setting is shown; counted as long as it is. */
export function createShown(words: () => string): () => boolean {
  const filter = useContext(Context);
  const section = useContext(SectionWords);
  const isShown = (): boolean => filter?.isShown(`${section ?? ""} ${words()}`) ?? true;
  createEffect(() => {
    if (!isShown()) return;
    filter?.note(1);
    onCleanup(() => filter?.note(-1));
  });
  return isShown;
}

/** What the section of a setting is found by: all of it is then. */
export const SectionWords = createContext<string>();
