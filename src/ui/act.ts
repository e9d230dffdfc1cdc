import type { ApiClient } from "../api/client.ts";
import type { CommandName, Commands } from "../api/contract.ts";
import { say } from "./parts/toast.tsx";
import { words } from "./words.ts";

/** Runs what a person asked for; where the browser could not keep it, that is said, and the screen shows what is. */
export function act<C extends CommandName>(
  api: ApiClient,
  name: C,
  args: Commands[C]["args"],
): void {
  api.run(name, args).catch(() => say(words.notKept));
}
