/**
 * Fetches archive pages from servers that are quick, slow, silent or out of order: sizes the pages so that each ends in
 * passable time, asks again with smaller ones and more patience, and says when it gives up.
 */
import { ConnectionError } from "../xmpp/connection-error.ts";
import {
  type ArchiveMark,
  type ArchivePage,
  type ArchiveQuery,
  type Patience,
  queryArchive,
} from "../xmpp/mam.ts";
import type { Session } from "../xmpp/session.ts";
import { StanzaError } from "../xmpp/stanza-error.ts";

/** The first page is on its way to a waiting person; the next are as large as servers give (50 to 250). */
const FIRST = 50;
const LARGEST = 250;
const SMALLEST = 5;
/** A page of this many UTF-16 units is enough at once: 50 large mails are 12 MB (PROTOCOL.md section 3). */
const PAGE_LENGTH = 1024 * 1024;
/** How long the results of a page may take to come in. */
const PAGE_MS = 8000;
/** How long to wait for a sign of life, at first and at each further try, and between two tries. */
export type ReaderTimes = { silenceMs: readonly number[]; retryMs: number };
const TIMES: ReaderTimes = { silenceMs: [30_000, 60_000, 120_000], retryMs: 1000 };
/** From here on the person is told that the server is slow. */
const SLOW_MS = 10_000;

export type Fetched =
  | { kind: "page"; page: ArchivePage }
  /** The archive does not know the id it was asked to go on from. */
  | { kind: "unknown-id" }
  /** No page, in spite of patience. `partial`: results that came, with others missing anywhere between. */
  | { kind: "silent"; partial?: ArchivePage };

type Range = Pick<ArchiveQuery, "before" | "after" | "start" | "end"> & { max?: number };

export interface ArchiveReader {
  /** Rejects with ConnectionError where the stream ends, and with the signal's reason. `onMark`: of the first try only. */
  fetch(
    range: Range,
    options?: { onMark?: (mark: ArchiveMark) => void; signal?: AbortSignal },
  ): Promise<Fetched>;
}

/** `onSlow`: whether the person waits for a server that says nothing. */
export function createArchiveReader(
  session: Session,
  signal: AbortSignal,
  onSlow: (isSlow: boolean) => void,
  { silenceMs: silences, retryMs }: ReaderTimes = TIMES,
): ArchiveReader {
  const patience: Patience = { lastAt: performance.now() };
  let size = FIRST;
  let tries = 0;
  let underWay = 0;
  let wasSlow = false;
  const tell = (isSlow: boolean): void => {
    if (isSlow !== wasSlow) onSlow(isSlow);
    wasSlow = isSlow;
  };

  async function once(query: ArchiveQuery, first: { at?: number }): Promise<ArchivePage> {
    const { onMark } = query;
    return queryArchive(session, {
      ...query,
      patience,
      onMark: (mark) => {
        first.at ??= performance.now();
        onMark?.(mark);
      },
    });
  }

  function learn(page: ArchivePage, firstAt: number | undefined): void {
    if (page.marks.length === 0 || firstAt === undefined) return;
    const perItem = Math.max(1, page.length / page.marks.length);
    const ms = Math.max(1, performance.now() - firstAt);
    const length = Math.min(PAGE_LENGTH, (page.length / ms) * PAGE_MS);
    size = Math.min(LARGEST, Math.max(SMALLEST, Math.round(length / perItem)));
  }

  async function fetch(
    { max, ...range }: Range,
    options: { onMark?: (mark: ArchiveMark) => void; signal?: AbortSignal },
  ): Promise<Fetched> {
    const ends = options.signal === undefined ? signal : AbortSignal.any([signal, options.signal]);
    let partial: ArchivePage | undefined;
    for (let attempt = 0; attempt < silences.length; attempt++) {
      if (attempt > 0) await pause(retryMs * 2 ** attempt, ends);
      const first: { at?: number } = {};
      const silenceMs = silences[Math.max(attempt, tries)] ?? 0;
      const query = { ...range, max: Math.min(max ?? size, size), silenceMs, signal: ends };
      const { onMark } = attempt === 0 ? options : {};
      try {
        const page = await once(onMark === undefined ? query : { ...query, onMark }, first);
        if (page.ended) {
          learn(page, first.at);
          // What was needed once will be needed again.
          tries = Math.max(tries, attempt);
          return { kind: "page", page };
        }
        partial = page;
      } catch (error) {
        ends.throwIfAborted();
        if (error instanceof StanzaError && error.condition === "item-not-found")
          return { kind: "unknown-id" };
        if (!isPassing(error)) throw error;
      }
      size = Math.max(1, Math.floor(size / 4));
    }
    return { kind: "silent", ...(partial === undefined ? {} : { partial }) };
  }

  return {
    async fetch(range, options = {}) {
      const startedAt = performance.now();
      const watch = setInterval(() => {
        tell(performance.now() - Math.max(startedAt, patience.lastAt) > SLOW_MS);
      }, 1000);
      underWay++;
      try {
        return await fetch(range, options);
      } finally {
        clearInterval(watch);
        if (--underWay === 0) tell(false);
      }
    },
  };
}

/** Silence, or an answer that says "not now"; the end of the stream is neither. */
function isPassing(error: unknown): boolean {
  return (
    error instanceof StanzaError ||
    (error instanceof ConnectionError && error.problem === "timeout")
  );
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const end = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", end);
      resolve();
    }, ms);
    signal.addEventListener("abort", end, { once: true });
  });
}
