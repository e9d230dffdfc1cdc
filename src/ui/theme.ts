/** Light, dark, or as the system has it. */
import { createSignal } from "solid-js";
import { keep, readKept } from "./page-storage.ts";

export type Theme = "system" | "light" | "dark";
const KEY = "envoi-theme";

function read(): Theme {
  const kept = readKept("localStorage", KEY);
  return kept === "light" || kept === "dark" ? kept : "system";
}

const [theme, setSignal] = createSignal<Theme>(read());
export { theme };

export function setTheme(next: Theme): void {
  keep("localStorage", KEY, next);
  setSignal(next);
  applyTheme();
}

/** Puts the choice where tokens.css looks for it. */
export function applyTheme(): void {
  const { dataset } = document.documentElement;
  if (theme() === "system") delete dataset["theme"];
  else dataset["theme"] = theme();
}
