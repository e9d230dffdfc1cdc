/** Notices a peer that stopped answering: asks soon after sending and now and then when idle, and wants it in time. */

/** Ask this soon after sending, and this often when idle. ms */
const SOON_MS = 100;
const IDLE_MS = 20_000;
/** A server that answers nothing this long is gone: with the idle wait, a dead socket is noticed within 30 s. */
const LATE_MS = 9_000;
/** The slowest server in the field takes 3,000 bytes a second (ejabberd's default shaper). */
const SLOWEST_BYTES_PER_MS = 3;

export interface Liveness {
  /** Something was sent. */
  sent(): void;
  /** Something came. */
  alive(): void;
  stop(): void;
}

export function createLiveness(options: {
  ask: () => void;
  /** Bytes on their way that a slow server must take before it can answer. */
  bytesWaiting: () => number;
  onDead: () => void;
}): Liveness {
  let askTimer: ReturnType<typeof setTimeout> | undefined;
  let lateTimer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;

  function ask(): void {
    askTimer = undefined;
    lateTimer ??= setTimeout(
      options.onDead,
      LATE_MS + options.bytesWaiting() / SLOWEST_BYTES_PER_MS,
    );
    options.ask();
  }

  askTimer = setTimeout(ask, IDLE_MS);
  return {
    sent() {
      if (stopped) return;
      clearTimeout(askTimer);
      askTimer = setTimeout(ask, SOON_MS);
    },
    alive() {
      if (stopped) return;
      clearTimeout(lateTimer);
      lateTimer = undefined;
      askTimer ??= setTimeout(ask, IDLE_MS);
    },
    stop() {
      stopped = true;
      clearTimeout(askTimer);
      clearTimeout(lateTimer);
    },
  };
}
