/**
 * Drafts written on several devices. With each draft goes which edits it knows of: one stamp a device, the last edit of
 * that device. Words written in knowledge of others replace those; words that do not know of each other are both kept:
 * the later ones under the draft's id, the others under an id that every device makes of them alike.
 *
 * The join of two items is the same whichever comes first, and nothing new where one is joined again, so devices that
 * saw the same items agree in the end.
 */
import { hashText } from "../../base/hash.ts";
import { deviceOf, type Stamp } from "../clock.ts";
import type { Draft } from "../draft.ts";

/** What is known: sorted, one stamp a device. */
export type Revision = readonly Stamp[];

export type DraftEnd = "sent" | "discarded";

/**
 * `stamp`: when these words were written, or the draft was sent or discarded. `beside`: stamps of words that are known of
 * and not in these; they have ids of their own (`copyId`), and whoever has them open goes on there.
 */
type Known = { id: string; revision: Revision; stamp: Stamp; beside?: readonly Stamp[] };
export type LiveDraft = Known & { draft: Draft; gone?: never };
/** `words`: what was sent, as `wordsOf` says it. */
export type EndedDraft = Known & { draft?: never; gone: DraftEnd; words?: string };
/** Nobody has more of them open. */
export const MAX_BESIDE = 8;

/** A draft as the account has it. */
export type DraftItem = LiveDraft | EndedDraft;

/** `copy`: words that have an id of their own from now on. */
export type JoinedDrafts = { item: DraftItem; copy?: LiveDraft };

export function joinDrafts(a: DraftItem, b: DraftItem): JoinedDrafts {
  const first = winner(a, b);
  const other = first === a ? b : a;
  const isReplaced = other.gone !== undefined || isIn(first, other) || saysTheSame(first, other);
  const item = together(first, other, isReplaced);
  return isReplaced ? { item } : { item, copy: copyOf(other) };
}

/** Whether the words of the one, or those it was sent with, are the words of the other. */
function saysTheSame(one: DraftItem, { draft }: LiveDraft): boolean {
  return (one.gone === undefined ? wordsOf(one.draft) : one.words) === wordsOf(draft);
}

/** Whether the one was written, or ended, with the words of the other before it. */
function isIn(one: DraftItem, { stamp }: DraftItem): boolean {
  return includes(one.revision, [stamp]) && one.beside?.includes(stamp) !== true;
}

function together(first: DraftItem, other: DraftItem, isReplaced: boolean): DraftItem {
  const known = [...(first.beside ?? []), ...(other.beside ?? [])];
  const all = new Set(isReplaced ? known : [...known, other.stamp]);
  const item = { ...first, revision: joinRevisions(first.revision, other.revision) };
  if (all.size > 0) item.beside = [...all].sort().slice(-MAX_BESIDE);
  return item;
}

/** Which of two has the id. The first of these that is true of one of them only decides. */
const COMES_FIRST: readonly ((one: DraftItem, other: DraftItem) => boolean)[] = [
  ({ gone }) => gone === "sent",
  (one, other) => includes(one.revision, other.revision),
  // Not where both know the same: an older version of this app chooses otherwise then, and each would undo the other's.
  (one, other) => includes(one.revision, [other.stamp]) && !includes(one.revision, other.revision),
  ({ gone }) => gone === undefined,
  isIn,
  (one, other) => one.stamp > other.stamp,
  (one, other) => JSON.stringify(one) > JSON.stringify(other),
];

function winner(a: DraftItem, b: DraftItem): DraftItem {
  const comesFirst = COMES_FIRST.find((rule) => rule(a, b) !== rule(b, a));
  return comesFirst?.(b, a) === true ? b : a;
}

function copyOf({ id, stamp, draft }: LiveDraft): LiveDraft {
  const copy = copyId(id, stamp);
  return { id: copy, revision: [stamp], stamp, draft: { ...draft, id: copy } };
}

/** Of the words of that stamp, once they are a draft of their own. */
export function copyId(id: string, stamp: Stamp): string {
  return `copy-${hashText(`${id}\n${stamp}`)}-${hashText(`${stamp}\n${id}`)}`;
}

/** Whether everything known in `b` is known in `a`. */
export function includes(a: Revision, b: Revision): boolean {
  return b.every((stamp) => a.some((own) => deviceOf(own) === deviceOf(stamp) && own >= stamp));
}

export function joinRevisions(a: Revision, b: Revision): Revision {
  const all = new Map<string, Stamp>();
  for (const stamp of [...a, ...b]) {
    const known = all.get(deviceOf(stamp));
    if (known === undefined || known < stamp) all.set(deviceOf(stamp), stamp);
  }
  return [...all.values()].sort();
}

/** The same text for two drafts that say the same to the same people. */
export function wordsOf(draft: Draft): string {
  const { to, cc, bcc, pending, subject, body, quote, corrects } = draft;
  const jids = [to, cc, bcc].map((list) => list.map(({ jid }) => jid));
  const open = [pending.to, pending.cc, pending.bcc];
  return hashText(JSON.stringify([jids, open, subject, body, quote, corrects]));
}
