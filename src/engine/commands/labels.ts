/** Folders and tags: made, renamed, recoloured, nested, ordered, deleted. */
import type { Commands } from "../../api/contract.ts";
import type { Stamp } from "../../mail/clock.ts";
import {
  asLabelId,
  asTree,
  HUES,
  ID_LENGTH,
  type Label,
  labelIdOf,
  type LabelKind,
  labelName,
  mayStandIn,
  isGone,
} from "../../mail/label.ts";
import { allEntries } from "../../store/entries.ts";
import type { WriteTx } from "../../store/schema.ts";
import { actOn, keepStep } from "../act.ts";
import type { AccountContext } from "../context.ts";
import { readLabels } from "../labels.ts";
import { putLabel } from "../put-label.ts";
import { type Clock, putClock, readClock } from "../states.ts";
import { WORKING_STORES, WorkingSet } from "../working-set.ts";

type Args = Commands["saveLabel"]["args"];
type Result = Commands["saveLabel"]["result"];

const STORES = [...WORKING_STORES, "registers", "undo"] as const;
/** Stands where a stamp is given on writing. */
const UNSTAMPED = "" as Stamp;

export async function saveLabel(context: AccountContext, args: Args): Promise<Result> {
  const result = await context.store.write(STORES, async (tx): Promise<Result> => {
    const all = await readLabels(tx);
    const known = all.find((label) => label.id === args.id);
    const wanted = asWanted(args, known, all);
    if (wanted === undefined) return { ok: false, problem: "no-name" };
    const parent = wanted.inside[0];
    if (known !== undefined && parent !== null && !mayStandIn(all, wanted.id, parent))
      return { ok: false, problem: "inside" };
    const namesake = siblingsOf(all, wanted).find((label) => isSameName(label, wanted));
    if (namesake !== undefined) return { ok: false, problem: "same-name", id: namesake.id };
    const clock = await readClock(tx, context.now());
    const before = await save(tx, clock, wanted, all, args.place);
    if (known !== undefined && before.length > 0)
      await keepStep(
        tx,
        { name: "change-label", id: clock.next() },
        { at: context.now(), count: 0, changes: [], labels: before },
      );
    putClock(tx, clock);
    if (known === undefined) await relist(context, tx, wanted.id);
    return { ok: true, id: wanted.id };
  });
  if (result.ok) context.bus.touch(["labels", "mail", "triage"], { urgent: true });
  return result;
}

/** The label as the person wants it; undefined where it would have no name. */
function asWanted(args: Args, known: Label | undefined, all: readonly Label[]): Label | undefined {
  const name = args.name === undefined ? known?.name[0] : labelName(args.name);
  if (name === undefined) return undefined;
  const kind = known?.kind ?? args.kind;
  const inside = args.inside === undefined ? (known?.inside[0] ?? null) : args.inside;
  const hue = HUES.find((h) => h === args.hue) ?? known?.hue[0] ?? nextHue(all, kind);
  const id = known?.id ?? freshId({ kind, inside, name }, all);
  const order =
    known?.order[0] ??
    Math.max(0, ...all.filter((l) => l.kind === kind).map((l) => l.order[0])) + 1;
  return {
    id,
    kind,
    name: [name, UNSTAMPED],
    hue: [hue, UNSTAMPED],
    inside: [inside, UNSTAMPED],
    order: [order, UNSTAMPED],
  };
}

/** Writes it and, where its place was given, its siblings around it. Returns those that were there, as they were. */
async function save(
  tx: WriteTx,
  clock: Clock,
  wanted: Label,
  all: readonly Label[],
  place: number | undefined,
): Promise<Label[]> {
  const next = [wanted];
  if (place !== undefined) {
    const siblings = siblingsOf(all, wanted);
    siblings.splice(Math.max(0, place), 0, wanted);
    next.splice(0, 1, ...siblings.map((l, index): Label => ({ ...l, order: [index, UNSTAMPED] })));
  }
  for (const label of next) await putLabel(tx, label, clock);
  const ids = new Set(next.map((label) => label.id));
  return all.filter((label) => ids.has(label.id));
}

/** In the order they are shown. */
function siblingsOf(all: readonly Label[], { id, kind, inside }: Label): Label[] {
  return asTree(all, kind)
    .map(({ label }) => label)
    .filter((label) => label.id !== id && label.inside[0] === inside[0]);
}

function isSameName(a: Label, b: Label): boolean {
  return a.name[0].toLowerCase() === b.name[0].toLowerCase();
}

/** The hue that is used least. */
function nextHue(all: readonly Label[], kind: Label["kind"]): number {
  const uses = (hue: number): number =>
    all.filter((l) => l.kind === kind && !isGone(l) && l.hue[0] === hue).length;
  return [...HUES].sort((a, b) => uses(a) - uses(b))[0] ?? HUES[0];
}

/** A label that goes keeps its id, and so does one with a new name; another one of the old name is another label then. */
function freshId(
  { kind, inside, name }: { kind: LabelKind; inside: string | null; name: string },
  all: readonly Label[],
): string {
  const id = labelIdOf(kind, inside, name);
  return all.some((label) => label.id === id)
    ? asLabelId(crypto.getRandomValues(new Uint8Array(ID_LENGTH)))
    : id;
}

export async function deleteLabel(
  context: AccountContext,
  { id }: { id: string },
): Promise<Commands["deleteLabel"]["result"]> {
  const label = await context.store.read(["labels"], (tx) => tx.objectStore("labels").get(id));
  if (label === undefined || isGone(label)) return {};
  const name = "delete-label" as const;
  const step = label.kind === "folder" ? (await emptyFolder(context, id)).step : undefined;
  const undo = await context.store.write(STORES, async (tx) => {
    const all = await readLabels(tx);
    const clock = await readClock(tx, context.now());
    const inside = all.filter((l) => l.inside[0] === id);
    await putLabel(tx, { ...label, gone: [true, UNSTAMPED] }, clock);
    for (const child of inside) await putLabel(tx, { ...child, inside: label.inside }, clock);
    const before = [...all.filter((l) => l.id === id), ...inside];
    const kept = await keepStep(
      tx,
      { name, id: step ?? clock.next() },
      { at: context.now(), count: 0, changes: [], labels: before },
    );
    putClock(tx, clock);
    // What came into it while it was emptied.
    await relist(context, tx, id);
    return kept;
  });
  context.bus.touch(["labels", "mail", "triage"], { urgent: true });
  return { undo };
}

async function relist({ me }: AccountContext, tx: WriteTx, folder: string): Promise<void> {
  const set = await WorkingSet.open(tx, me);
  await set.relist(folder);
  await set.flush();
}

/** Its mail goes to Archive; what is not here goes there as it comes. */
async function emptyFolder(context: AccountContext, folder: string): Promise<{ step?: string }> {
  const ids = await context.store.read(["entries"], (tx) => allEntries(tx, `folder:${folder}`));
  return actOn(context, { do: "empty-folder", folder }, ids, { name: "delete-label" });
}
