/** One direction of a connection: in order, and as late as the faults say. */
import type { Clock } from "./clock.ts";
import type { Faults } from "./faults.ts";

export interface Pipe {
  send(text: string): void;
  /** What is still on its way never arrives. */
  stop(): void;
}

export function createPipe(
  clock: Clock,
  faults: Pick<Faults, "latencyMs" | "bytesPerSecond">,
  deliver: (text: string) => void,
): Pipe {
  const onTheWay: { text: string; at: number }[] = [];
  let freeAt = 0;
  let cancel: (() => void) | undefined;
  let stopped = false;

  function next(): void {
    const first = onTheWay[0];
    if (first === undefined || cancel !== undefined || stopped) return;
    cancel = clock.after(Math.max(0, first.at - clock.now()), () => {
      cancel = undefined;
      onTheWay.shift();
      deliver(first.text);
      next();
    });
  }

  return {
    send(text) {
      if (stopped) return;
      const { latencyMs, bytesPerSecond } = faults;
      const takes = bytesPerSecond === undefined ? 0 : (text.length / bytesPerSecond) * 1000;
      freeAt = Math.max(clock.now(), freeAt) + takes;
      const at = Math.max(freeAt + latencyMs, onTheWay.at(-1)?.at ?? 0);
      if (onTheWay.length === 0 && at <= clock.now()) return deliver(text);
      onTheWay.push({ text, at });
      next();
    },
    stop() {
      stopped = true;
      cancel?.();
    },
  };
}
