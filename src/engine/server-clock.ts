/**
 * The server's time, for what arrives live: a device's clock may be years off or jump, and the archive's times, which
 * are the server's, must agree with it. Runs on from one answer by a clock that nobody sets.
 */
import { readMeta } from "../store/meta.ts";
import type { Session } from "../xmpp/session.ts";
import { askTime } from "../xmpp/time.ts";
import type { AccountContext } from "./context.ts";

/** A device that is this near has the right time; one server tells whole seconds only, late by half of that. ms */
const NEAR_MS = 2000;

export interface ServerClock {
  /** Epoch ms; the device's own where the server does not tell. */
  now(): number;
  /** The server told. */
  readonly isSet: boolean;
  /** Resolves once the server told, or will not. */
  ask(session: Session): Promise<void>;
  /** Ends with the first `ask`. */
  readonly told: Promise<void>;
}

const clocks = new WeakMap<AccountContext, ServerClock>();

/** Epoch ms by the server's clock, where this tab asked it; else by the device's. */
export function serverTime(context: AccountContext): number {
  return clocks.get(context)?.now() ?? context.now();
}

/**
 * The same, for what must not be early: where this tab did not ask, the earlier of the device's clock and of what the
 * account's stream was told last, as the clock may have been set since.
 */
export async function accountTime(context: AccountContext): Promise<number> {
  const clock = clocks.get(context);
  if (clock?.isSet === true) return clock.now();
  const offset = await context.store.read(["meta"], (tx) => readMeta(tx, "clockOffset"));
  return context.now() + Math.min(0, offset ?? 0);
}

/** The clock of the account's stream, the newest one counts. */
export function openServerClock(context: AccountContext): ServerClock {
  const clock = createServerClock(context.now);
  clocks.set(context, clock);
  return clock;
}

export function createServerClock(own: () => number): ServerClock {
  let set: { serverAt: number; at: number } | undefined;
  let tell: () => void = () => undefined;
  const told = new Promise<void>((resolve) => {
    tell = resolve;
  });
  return {
    told,
    get isSet() {
      return set !== undefined;
    },
    now: () => (set === undefined ? own() : Math.round(set.serverAt + performance.now() - set.at)),
    async ask(session) {
      const askedAt = performance.now();
      const serverAt = await askTime(session);
      const at = performance.now();
      if (serverAt !== undefined) {
        const there = serverAt + (at - askedAt) / 2;
        const here = own();
        set = { serverAt: Math.abs(there - here) < NEAR_MS ? here : there, at };
      }
      tell();
    },
  };
}
