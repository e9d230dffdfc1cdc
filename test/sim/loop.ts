/**
 * The event loop of the simulation: tasks in the order they were asked for, timers by a clock that moves only when
 * nothing is left to do. Between two tasks every promise that is ready runs.
 */
import { setImmediate as tick } from "node:timers";

/** Nothing honest needs more tasks without time passing, or more in a whole run: it would be asking without end. */
const MAX_AT_ONCE = 20_000;
const MAX_IN_ALL = 200_000;

type Timer = { at: number; order: number; run: () => void };

export class Loop {
  now: number;
  /** Tasks so far. */
  ran = 0;
  private order = 0;
  private tasks: (() => void)[] = [];
  private timers: Timer[] = [];

  constructor(now: number) {
    this.now = now;
  }

  /** Runs in a turn of its own, as soon as possible. */
  task(run: () => void): void {
    this.tasks.push(run);
  }

  /** Runs when the clock has moved on by `ms`. */
  after(ms: number, run: () => void): () => void {
    const timer: Timer = { at: this.now + Math.max(0, ms), order: this.order++, run };
    let index = this.timers.length;
    while (index > 0 && (this.timers[index - 1] as Timer).at > timer.at) index--;
    this.timers.splice(index, 0, timer);
    return () => {
      const at = this.timers.indexOf(timer);
      if (at >= 0) this.timers.splice(at, 1);
    };
  }

  /** Everything that can happen without time passing. */
  async drain(): Promise<void> {
    for (let count = 0; ; count++) {
      await new Promise<void>((resolve) => tick(resolve));
      if (this.tasks.length === 0) return;
      if (count > MAX_AT_ONCE) throw new Error("it spins: no end of tasks");
      const batch = this.tasks;
      this.tasks = [];
      this.ran += batch.length;
      if (this.ran > MAX_IN_ALL) throw new Error("it spins: it never comes to rest");
      for (const [index, run] of batch.entries()) {
        run();
        // The last one's promises run at the top of the loop.
        if (index < batch.length - 1) await new Promise<void>((resolve) => tick(resolve));
      }
    }
  }

  /** Moves the clock, timer by timer. */
  async advance(ms: number): Promise<void> {
    const end = this.now + ms;
    await this.drain();
    let here = 0;
    for (;;) {
      const next = this.timers[0];
      if (next === undefined || next.at > end) break;
      this.timers.shift();
      here = next.at > this.now ? 0 : here + 1;
      if (here > MAX_AT_ONCE) throw new Error("it spins: no time passes");
      this.now = Math.max(this.now, next.at);
      next.run();
      await this.drain();
    }
    this.now = end;
  }
}
