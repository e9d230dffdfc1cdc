import { createEffect, type JSX } from "solid-js";
import type { SignInProblem } from "../../api/contract.ts";
import { AdminLines } from "../parts/admin-lines.tsx";
import { TechnicalDetails } from "../parts/technical-details.tsx";
import { signInProblem } from "../words/problems.ts";
import "../parts/problem.css";

export type Failure = { problem: SignInProblem; detail: string; host: string };

/** What went wrong, what is safe, what to do. */
export function Problem(props: { failure: Failure }): JSX.Element {
  const text = () => signInProblem[props.failure.problem];
  let element: HTMLDivElement | undefined;
  createEffect(() => {
    void props.failure;
    element?.scrollIntoView({ block: "nearest" });
  });
  return (
    <div ref={element} class="problem" role="alert" data-error={props.failure.problem}>
      <strong>{text().title}</strong>
      <p>{text().text(props.failure.host)}</p>
      <AdminLines lines={text().lines ?? []} />
      <TechnicalDetails text={props.failure.detail} />
    </div>
  );
}
