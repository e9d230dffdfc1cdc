import type { AccountContext } from "../context.ts";

/** Done by whoever holds the lock, on the stream there is or the next one. */
export async function repairState({ bus }: AccountContext): Promise<null> {
  bus.touch(["repair"]);
  return null;
}
