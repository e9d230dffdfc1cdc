/**
 * Takes fetched pages into the database, several in one transaction, while further pages are on their way. A page is
 * written together with the ranges it extends: all or nothing. What is planned runs ahead of what is written by the
 * pages that wait here.
 */
import { type ArchiveRange, estimateTotal } from "../mail/archive-range.ts";
import type { Arrival } from "../mail/message.ts";
import { putMeta, readMeta } from "../store/meta.ts";
import type { ReadTx, WriteTx } from "../store/schema.ts";
import { StorageError } from "../store/storage-error.ts";
import type { ArchivedItem, ArchivePage } from "../xmpp/mam.ts";
import { archivedArrival, boundSignIn } from "./arrivals.ts";
import type { Topic } from "./bus.ts";
import type { AccountContext } from "./context.ts";
import { createIdSieve } from "./id-sieve.ts";
import { ingest, type Ingested } from "./ingest.ts";
import { loadAfterwards } from "./load-afterwards.ts";
import { putRejects } from "./rejects.ts";
import { isAnyDraft } from "./sent-draft.ts";
import { WORKING_STORES } from "./working-set.ts";

/** Pages that may wait for the database before no more are asked for. */
const MAX_WAITING = 8;
/** One transaction takes so many messages: queries and live mail wait for it. */
const BATCH = 250;
/** While the past comes in, lists are told this often at the most: each time every list is read again. ms */
const ANNOUNCE_MS = 1000;
/** The second time sooner, then ever less often: the newest page may be one conversation, and no screen full. ms */
const FIRST_REST_MS = 50;

/** What new mail is told as. */
const NEWS: readonly Topic[] = ["mail", "people", "outbox"];

export type Extend = (ranges: readonly ArchiveRange[]) => ArchiveRange[];

export interface ArchiveWriter {
  /** What the database will hold once everything that waits is written. */
  readonly planned: readonly ArchiveRange[];
  readonly isFull: boolean;
  /** Time of the oldest message the server has, where it tells; for the estimate of how many there are. */
  startAt: number | undefined;
  /** Reads what the database knows; only while nothing waits. */
  load(): Promise<void>;
  /** Takes a page in and moves the ranges; a page without a place (`extend` absent) moves none. */
  put(page: ArchivePage, extend?: Extend): void;
  /** Moves the ranges alone. */
  mark(extend: Extend): void;
  /** Resolves when there is room for another page. Rejects where the database failed. */
  room(): Promise<void>;
  /** Resolves when everything is written. Rejects where the database failed. */
  drained(): Promise<void>;
}

type Job = { page?: ArchivePage; extend: Extend };

export function createArchiveWriter(context: AccountContext): ArchiveWriter {
  const { store, bus, me } = context;
  const sieve = createIdSieve(me);
  let isSieveLoaded = false;
  const announcer = createAnnouncer((topics) => bus.touch(topics));
  const jobs: Job[] = [];
  let planned: readonly ArchiveRange[] = [];
  let writing: Promise<void> | undefined;
  let failure: { error: unknown } | undefined;
  let wake: (() => void)[] = [];

  function add(job: Job): void {
    planned = job.extend(planned);
    jobs.push(job);
    writing ??= work();
  }

  /** Never rejects. What is added after its end begins it anew. */
  async function work(): Promise<void> {
    try {
      while (jobs.length > 0) await writeNext();
    } catch (error) {
      failure ??= { error };
    }
    writing = undefined;
    for (const resolve of wake.splice(0)) resolve();
  }

  async function writeNext(): Promise<void> {
    // The newest page is wanted at once; what comes behind it is much.
    if (jobs.length > 1 && !isSieveLoaded) {
      await sieve.load(store);
      isSieveLoaded = true;
    }
    const batch = nextBatch(jobs);
    const { touched, added } = await write(batch);
    // Also where nothing was new: a copy of mine in the archive says that it was sent.
    announcer.tell(touched.size > 0 ? [...NEWS, "status"] : ["status"]);
    if (await isAnyDraft(context, added)) announcer.tell(["drafts"]);
    await takeBounces(batch);
    jobs.splice(0, batch.length);
    for (const resolve of wake.splice(0)) resolve();
  }

  async function takeBounces(batch: readonly Job[]): Promise<void> {
    const items = batch.flatMap(({ page }) => page?.items ?? []);
    for (const { received, at } of items.filter((item) => item.received.type === "error")) {
      const { takeBounce } = await loadAfterwards();
      await takeBounce(context, received, at);
    }
  }

  async function write(batch: readonly Job[]): Promise<Ingested> {
    // Pages going back come newest first; within a transaction the order is the archive's.
    const items = batch.toReversed().flatMap(({ page }) => page?.items ?? []);
    try {
      return await writeItems(batch, items);
    } catch (error) {
      if (error instanceof StorageError) throw error;
      console.error("archive:", error instanceof Error ? error.stack : error);
      return writeItems(batch, await withoutPoison(items));
    }
  }

  /** What counts as read may be told anew while the past comes in: each transaction asks. */
  async function arrivalsOf(tx: ReadTx, items: readonly ArchivedItem[]): Promise<Arrival[]> {
    const historyBefore = (await readMeta(tx, "firstSignInAt")) ?? context.now();
    return items.flatMap((item) => archivedArrival(item, me, historyBefore) ?? []);
  }

  function writeItems(batch: readonly Job[], items: readonly ArchivedItem[]): Promise<Ingested> {
    return store.write([...WORKING_STORES, "rejects"], async (tx) => {
      await boundSignIn(
        tx,
        batch.flatMap(({ page }) => page?.marks ?? []),
      );
      const arrivals = await arrivalsOf(tx, items);
      const result = await ingest(tx, me, arrivals, isSieveLoaded ? sieve : undefined);
      for (const { page } of batch) putRejects(tx, page?.unreadable ?? [], context.now());
      await moveCursor(tx, batch, result);
      return result;
    });
  }

  async function moveCursor(tx: WriteTx, batch: readonly Job[], result: Ingested): Promise<void> {
    const [old, fetched, sync] = await Promise.all([
      readMeta(tx, "ranges"),
      readMeta(tx, "fetched"),
      readMeta(tx, "sync"),
    ]);
    let ranges: readonly ArchiveRange[] = old ?? [];
    for (const { extend } of batch) ranges = extend(ranges);
    const items = batch.reduce((sum, { page }) => sum + (page?.marks.length ?? 0), 0);
    const messages = (fetched?.messages ?? 0) + items - result.known;
    const mail = (fetched?.mail ?? 0) + result.added.filter((m) => m.kind === "mail").length;
    const count = batch.findLast(({ page }) => page?.count !== undefined)?.page?.count;
    const total =
      count ??
      (writer.startAt === undefined
        ? sync?.total
        : estimateTotal(messages, ranges.at(-1), writer.startAt));
    const { total: _old, ...rest } = sync ?? { state: "syncing" as const };
    putMeta(tx, "fetched", { messages, mail });
    putMeta(tx, "sync", {
      ...rest,
      done: messages,
      mail,
      ...(total === undefined || total < messages ? {} : { total }),
    });
    putMeta(tx, "ranges", [...ranges]);
  }

  /** A message that makes us fail would be fetched again for ever, and nothing behind it: it is left out. */
  async function withoutPoison(items: readonly ArchivedItem[]): Promise<ArchivedItem[]> {
    const fine: ArchivedItem[] = [];
    for (const item of items) {
      try {
        const { touched } = await store.write(WORKING_STORES, async (tx) =>
          ingest(tx, me, await arrivalsOf(tx, [item])),
        );
        // Once all are written together they are known already.
        if (touched.size > 0) announcer.tell(NEWS);
        fine.push(item);
      } catch (error) {
        if (error instanceof StorageError) throw error;
        await store.write(["rejects"], async (tx) =>
          putRejects(tx, [{ archiveId: item.archiveId, text: String(error) }], context.now()),
        );
      }
    }
    return fine;
  }

  const writer: ArchiveWriter = {
    startAt: undefined,
    get planned() {
      return planned;
    },
    get isFull() {
      return jobs.length >= MAX_WAITING;
    },
    async load() {
      if (writing !== undefined) return;
      await store.read(["meta"], async (tx) => {
        const known = (await readMeta(tx, "ranges")) ?? [];
        if (jobs.length === 0) planned = known;
      });
    },
    put: (page, extend = (ranges) => [...ranges]) => add({ page, extend }),
    mark: (extend) => add({ extend }),
    async room() {
      while (jobs.length >= MAX_WAITING && failure === undefined)
        await new Promise<void>((resolve) => wake.push(resolve));
      if (failure !== undefined) throw failure.error;
    },
    async drained() {
      while (writing !== undefined && failure === undefined)
        await new Promise<void>((resolve) => wake.push(resolve));
      if (failure !== undefined) throw failure.error;
      // What is said next, that all is here, must be true of the lists as well.
      announcer.flush();
    },
  };
  return writer;
}

function nextBatch(jobs: readonly Job[]): Job[] {
  const batch: Job[] = [];
  let messages = 0;
  for (const job of jobs) {
    messages += job.page?.items.length ?? 0;
    if (batch.length > 0 && messages > BATCH) break;
    batch.push(job);
  }
  return batch;
}

interface Announcer {
  tell(topics: readonly Topic[]): void;
  /** Says what waits. */
  flush(): void;
}

/** The first word at once, further ones not too often, the last never lost. */
function createAnnouncer(touch: (topics: Topic[]) => void): Announcer {
  const waiting = new Set<Topic>();
  let lastAt = Number.NEGATIVE_INFINITY;
  let restMs = FIRST_REST_MS;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const now = (): void => {
    clearTimeout(timer);
    timer = undefined;
    lastAt = performance.now();
    restMs = Math.min(ANNOUNCE_MS, 2 * restMs);
    touch([...waiting]);
    waiting.clear();
  };
  return {
    tell(topics) {
      for (const topic of topics) waiting.add(topic);
      const left = lastAt + restMs - performance.now();
      if (left <= 0 && timer === undefined) now();
      else timer ??= setTimeout(now, left);
    },
    flush() {
      if (waiting.size > 0) now();
    },
  };
}
