/**
 * Looks for a server's WebSocket at several doors at once and hands out those that answer, the better ones first. A door
 * that is dead, or only slow, holds up no other: the next are tried beside it, and it may still answer.
 */
import type { Endpoint, Verdict } from "../xmpp/discovery.ts";

/** Doors that say nothing for this long are not waited for alone. ms */
const HEAD_START_MS = 2500;
/** Once one has answered, better ones are waited for no longer than this. ms */
const GRACE_MS = 500;
/** For a connection, and for what the server offers: 20 s where the line is slow. ms */
const ANSWER_MS = 25_000;
/**
 * Browsers make one WebSocket at a time to a host (RFC 6455 section 4.1), so there a door that is silent does hold up
 * the others: each has a short turn before any has a long one. ms
 */
const TURN_MS = 4000;

type Door = { endpoint: Endpoint; verdict?: Verdict; isGiven: boolean };

/**
 * Ends when every door was asked and none is left. `tried` is told of those that are none. Rejects with the signal's
 * reason.
 */
export async function* search(options: {
  /** Best first; one is looked up when those before it are of no use, or silent. Each door is asked once. */
  sources: readonly (() => Promise<readonly Endpoint[]>)[];
  probe: (url: string, options: { timeoutMs: number; signal: AbortSignal }) => Promise<Verdict>;
  tried: string[];
  signal: AbortSignal;
}): AsyncGenerator<Endpoint> {
  const over = new AbortController();
  const signal = AbortSignal.any([options.signal, over.signal]);
  const bell = createBell(signal);
  const doors: Door[] = [];
  let lookups = 0;
  let firstAnswerAt = Infinity;

  async function look(source: () => Promise<readonly Endpoint[]>): Promise<void> {
    lookups++;
    const endpoints = await source().catch(() => []);
    lookups--;
    const known = new Set(doors.map(({ endpoint }) => endpoint.url));
    const fresh = endpoints.filter(({ url }) => !known.has(url));
    const added = fresh.map((endpoint): Door => ({ endpoint, isGiven: false }));
    doors.push(...added);
    const hosts = Map.groupBy(added, ({ endpoint }) => new URL(endpoint.url).host);
    for (const atOne of hosts.values()) void askInTurn(atOne);
    bell.ring();
  }

  async function askInTurn(atOne: readonly Door[]): Promise<void> {
    let silent = atOne;
    for (const timeoutMs of atOne.length > 1 ? [TURN_MS, ANSWER_MS] : [ANSWER_MS]) {
      const asked = silent;
      silent = [];
      for (const door of asked) {
        const verdict = await options
          .probe(door.endpoint.url, { timeoutMs, signal })
          .catch(() => "unreachable" as const);
        if (signal.aborted) return;
        if (verdict === "silent") silent = [...silent, door];
        else settle(door, verdict);
      }
    }
    for (const door of silent) settle(door, "silent");
  }

  function settle(door: Door, verdict: Verdict): void {
    door.verdict = verdict;
    if (verdict === "xmpp") firstAnswerAt = Math.min(firstAnswerAt, performance.now());
    else options.tried.push(`${door.endpoint.url}: ${verdict}`);
    bell.ring();
  }

  const sources = [...options.sources];
  let nextAt = 0;
  try {
    for (;;) {
      options.signal.throwIfAborted();
      const now = performance.now();
      const open = doors.find(({ verdict, isGiven }) => verdict === "xmpp" && !isGiven);
      const isWaiting = lookups > 0 || doors.some(({ verdict }) => verdict === undefined);
      const [source] = sources;
      if (open !== undefined) {
        const graceMs = hasBetter(doors, open) ? firstAnswerAt + GRACE_MS - now : 0;
        if (graceMs > 0) {
          await bell.rung(graceMs);
          continue;
        }
        open.isGiven = true;
        yield open.endpoint;
      } else if (source !== undefined && (!isWaiting || now >= nextAt)) {
        sources.shift();
        nextAt = now + HEAD_START_MS;
        void look(source);
      } else if (isWaiting) {
        await bell.rung(source === undefined ? undefined : nextAt - now);
      } else return;
    }
  } finally {
    over.abort();
  }
}

/** Whether a better door may still answer. */
function hasBetter(doors: readonly Door[], open: Door): boolean {
  return doors.slice(0, doors.indexOf(open)).some(({ verdict }) => verdict === undefined);
}

interface Bell {
  ring(): void;
  /** Resolves when it rings, or after that time. */
  rung(ms: number | undefined): Promise<void>;
}

/** Rings by itself when the signal is aborted. */
function createBell(signal: AbortSignal): Bell {
  let next = Promise.withResolvers<void>();
  const ring = (): void => {
    next.resolve();
    next = Promise.withResolvers();
  };
  signal.addEventListener("abort", ring, { once: true });
  return {
    ring,
    async rung(ms) {
      const timer = ms === undefined ? undefined : setTimeout(ring, ms);
      await next.promise;
      clearTimeout(timer);
    },
  };
}
