/**
 * Keeps the database level with the archive (XEP-0313): the newest page first, so that it is on screen at once, then
 * whatever is missing below it, gap by gap, back to the beginning (archive-gaps.ts).
 *
 * Nothing an archive says of itself is believed without a second word: "complete" only of an empty page whose end the
 * archive's own first message confirms; an id kept from an earlier day only when the archive shows it in its place.
 */
import { gapsOf, withGapEnd } from "../mail/archive-range.ts";
import type { SyncView } from "../mail/status.ts";
import { readMeta } from "../store/meta.ts";
import { oldestArchivedAt } from "../xmpp/mam.ts";
import type { Session } from "../xmpp/session.ts";
import {
  type ArchiveReader,
  createArchiveReader,
  type Fetched,
  type ReaderTimes,
} from "./archive-reader.ts";
import { createGapFiller, type GapFiller } from "./archive-gaps.ts";
import { type ArchiveWriter, createArchiveWriter } from "./archive-writer.ts";
import type { AccountContext } from "./context.ts";
import { putSync } from "./sync-state.ts";

/** An archive whose newest end never comes nearer lies. */
const MAX_HEAD_PAGES = 50;
/** Live messages are looked up in the archive when nothing more came for so long. ms */
const FOLLOW_MS = 3000;
/** What failed is asked for again after this. 5 minutes */
const AGAIN_MS = 5 * 60 * 1000;

export interface ArchiveSync {
  /**
   * Newest page, or what came since the last time. Presence may follow it. `before`, of an empty database: the newest
   * page is asked for at once, and taken in after this.
   */
  catchUp(before?: Promise<unknown>): Promise<void>;
  /** Closes the gaps, then follows what arrives, until the stream ends; waits while paused. */
  keep(options: KeepOptions): Promise<void>;
  /** Something arrived or was sent that the archive has an id and a time for. */
  follow(): void;
  /** Everything that came over the wire is in the database. */
  drained(): Promise<void>;
}

type KeepOptions = {
  /** `urn:xmpp:mam:2#extended` */
  extended: boolean;
};

type SyncOptions = {
  signal: AbortSignal;
  times?: ReaderTimes;
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
  private readonly signal: AbortSignal;
  private readonly reader: ArchiveReader;
  private readonly writer: ArchiveWriter;
  private readonly filler: GapFiller;
  private isHeadOpen = true;
  /** The newest end could not be asked for. */
  private isHeadLost = false;
  private isDirty = false;
  private said: SyncView["state"] | undefined;
  private caughtUp: Promise<void> | undefined;
  private wake: (() => void) | undefined;
  private followTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(context: AccountContext, session: Session, { signal, times }: SyncOptions) {
    this.context = context;
    this.session = session;
    this.signal = signal;
    this.writer = createArchiveWriter(context);
    const onSlow = (isSlow: boolean): void => {
      putSync(context, { isSlow }).catch(() => undefined);
    };
    this.reader = createArchiveReader(session, signal, onSlow, times);
    this.filler = createGapFiller(this.reader, this.writer, () => {
      this.isHeadLost = false;
    });
    const stop = context.bus.onTopics((topics) => {
      if (topics.includes("engine")) this.look();
    });
    signal.addEventListener("abort", () => {
      stop();
      clearTimeout(this.followTimer);
      this.look();
    });
  }

  catchUp(before?: Promise<unknown>): Promise<void> {
    this.caughtUp = this.readFirst(before);
    return this.caughtUp;
  }

  private async readFirst(before: Promise<unknown> | undefined): Promise<void> {
    const newest = before === undefined ? undefined : this.reader.fetch({ before: "" });
    newest?.catch(() => undefined);
    await before;
    await this.writer.load();
    // What failed on an earlier stream may work on this one.
    for (const { id, end } of gapsOf(this.writer.planned))
      if (end === "failed") this.writer.mark((ranges) => withGapEnd(ranges, id, undefined));
    this.isHeadOpen = await this.readHead(newest);
    await this.writer.drained();
  }

  async keep({ extended }: KeepOptions): Promise<void> {
    await (this.caughtUp ?? this.writer.load());
    this.writer.startAt = extended ? await oldestArchivedAt(this.session) : undefined;
    while (!this.signal.aborted) {
      this.isDirty = false;
      this.filler.isPaused = await this.readPaused();
      if (!this.filler.isPaused) await this.level();
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
    await this.filler.fill(() => this.say("syncing"));
  }

  /**
   * Asks for what is newer than everything here; true where something was, so that there may be more. `asked`: the newest
   * page, where it is on its way already.
   */
  private async readHead(asked?: Promise<Fetched>): Promise<boolean> {
    const newest = this.writer.planned.at(-1);
    if (newest !== undefined) {
      const fetched = await this.reader.fetch({ after: newest.newestId });
      if (fetched.kind === "silent") return this.keepPartial(fetched);
      const first = fetched.kind === "page" ? fetched.page.marks[0] : undefined;
      if (fetched.kind === "page" && first === undefined && fetched.page.complete) return false;
      if (fetched.kind === "page" && first !== undefined && first.at >= newest.newestAt - 1000) {
        if (fetched.page.marks.every((mark) => mark.archiveId === newest.newestId)) return false;
        this.filler.adjoins(first.archiveId);
        this.filler.take(fetched.page, undefined);
        if (fetched.page.complete) return true;
      }
      // Far behind, or the archive lost its place: the newest mail now, the rest by filling the gap.
    }
    const fetched = await (asked ?? this.reader.fetch({ before: "" }));
    const saysNothing =
      fetched.kind === "page" && fetched.page.marks.length === 0 && !fetched.page.complete;
    if (fetched.kind !== "page" || saysNothing) return this.keepPartial(fetched);
    const isNew = fetched.page.marks.at(-1)?.archiveId !== newest?.newestId;
    this.filler.take(fetched.page, undefined);
    return isNew && fetched.page.marks.length > 0;
  }

  /** Results without an end are mail, but no range: others may be missing between them. */
  private keepPartial(fetched: Fetched): boolean {
    if (fetched.kind === "silent" && fetched.partial !== undefined)
      this.writer.put(fetched.partial);
    this.isHeadLost = true;
    return false;
  }

  private look(): void {
    this.isDirty = true;
    this.said = undefined;
    void this.readPaused()
      .then((isPaused) => (this.filler.isPaused = isPaused))
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
    if (this.filler.isPaused && gaps.some((gap) => gap.end === undefined)) return "paused";
    return this.isHeadLost || gaps.some((gap) => gap.end === "failed")
      ? "incomplete"
      : "up-to-date";
  }
}
