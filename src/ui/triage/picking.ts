/** The dialog that asks for more: where to, which tags, until when, whether really. */
import { createSignal } from "solid-js";
import type { Subject } from "./commands.ts";
import type { Scene } from "./perform.ts";

export type Picking = {
  kind: "move" | "tag" | "snooze" | "forever" | "empty";
  scene: Scene;
  subject: Subject;
};

const [picking, setPicking] = createSignal<Picking>();
export { picking };

export function pick(what: Picking): void {
  setPicking(what);
}

export function endPicking(): void {
  setPicking(undefined);
}
