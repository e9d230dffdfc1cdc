/**
 * Notices a peer that stopped answering: asks soon after sending and now and then when idle, and wants the answer in
 * time. A server that is known to be slow gets longer, and is asked the more often, so that whoever dies is noticed
 * within half a minute all the same. Only timers and `performance.now()`: the clock on the wall may jump.
 */

/** Ask this soon after sending. ms */
const SOON_MS = 100;
/** From the last sign of life to the verdict, when nothing is under way. ms */
const WITHIN_MS = 27_000;
/** An answer is waited for at least and at the most this long. ms */
const [LATE_MS, LATEST_MS] = [8_000, 24_000];
/** After sleep or a change of network: a server that lives answers in this time. ms */
const PROBE_MS = 4_000;
/**
 * After a stream is resumed, ms: Prosody may take the late end of the old socket for that of the stream, which then gets
 * nothing more.
 */
const DOUBTED_AT_MS = [1_500, 5_000, 10_000];
/** The slowest server in the field takes 3,000 bytes a second (ejabberd's default shaper); a network may take fewer. */
const SLOWEST_BYTES_PER_MS = 2;

/** How long the slowest server takes for so many bytes. */
export function slowestMs(bytes: number): number {
  return bytes / SLOWEST_BYTES_PER_MS;
}

export interface Liveness {
  /** Something was sent. */
  sent(): void;
  /** Something came. */
  alive(): void;
  /** Something happened that the stream may not have survived: asks at once, and wants the answer sooner. */
  probe(): void;
  stop(): void;
}

export function createLiveness(options: {
  ask: () => void;
  /** Bytes on their way that a slow server must take before it can answer. */
  bytesWaiting: () => number;
  /** The slowest answer so far, ms. */
  answerMs: number;
  /** The stream went on from another socket. */
  isResumed: boolean;
  onDead: () => void;
}): Liveness {
  let askTimer: ReturnType<typeof setTimeout> | undefined;
  let lateTimer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  let { answerMs } = options;
  let askedAt = 0;
  let allowedMs = 0;

  const within = (leastMs: number): number => Math.min(LATEST_MS, Math.max(leastMs, 2 * answerMs));
  const idleMs = (): number => WITHIN_MS - within(LATE_MS);

  function ask(limitMs = within(LATE_MS)): void {
    clearTimeout(askTimer);
    askTimer = undefined;
    const now = performance.now();
    if (lateTimer === undefined || now + limitMs < askedAt + allowedMs) {
      askedAt = now;
      allowedMs = limitMs;
      waitForAnswer();
    }
    options.ask();
  }

  /** The answer stands behind all that was written, also after the question. */
  function waitForAnswer(): void {
    clearTimeout(lateTimer);
    const leftMs = askedAt + allowedMs + slowestMs(options.bytesWaiting()) - performance.now();
    lateTimer = setTimeout(options.onDead, Math.max(0, leftMs));
  }

  askTimer = setTimeout(ask, idleMs());
  const doubts = (options.isResumed ? DOUBTED_AT_MS : []).map((ms) =>
    setTimeout(() => ask(within(PROBE_MS)), ms),
  );
  return {
    sent() {
      if (stopped) return;
      if (lateTimer !== undefined) waitForAnswer();
      clearTimeout(askTimer);
      askTimer = setTimeout(ask, SOON_MS);
    },
    alive() {
      if (stopped) return;
      if (lateTimer !== undefined) answerMs = Math.max(performance.now() - askedAt, answerMs * 0.9);
      clearTimeout(lateTimer);
      lateTimer = undefined;
      askTimer ??= setTimeout(ask, idleMs());
    },
    probe() {
      if (!stopped) ask(within(PROBE_MS));
    },
    stop() {
      stopped = true;
      doubts.forEach((timer) => clearTimeout(timer));
      clearTimeout(askTimer);
      clearTimeout(lateTimer);
    },
  };
}
