import type { JSX } from "solid-js";
import { spelledOut } from "../../base/spelled-out.ts";
import { Details } from "./details.tsx";

/** The technical text, one click away; nothing in it hides or turns what stands around it. */
export function TechnicalDetails(props: { text: string }): JSX.Element {
  return <Details text={spelledOut(props.text)} />;
}
