import { render } from "solid-js/web";
import { Brand } from "../parts/logo.tsx";
import { Problem } from "./problem.tsx";
import "./sign-in.css";

/** Without a secure context there is no cryptography and no lock between tabs: said instead of a form. */
export function renderInsecurePage(root: HTMLElement): void {
  render(
    () => (
      <main class="sign-in">
        <div class="sign-in-card">
          <Brand />
          <Problem
            failure={{ problem: "insecure-page", detail: location.origin, host: location.host }}
          />
        </div>
      </main>
    ),
    root,
  );
}
