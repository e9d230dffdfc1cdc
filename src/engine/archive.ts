/**
 * Keeps the database level with the archive (XEP-0313): the newest page first, so that it is on screen at once, then
 * whatever is missing below it, gap by gap, back to the beginning. A page that comes is a range of its own until the
 * ids of two ranges meet; nothing else closes a gap.
 *
 *      ask page k+1 as soon as page k begins to come in        (the server never waits for our database)
 *      page k -> archive-writer: several pages, one transaction (a bounded queue between the two)
 *
 * Nothing an archive says of itself is believed without a second word: "complete" only of an empty page whose end the
 * archive's own first message confirms; an id kept from an earlier day only when the archive shows it in its place.
 */
import { type ArchiveGap, gapsOf, nextGap, withGapEnd, withPage } from "../mail/archive-range.ts";
import type { SyncView } from "../mail/status.ts";
import { putMeta, readMeta } from "../store/meta.ts";
import { type ArchivePage, oldestArchivedAt } from "../xmpp/mam.ts";
import type { Session } from "../xmpp/session.ts";
import {
  type ArchiveReader,
  createArchiveReader,
  type Fetched,
  type ReaderTimes,
} from "./archive-reader.ts";
import { type ArchiveWriter, createArchiveWriter } from "./archive-writer.ts";
import type { AccountContext } from "./context.ts";

/** Pages under way at once. */
const AHEAD = 2;
/** An archive that never ends lies. */
const MAX_PAGES = 50_000;
const MAX_HEAD_PAGES = 50;
/** Live messages are looked up in the archive when nothing more came for so long. ms */
const FOLLOW_MS = 3000;
/** What failed is asked for again after this. 5 minutes */
const AGAIN_MS = 5 * 60 * 1000;

export interface ArchiveSync {
  /** Newest page, or what came since the last time. Presence may follow it. */
  catchUp(): Promise<void>;
  /** Closes the gaps, then follows what arrives, until the stream ends; waits while paused. */
  keep(): Promise<void>;
  /** Something arrived or was sent that the archive has an id and a time for. */
  follow(): void;
  /** Everything that came over the wire is in the database. */
  drained(): Promise<void>;
}

type SyncOptions = {
  /** `urn:xmpp:mam:2#extended` */
  extended: boolean;
  signal: AbortSignal;
  times?: ReaderTimes;
};

/** A page being fetched, and the one behind it that was asked for before this one ended. */
type Step = {
  anchor: string;
  fetched: Promise<Fetched>;
  next: Step | undefined;
  cancel: () => void;
};

export function createArchiveSync(
  context: AccountContext,
  session: Session,
  options: SyncOptions,
): ArchiveSync {
  return new Sync(context, session, options);
}

class Sync implements ArchiveSync {
  private readonly context: AccountContext;
  private readonly session: Session;
  private readonly extended: boolean;
  private readonly signal: AbortSignal;
  private readonly reader: ArchiveReader;
  private readonly writer: ArchiveWriter;
  /** Ids this stream has shown us: safe to go on from. */
  private readonly shown = new Set<string>();
  /** Ranges that most likely begin right behind the one below: one message is enough to see. */
  private readonly adjoining = new Set<string>();
  private underWay = 0;
  private pages = 0;
  /** False once an archive answers in another order than oldest first. */
  private mayGuess = true;
  private isPaused = false;
  private isHeadOpen = true;
  /** The newest end could not be asked for. */
  private isHeadLost = false;
  private isDirty = false;
  private said: SyncView["state"] | undefined;
  private caughtUp: Promise<void> | undefined;
  private wake: (() => void) | undefined;
  private followTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(context: AccountContext, session: Session, { extended, signal, times }: SyncOptions) {
    this.context = context;
    this.session = session;
    this.extended = extended;
    this.signal = signal;
    this.writer = createArchiveWriter(context);
    const onSlow = (isSlow: boolean): void => {
      putSync(context, { isSlow }).catch(() => undefined);
    };
    this.reader = createArchiveReader(session, signal, onSlow, times);
    const stop = context.bus.onTopics((topics) => {
      if (topics.includes("engine")) this.look();
    });
    signal.addEventListener("abort", () => {
      stop();
      clearTimeout(this.followTimer);
      this.look();
    });
  }

  catchUp(): Promise<void> {
    this.caughtUp = this.readFirst();
    return this.caughtUp;
  }

  private async readFirst(): Promise<void> {
    await this.writer.load();
    // What failed on an earlier stream may work on this one.
    for (const { id, end } of gapsOf(this.writer.planned))
      if (end === "failed") this.writer.mark((ranges) => withGapEnd(ranges, id, undefined));
    this.isHeadOpen = await this.readHead();
    await this.writer.drained();
  }

  async keep(): Promise<void> {
    await (this.caughtUp ?? this.writer.load());
    this.writer.startAt = this.extended ? await oldestArchivedAt(this.session) : undefined;
    while (!this.signal.aborted) {
      this.isDirty = false;
      this.isPaused = await this.readPaused();
      if (!this.isPaused) await this.level();
      await this.writer.drained();
      await this.say(this.restingState());
      await this.changed();
      await this.writer.load();
    }
  }

  follow(): void {
    this.isHeadOpen = true;
    clearTimeout(this.followTimer);
    this.followTimer = setTimeout(() => this.look(), FOLLOW_MS);
  }

  drained(): Promise<void> {
    return this.writer.drained();
  }

  /** Everything there is to do now. */
  private async level(): Promise<void> {
    for (let i = 0; this.isHeadOpen && i < MAX_HEAD_PAGES; i++) {
      this.isHeadOpen = false;
      if (await this.readHead()) this.isHeadOpen = true;
    }
    await this.fill();
  }

  /** Asks for what is newer than everything here; true where something was, so that there may be more. */
  private async readHead(): Promise<boolean> {
    const newest = this.writer.planned.at(-1);
    if (newest !== undefined) {
      const fetched = await this.reader.fetch({ after: newest.newestId });
      if (fetched.kind === "silent") return this.keepPartial(fetched);
      const first = fetched.kind === "page" ? fetched.page.marks[0] : undefined;
      if (fetched.kind === "page" && first === undefined && fetched.page.complete) return false;
      if (fetched.kind === "page" && first !== undefined && first.at >= newest.newestAt - 1000) {
        if (fetched.page.marks.every((mark) => mark.archiveId === newest.newestId)) return false;
        this.adjoining.add(first.archiveId);
        this.take(fetched.page, undefined);
        if (fetched.page.complete) return true;
      }
      // Far behind, or the archive lost its place: the newest mail now, the rest by filling the gap.
    }
    const fetched = await this.reader.fetch({ before: "" });
    const saysNothing =
      fetched.kind === "page" && fetched.page.marks.length === 0 && !fetched.page.complete;
    if (fetched.kind !== "page" || saysNothing) return this.keepPartial(fetched);
    const isNew = fetched.page.marks.at(-1)?.archiveId !== newest?.newestId;
    this.take(fetched.page, undefined);
    return isNew && fetched.page.marks.length > 0;
  }

  /** Results without an end are mail, but no range: others may be missing between them. */
  private keepPartial(fetched: Fetched): boolean {
    if (fetched.kind === "silent" && fetched.partial !== undefined)
      this.writer.put(fetched.partial);
    this.isHeadLost = true;
    return false;
  }

  /** Takes a page in as a range, or below the range that begins with `anchor`. */
  private take(page: ArchivePage, anchor: string | undefined, isBottom = false): void {
    this.isHeadLost = false;
    const oldest = page.marks[0]?.archiveId;
    if (oldest !== undefined) this.shown.add(oldest);
    const fetched = { items: page.marks, complete: isBottom };
    this.writer.put(page, (ranges) => withPage(ranges, anchor, fetched));
  }

  /** Closes gaps, newest first, until none is left that can be closed. */
  private async fill(): Promise<void> {
    const asked = new Set<string>();
    let step: Step | undefined;
    for (let gap = nextGap(this.writer.planned); gap !== undefined;) {
      if (this.isPaused) break;
      await this.writer.room();
      // Asked for before, and the gap is what it was: the archive leads nowhere.
      const name = `${gap.id} ${gap.from ?? ""}`;
      if (asked.has(name) || this.pages++ > MAX_PAGES) {
        this.end(gap, "failed");
      } else {
        asked.add(name);
        const current = step?.anchor === gap.id ? step : this.begin(gap.id);
        if (step !== undefined && step !== current) step.cancel();
        step = await this.advance(gap, current);
      }
      gap = nextGap(this.writer.planned);
      if (gap !== undefined && !this.isPaused) await this.say("syncing");
    }
    step?.cancel();
  }

  /** One page further down a gap. Returns the page that was asked for meanwhile. */
  private async advance(gap: ArchiveGap, step: Step): Promise<Step | undefined> {
    const fetched = await step.fetched;
    const page = fetched.kind === "page" ? fetched.page : undefined;
    const isSound = page !== undefined && page.marks.length > 0 && (await this.follows(page, gap));
    if (isSound) {
      this.take(page, gap.id);
      if (step.next !== undefined && step.next.anchor !== page.marks[0]?.archiveId)
        this.mayGuess = false;
      return step.next;
    }
    step.next?.cancel();
    if (fetched.kind === "silent") {
      if (fetched.partial !== undefined) this.writer.put(fetched.partial);
      this.end(gap, "failed");
    } else if (page?.complete === true && page.marks.length === 0) {
      await this.reachBottom(gap);
    } else {
      await this.lookByTime(gap);
    }
    return undefined;
  }

  /** Whether a page below an id kept from an earlier stream really ends with it: one server starts anywhere. */
  private async follows(page: ArchivePage, gap: ArchiveGap): Promise<boolean> {
    const last = page.marks.at(-1);
    if (last === undefined) return false;
    if (this.shown.has(gap.id)) return true;
    if (last.at > gap.to + 1000) return false;
    const above = await this.reader.fetch({ after: last.archiveId, max: 1 });
    return above.kind === "page" && above.page.marks.some((mark) => mark.archiveId === gap.id);
  }

  /** The id is unknown, or nothing sensible lies before it: everything up to its time instead. */
  private async lookByTime(gap: ArchiveGap): Promise<void> {
    const fetched = await this.reader.fetch({ before: "", end: gap.to });
    const page = fetched.kind === "page" ? fetched.page : undefined;
    const oldest = page?.marks[0];
    const isBelow = page?.marks.every((mark) => mark.at <= gap.to + 1000) === true;
    if (page !== undefined && isBelow && oldest !== undefined && oldest.archiveId !== gap.id) {
      this.take(page, gap.id);
    } else if (
      page?.complete === true &&
      (page.marks.length === 0 || oldest?.archiveId === gap.id)
    ) {
      await this.reachBottom(gap);
    } else {
      if (page !== undefined) this.writer.put(page);
      this.end(gap, "failed");
    }
  }

  /** Nothing lies below, it seems. The archive's own first message tells whether that is true. */
  private async reachBottom(gap: ArchiveGap): Promise<void> {
    const fetched = await this.reader.fetch({ max: 1 });
    const first = fetched.kind === "page" ? fetched.page.marks[0] : undefined;
    const isEmpty = fetched.kind === "page" && first === undefined && fetched.page.complete;
    if (isEmpty || first?.archiveId === gap.id || (first !== undefined && first.at > gap.to)) {
      const bottom = { items: [], complete: true };
      this.writer.mark((ranges) => withPage(ranges, gap.id, bottom));
    } else {
      this.end(gap, "failed");
    }
  }

  private end(gap: ArchiveGap, end: "failed"): void {
    this.writer.mark((ranges) => withGapEnd(ranges, gap.id, end));
  }

  /** Asks for the page below an id; with its first result, which is its oldest, for the page below that. */
  private begin(anchor: string): Step {
    const controller = new AbortController();
    const isProbe = this.adjoining.delete(anchor);
    const step: Step = {
      anchor,
      next: undefined,
      fetched: Promise.resolve({ kind: "unknown-id" }),
      cancel: () => {
        controller.abort(new Error("not needed"));
        step.next?.cancel();
      },
    };
    let isFirst = !isProbe;
    this.underWay++;
    step.fetched = this.reader.fetch(
      { before: anchor, ...(isProbe ? { max: 1 } : {}) },
      {
        signal: controller.signal,
        onMark: ({ archiveId }) => {
          const mayAsk = isFirst && this.mayGuess && !this.isPaused && !this.writer.isFull;
          isFirst = false;
          if (mayAsk && this.underWay < AHEAD && archiveId !== anchor)
            step.next = this.begin(archiveId);
        },
      },
    );
    // Awaited later, or never; this keeps a failure in between from counting as unhandled.
    step.fetched.catch(() => undefined).finally(() => this.underWay--);
    return step;
  }

  private look(): void {
    this.isDirty = true;
    this.said = undefined;
    void this.readPaused()
      .then((isPaused) => (this.isPaused = isPaused))
      .catch(() => undefined)
      .finally(() => this.wake?.());
  }

  private async readPaused(): Promise<boolean> {
    return (await this.context.store.read(["meta"], (tx) => readMeta(tx, "syncPaused"))) === true;
  }

  /** Until there is something to do. */
  private changed(): Promise<void> {
    return new Promise((resolve) => {
      const again = setTimeout(() => {
        for (const { id, end } of gapsOf(this.writer.planned))
          if (end === "failed") this.writer.mark((ranges) => withGapEnd(ranges, id, undefined));
        this.isHeadOpen ||= this.isHeadLost;
        this.wake?.();
      }, AGAIN_MS);
      this.wake = () => {
        clearTimeout(again);
        this.wake = undefined;
        resolve();
      };
      if (this.isDirty || this.signal.aborted) this.wake();
    });
  }

  private async say(state: SyncView["state"]): Promise<void> {
    if (state === this.said) return;
    this.said = state;
    await putSync(this.context, { state });
  }

  /** The state in which nothing is being done. */
  private restingState(): SyncView["state"] {
    const gaps = gapsOf(this.writer.planned);
    if (this.isPaused && gaps.some((gap) => gap.end === undefined)) return "paused";
    return this.isHeadLost || gaps.some((gap) => gap.end === "failed")
      ? "incomplete"
      : "up-to-date";
  }
}

/** Writes how synchronising stands, where it changed. */
export async function putSync(
  { store, bus }: AccountContext,
  change: Partial<Pick<SyncView, "state" | "isSlow">>,
): Promise<void> {
  const changed = await store.write(["meta"], async (tx) => {
    const [sync, fetched] = await Promise.all([readMeta(tx, "sync"), readMeta(tx, "fetched")]);
    const { isSlow: wasSlow = false, ...old } = sync ?? { state: "waiting" as const };
    const { state = old.state, isSlow = wasSlow } = change;
    if (state === sync?.state && isSlow === wasSlow) return false;
    const done = { done: fetched?.messages ?? 0, mail: fetched?.mail ?? 0 };
    putMeta(tx, "sync", { ...old, ...done, state, ...(isSlow ? { isSlow } : {}) });
    return true;
  });
  if (changed) bus.touch(["status"]);
}
