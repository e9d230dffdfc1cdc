import { onMount, type JSX } from "solid-js";
import { firstWords } from "../words/first.ts";
import { TechnicalDetails } from "./details.tsx";
import "./problem.css";

/** A part of the page that failed says so; the rest goes on. */
export function Broken(props: { error: unknown }): JSX.Element {
  const text = () =>
    props.error instanceof Error
      ? `${props.error.name}: ${props.error.message}\n${props.error.stack ?? ""}`
      : String(props.error);
  onMount(() => console.error(text()));
  return (
    <div class="problem" role="alert">
      <strong>{firstWords.broken.title}</strong>
      <p>{firstWords.broken.text}</p>
      <TechnicalDetails text={text()} />
    </div>
  );
}
