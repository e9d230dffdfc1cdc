/**
 * Drafts with what is known of them in the account, read and written in one transaction. Stores: drafts, meta. A draft
 * row says what the words are; its mark, which edits they know of, and whether the account has them.
 */
import type { DraftProblem } from "../mail/account-state/draft-item.ts";
import {
  copyId,
  type DraftEnd,
  type DraftItem,
  includes,
  joinDrafts,
  joinRevisions,
  type LiveDraft,
  MAX_BESIDE,
  wordsOf,
} from "../mail/account-state/draft-merge.ts";
import { type Draft, type DraftHeld, isUnread } from "../mail/draft.ts";
import { deviceOf, msOf, ruleStamp, type Stamp, stampOver } from "../mail/clock.ts";
import { putMeta, readMeta } from "../store/meta.ts";
import type { DraftMark } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/schema.ts";
import { type Clock, putClock, readClock } from "./states.ts";

/** Who writes: one composer, from when it was opened on; and which words it had before it when it began. */
export type Writer = { editor?: string | undefined; base?: string | undefined };

/** Words that have ids of their own, and whose composer is to go on there. */
type Apart = Pick<DraftMark, "moved" | "beside">;

/** Another device, of which nothing is known. */
const SOMEBODY_ELSE = "somebody-else";

/** What was on its way for longer is told as of the time when it gets there. ms */
const LONG_MS = 24 * 3600 * 1000;

export class DraftShelf {
  private readonly tx: WriteTx;
  private readonly marks: Map<string, DraftMark>;
  /** For whatever else is said in the transaction. */
  readonly clock: Clock;
  private isChanged = false;

  private constructor(tx: WriteTx, marks: Map<string, DraftMark>, clock: Clock) {
    this.tx = tx;
    this.marks = marks;
    this.clock = clock;
  }

  /** `now`: epoch ms. */
  static async open(tx: WriteTx, now: number): Promise<DraftShelf> {
    const [marks, clock] = await Promise.all([readMarks(tx), readClock(tx, now)]);
    return new DraftShelf(tx, marks, clock);
  }

  mark(id: string): DraftMark | undefined {
    return this.marks.get(id);
  }

  get ids(): string[] {
    return [...this.marks.keys()];
  }

  /** Where the words of that composer are by now. */
  idFor(id: string, editor: string | undefined): string {
    return movedTo(this.marks, id, editor);
  }

  /** The words of a composer. Those of somebody else that it did not have before it are kept beside. */
  async write(draft: Draft, writer: Writer = {}): Promise<void> {
    const { id } = draft;
    const before = await this.draft(id);
    const mark = this.marks.get(id);
    const text = wordsOf(draft);
    if (mark !== undefined && isTold(mark, draft) && before !== undefined)
      this.set(id, { ...mark, ...editorOf(writer) });
    else {
      const apart = await this.keepBeside(id, writer);
      const stamp = this.stampAfter(mark);
      const revision = joinRevisions(mark?.revision ?? [], [stamp]);
      const { shared, absent } = mark ?? {};
      this.set(id, {
        revision,
        stamp,
        text,
        dirty: 1,
        ...(shared === undefined ? {} : { shared }),
        ...(absent === undefined ? {} : { absent }),
        ...unreadOf(mark),
        ...editorOf(writer),
        ...apart,
      });
    }
    void this.tx.objectStore("drafts").put(draft);
  }

  /** Before a composer's words replace what is here: what went an own way, now or before. */
  private async keepBeside(id: string, writer: Writer): Promise<Apart> {
    const here = await this.item(id);
    const mark = this.marks.get(id);
    if (here?.draft === undefined || mark === undefined || isOwn(mark, writer))
      return apartOf(mark);
    const { stamp, draft } = here;
    const copy = copyId(id, stamp);
    await this.join({ id: copy, revision: [stamp], stamp, draft: { ...draft, id: copy } });
    return {
      ...apartOf(mark),
      beside: [...(mark.beside ?? []), stamp].sort().slice(-MAX_BESIDE),
      ...this.follow(mark.editor, copy),
    };
  }

  /** It was sent or thrown away, here; the account is told where it may know of it. */
  async end(id: string, how: DraftEnd, writer: Writer = {}, words?: string): Promise<void> {
    const mark = this.marks.get(id);
    const row = await this.draft(id);
    const isOthers = how === "sent" && row !== undefined && wordsOf(row) !== words;
    const apart = isOthers ? await this.keepBeside(id, writer) : apartOf(mark);
    void this.tx.objectStore("drafts").delete(id);
    if (mark === undefined) return;
    if (mark.shared === undefined) return this.set(id, undefined);
    const stamp = this.stampAfter(mark);
    const revision = joinRevisions(mark.revision, [stamp]);
    const gone = { how, ...(words === undefined ? {} : { words }) };
    this.set(id, { revision, stamp, dirty: 1, shared: 1, gone, ...unreadOf(mark), ...apart });
  }

  /** Drafts here that marks do not tell of (a copy rescued, a version before, beside this one): as if written now. */
  async adopt(): Promise<void> {
    for (const draft of await this.tx.objectStore("drafts").getAll()) {
      const mark = this.marks.get(draft.id);
      if (isTold(mark, draft)) continue;
      if (mark?.gone?.how !== "sent") {
        await this.write(draft);
        continue;
      }
      void this.tx.objectStore("drafts").delete(draft.id);
      if (mark.gone.words === wordsOf(draft)) continue;
      await this.write({ ...draft, id: copyId(draft.id, this.clock.next()) });
    }
  }

  /** What a database that is gone knew: of the drafts that are `here` again, and of those that had ended. */
  remember(before: ReadonlyMap<string, DraftMark>, here: ReadonlySet<string>): void {
    for (const [id, mark] of before) {
      const known = this.marks.get(id);
      if (known !== undefined) {
        // Written since, by who had those words before them.
        const revision = joinRevisions(known.revision, mark.revision);
        this.set(id, { ...known, revision, ...(mark.shared === undefined ? {} : { shared: 1 }) });
      } else if (mark.gone !== undefined || here.has(id)) this.set(id, mark);
    }
  }

  /** As the account has it. True where anything here changed that a person sees. */
  async take(item: DraftItem): Promise<boolean> {
    const here = await this.item(item.id);
    const mark = this.marks.get(item.id);
    if (here === undefined || mark === undefined) {
      await this.put(item, { shared: 1 });
      return item.gone === undefined;
    }
    const { item: joined, copy } = joinDrafts(here, item);
    const isSaved = joined.stamp === item.stamp && includes(item.revision, joined.revision);
    const isOurs = joined.stamp === here.stamp;
    const isMoved = copy !== undefined && copy.stamp === here.stamp;
    if (copy !== undefined) await this.join(copy);
    await this.put(joined, {
      shared: 1,
      ...(isSaved ? {} : { dirty: 1 }),
      ...(isOurs ? editorOf(mark) : {}),
      ...(mark.moved === undefined ? {} : { moved: mark.moved }),
      ...(isMoved && copy !== undefined ? this.follow(mark.editor, copy.id) : {}),
      ...(isOurs && mark.held !== undefined && !isUnread(mark.held) && !isSaved
        ? { held: mark.held }
        : {}),
    });
    return !isOurs || copy !== undefined || hintsOf(mark) !== hintsOf(this.marks.get(item.id));
  }

  /** Words that got an id of their own. Other devices make the same of them, so the account may have it by now. */
  private async join(copy: LiveDraft): Promise<void> {
    const here = await this.item(copy.id);
    const mark = this.marks.get(copy.id);
    if (here === undefined) await this.put(copy, { dirty: 1, shared: 1 });
    else if (mark !== undefined) await this.put(joinDrafts(here, copy).item, { ...mark, dirty: 1 });
  }

  /** The composer that had these words goes on with them, under the other id. */
  private follow(editor: string | undefined, to: string): Apart {
    const mark = this.marks.get(to);
    if (editor === undefined || mark === undefined) return {};
    this.set(to, { ...mark, editor });
    return { moved: { editor, to } };
  }

  private async put(
    item: DraftItem,
    rest: Omit<DraftMark, "revision" | "stamp" | "beside" | "text" | "gone">,
  ): Promise<void> {
    const { id, revision, stamp, beside, draft, gone } = item;
    const { dirty, shared, absent, editor, moved, held } = rest;
    const words = gone === undefined ? undefined : item.words;
    this.set(id, {
      revision,
      stamp,
      ...(beside === undefined ? {} : { beside }),
      ...(draft === undefined ? {} : { text: wordsOf(draft) }),
      ...(dirty === undefined ? {} : { dirty }),
      ...(shared === undefined ? {} : { shared }),
      ...(absent === undefined ? {} : { absent }),
      ...(editor === undefined ? {} : { editor }),
      ...(moved === undefined ? {} : { moved }),
      ...(held === undefined ? {} : { held }),
      ...(gone === undefined
        ? {}
        : { gone: { how: gone, ...(words === undefined ? {} : { words }) } }),
    });
    if (draft === undefined) void this.tx.objectStore("drafts").delete(id);
    else void this.tx.objectStore("drafts").put(await this.withSource(draft));
  }

  /** What it answers stands under another key on every device; known here already where the draft was. */
  private async withSource(draft: Draft): Promise<Draft> {
    if (draft.source === undefined || draft.source.key !== 0) return draft;
    const known = (await this.draft(draft.id))?.source;
    const isKnown = known !== undefined && known.reply?.id === draft.source.reply?.id;
    return isKnown ? { ...draft, source: { ...draft.source, key: known.key } } : draft;
  }

  /** As this device has it. */
  async item(id: string): Promise<DraftItem | undefined> {
    const mark = this.marks.get(id);
    if (mark === undefined) return undefined;
    const { revision, stamp, beside, gone } = mark;
    const known = { id, revision, stamp, ...(beside === undefined ? {} : { beside }) };
    if (gone !== undefined)
      return {
        ...known,
        gone: gone.how,
        ...(gone.words === undefined ? {} : { words: gone.words }),
      };
    const draft = await this.draft(id);
    return draft === undefined ? undefined : { ...known, draft };
  }

  /** A message of mine has this id: another device sent it. Words that are here alone go on as a draft of their own. */
  async sentElsewhere(id: string): Promise<void> {
    const here = await this.item(id);
    const mark = this.marks.get(id);
    if (here?.draft === undefined || mark === undefined) return;
    const { stamp, revision, shared } = mark;
    const isNews = mark.dirty === 1 && mark.had !== stamp;
    const apart = isNews ? await this.keepBeside(id, { editor: SOMEBODY_ELSE }) : apartOf(mark);
    void this.tx.objectStore("drafts").delete(id);
    const gone = { how: "sent" as const };
    const known = { revision, stamp, ...(shared === undefined ? {} : { shared }) };
    this.set(id, { ...known, gone, ...unreadOf(mark), ...apart });
  }

  /** An item that says nothing to this version: it stays. True where a person sees a difference. */
  notRead(id: string, problem: DraftProblem): boolean {
    const held = problem === "newer" ? "newer" : "damaged";
    const mark = this.marks.get(id);
    this.hold(id, held);
    return mark !== undefined && mark.held !== held;
  }

  /** The account does not have it any more. True where that is news. */
  lost(id: string): boolean {
    const mark = this.marks.get(id);
    if (mark?.shared === undefined) return false;
    const { held: _before, ...rest } = mark;
    const isForgotten = mark.gone !== undefined && mark.dirty === undefined;
    const had = mark.dirty === undefined ? { had: mark.stamp } : {};
    this.set(id, isForgotten ? undefined : { ...rest, ...had, dirty: 1, absent: 1 });
    return true;
  }

  /**
   * All devices forget an end by its stamp: one that waited long would be forgotten before anybody heard of it.
   * `serverNow`: epoch ms, where the server tells.
   */
  endAnew(id: string, serverNow = 0): void {
    const mark = this.marks.get(id);
    if (mark?.gone === undefined) return;
    const stamp = stampOver(this.stampAfter(mark), ruleStamp(serverNow));
    if (msOf(stamp) - msOf(mark.stamp) < LONG_MS) return;
    this.set(id, { ...mark, stamp, revision: joinRevisions(mark.revision, [stamp]) });
  }

  /** What is gone for long needs no mark. */
  forget(id: string): void {
    if (this.marks.get(id)?.gone !== undefined) this.set(id, undefined);
  }

  /** On its way, or kept back. */
  hold(id: string, held: DraftHeld | undefined): void {
    const mark = this.marks.get(id);
    if (mark === undefined) return;
    const { held: _before, ...rest } = mark;
    if (held !== undefined) return this.set(id, { ...rest, held });
    const { absent: _absent, ...there } = rest;
    this.set(id, { ...there, shared: 1 });
  }

  /** Drafts in the account, as far as is known. */
  get shared(): number {
    const isThere = ({ gone, shared, absent }: DraftMark): boolean =>
      gone === undefined && shared === 1 && absent === undefined;
    return [...this.marks.values()].filter(isThere).length;
  }

  /** Later than this device's last of the draft too: its clock may have been years ahead then, and put right since. */
  private stampAfter(mark: DraftMark | undefined): Stamp {
    const stamp = this.clock.next();
    const own = mark?.revision.find((each) => deviceOf(each) === deviceOf(stamp));
    return stampOver(stamp, own);
  }

  private draft(id: string): Promise<Draft | undefined> {
    return this.tx.objectStore("drafts").get(id);
  }

  private set(id: string, mark: DraftMark | undefined): void {
    if (mark === undefined) this.marks.delete(id);
    else this.marks.set(id, mark);
    this.isChanged = true;
  }

  /** At the end of the transaction. */
  flush(): void {
    if (this.isChanged) putMeta(this.tx, "draftMarks", Object.fromEntries(this.marks));
    putClock(this.tx, this.clock);
  }
}

/** Whether a draft here is told of by its mark. */
export function isTold(mark: DraftMark | undefined, draft: Draft): boolean {
  return mark !== undefined && mark.gone === undefined && mark.text === wordsOf(draft);
}

/** Whether the account does not have the words of a draft as they are here. */
export function isOnlyHere(mark: DraftMark | undefined, draft: Draft): boolean {
  return !isTold(mark, draft) || mark?.dirty === 1 || mark?.held !== undefined;
}

export async function readMarks(tx: ReadTx): Promise<Map<string, DraftMark>> {
  return new Map(Object.entries((await readMeta(tx, "draftMarks")) ?? {}));
}

export function movedTo(
  marks: ReadonlyMap<string, DraftMark>,
  id: string,
  editor: string | undefined,
): string {
  let at = id;
  // A composer moves on, never back.
  for (let steps = 0; steps < marks.size; steps++) {
    const moved = marks.get(at)?.moved;
    if (editor === undefined || moved?.editor !== editor) return at;
    at = moved.to;
  }
  return at;
}

/** Names the words a composer has before it. */
export function baseOf({ stamp }: DraftMark): string {
  return stamp;
}

/** Who does not say who writes has what is here before it. */
function isOwn(mark: DraftMark, { editor, base }: Writer): boolean {
  return editor === undefined || mark.editor === editor || base === baseOf(mark);
}

/** What a person is told of a draft besides its words. */
function hintsOf({ held, beside }: Partial<DraftMark> = {}): string {
  return JSON.stringify([held, beside]);
}

function apartOf(mark: DraftMark | undefined): Apart {
  const { moved, beside } = mark ?? {};
  return {
    ...(moved === undefined ? {} : { moved }),
    ...(beside === undefined ? {} : { beside }),
  };
}

function unreadOf(mark: DraftMark | undefined): { held?: DraftHeld } {
  return isUnread(mark?.held) ? { held: mark.held } : {};
}

function editorOf({ editor }: Writer): { editor?: string } {
  return editor === undefined ? {} : { editor };
}
