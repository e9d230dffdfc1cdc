/** Light, dark, or as the system has it. */
import { createSignal } from "solid-js";

export type Theme = "system" | "light" | "dark";
const KEY = "envoi-theme";

function read(): Theme {
  const kept = localStorage.getItem(KEY);
  return kept === "light" || kept === "dark" ? kept : "system";
}

const [theme, setSignal] = createSignal<Theme>(read());
export { theme };

export function setTheme(next: Theme): void {
  localStorage.setItem(KEY, next);
  setSignal(next);
  applyTheme();
}

/** Puts the choice where tokens.css looks for it. */
export function applyTheme(): void {
  const { dataset } = document.documentElement;
  if (theme() === "system") delete dataset["theme"];
  else dataset["theme"] = theme();
}
