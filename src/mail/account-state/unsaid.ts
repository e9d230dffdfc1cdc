/** What of a batch is not said, or not as late, by any of others. */
import type { Stamp } from "../clock.ts";
import { joined, later, type MessageState, saidIn } from "../state.ts";
import type { Batch, RegisterSaid } from "./batch.ts";

/** Whether what is said there holds against it. */
function isThen<V>(there: readonly [V, Stamp] | undefined, said: readonly [V, Stamp]): boolean {
  return there !== undefined && later(there, said) === there;
}

/** Entries of which at least one word is missing there. */
export function unsaid({ messages, registers }: Batch, others: readonly Batch[]): Batch {
  const states = new Map<string, MessageState>();
  const values = new Map<string, RegisterSaid>();
  for (const other of others) {
    for (const { key, said } of other.messages)
      states.set(key, joined(states.get(key) ?? {}, said));
    for (const { name, said } of other.registers)
      values.set(name, later(values.get(name), said) ?? said);
  }
  const isThere = (key: string, state: MessageState): boolean =>
    saidIn(state).every(([field, said]) => isThen(states.get(key)?.[field], said));
  return {
    messages: messages.filter(({ key, said }) => !isThere(key, said)),
    registers: registers.filter(({ name, said }) => !isThen(values.get(name), said)),
  };
}
