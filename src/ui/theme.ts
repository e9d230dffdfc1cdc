/** Light, dark, or as the system has it. */
import { createSignal } from "solid-js";
import type { PageChoices } from "../mail/preferences.ts";
import { keep, readKept } from "./page-storage.ts";
import { sharedChoice } from "./shared-choice.ts";

type Theme = PageChoices["theme"];
const KEY = "envoi-theme";

function read(): Theme {
  const kept = readKept("localStorage", KEY);
  return kept === "light" || kept === "dark" ? kept : "system";
}

const [theme, setSignal] = createSignal<Theme>(read());
export { theme };

export const setTheme = sharedChoice("theme", (next) => {
  keep("localStorage", KEY, next);
  setSignal(next);
  applyTheme();
});

/** Puts the choice where tokens.css looks for it. */
export function applyTheme(): void {
  const { dataset } = document.documentElement;
  if (theme() === "system") delete dataset["theme"];
  else dataset["theme"] = theme();
}
