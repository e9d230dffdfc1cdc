/**
 * Closes the gaps of an archive, newest first, page by page downwards, with one page asked for ahead.
 *
 *      ask page k+1 as soon as page k begins to come in        (the server never waits for our database)
 *      page k -> archive-writer: several pages, one transaction (a bounded queue between the two)
 *
 * A page that comes is a range of its own until the ids of two ranges meet; nothing else closes a gap.
 */
import { type ArchiveGap, nextGap, withGapEnd, withPage } from "../mail/archive-range.ts";
import type { ArchivePage } from "../xmpp/mam.ts";
import type { ArchiveReader, Fetched } from "./archive-reader.ts";
import type { ArchiveWriter } from "./archive-writer.ts";

/** Pages under way at once. */
const AHEAD = 2;
/** An archive that never ends lies. */
const MAX_PAGES = 50_000;

/** A page being fetched, and the one behind it that was asked for before this one ended. */
type Step = {
  anchor: string;
  fetched: Promise<Fetched>;
  next: Step | undefined;
  cancel: () => void;
};

export interface GapFiller {
  /** While paused no further page is asked for. */
  isPaused: boolean;
  /** Takes a page in as a range of its own, or below the range that begins with `anchor`. */
  take(page: ArchivePage, anchor: string | undefined): void;
  /** The range that begins with this id most likely begins right behind the one below: one message is enough to see. */
  adjoins(id: string): void;
  /** Closes gaps, newest first, until none is left that can be closed. `tell`: before each further page. */
  fill(tell: () => Promise<void>): Promise<void>;
}

/** `onTaken`: a page was taken in, so the archive answers. */
export function createGapFiller(
  reader: ArchiveReader,
  writer: ArchiveWriter,
  onTaken: () => void,
): GapFiller {
  return new Filler(reader, writer, onTaken);
}

class Filler implements GapFiller {
  isPaused = false;
  private readonly reader: ArchiveReader;
  private readonly writer: ArchiveWriter;
  private readonly onTaken: () => void;
  /** Ids this stream has shown us: safe to go on from. */
  private readonly shown = new Set<string>();
  private readonly adjoining = new Set<string>();
  private underWay = 0;
  private pages = 0;
  /** False once an archive answers in another order than oldest first. */
  private mayGuess = true;

  constructor(reader: ArchiveReader, writer: ArchiveWriter, onTaken: () => void) {
    this.reader = reader;
    this.writer = writer;
    this.onTaken = onTaken;
  }

  take(page: ArchivePage, anchor: string | undefined): void {
    this.onTaken();
    const oldest = page.marks[0]?.archiveId;
    if (oldest !== undefined) this.shown.add(oldest);
    const fetched = { items: page.marks, complete: false };
    this.writer.put(page, (ranges) => withPage(ranges, anchor, fetched));
  }

  adjoins(id: string): void {
    this.adjoining.add(id);
  }

  async fill(tell: () => Promise<void>): Promise<void> {
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
      if (gap !== undefined && !this.isPaused) await tell();
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
}
