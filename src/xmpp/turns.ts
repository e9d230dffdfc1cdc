/** Stanzas are handed over one after another: each waits until what the one before it meant is kept. */
import type { Inbound } from "./inbound.ts";

export interface Turns {
  /** Hands over what a stanza meant, then counts it where it is to be counted. */
  take(event: Inbound | undefined, counted: boolean): void;
  /** Runs behind everything that came before; a rejection is the caller's. */
  after(run: () => void | Promise<void>): Promise<void>;
  /** Everything that came so far is handed over, or was given up. */
  readonly settled: Promise<void>;
}

export function createTurns(options: {
  onInbound: (event: Inbound) => void | Promise<void>;
  /** A stanza of the server's is safe with us. */
  onHandled: () => void;
  /** Something could not be kept. Nothing after it is handled, or it would be acknowledged with the rest. */
  onBroken: (error: unknown) => void;
}): Turns {
  let order: Promise<void> = Promise.resolve();
  let isBroken = false;

  async function handle(event: Inbound | undefined, counted: boolean): Promise<void> {
    if (isBroken) return;
    try {
      if (event !== undefined) await options.onInbound(event);
      if (counted) options.onHandled();
    } catch (error) {
      isBroken = true;
      options.onBroken(error);
    }
  }

  return {
    take(event, counted) {
      order = order.then(() => handle(event, counted));
    },
    after(run) {
      const done = order.then(run);
      order = done.catch(() => undefined);
      return done;
    },
    get settled() {
      return order;
    },
  };
}
