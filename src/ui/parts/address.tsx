import type { JSX } from "solid-js";
import { spelledOut } from "../../base/spelled-out.ts";

/** An address, whole and from left to right whatever its letters: its server stands at its end. */
export function Address(props: { jid: string; class?: string }): JSX.Element {
  return (
    <bdi dir="ltr" class={props.class}>
      {spelledOut(props.jid)}
    </bdi>
  );
}

/** Whether they are called anything but their address. */
export function isNamed({ name, jid }: { name: string; jid: string }): boolean {
  return name !== jid && name !== spelledOut(jid);
}
