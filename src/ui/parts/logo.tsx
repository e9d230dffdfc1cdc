import type { JSX } from "solid-js";
import { firstWords } from "../words/first.ts";

/** The mark, drawn in place: no request, no picture that comes late. The same drawing as public/icon.svg. */
function Logo(): JSX.Element {
  return (
    <svg class="logo" width="40" height="40" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" />
      <path d="M6.5 9.5h19v13h-19z" />
      <path d="M7 10.5l6.2 5.6c1.6 1.4 4 1.4 5.6 0L25 10.5" />
    </svg>
  );
}

/** The head of every page before the mail. */
export function Brand(): JSX.Element {
  return (
    <header>
      <Logo />
      <h1>{firstWords.app}</h1>
      <p>{firstWords.tagline}</p>
    </header>
  );
}
