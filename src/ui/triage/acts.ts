/** Does what a person asked for: on the screen at once, in the database right after, and said with a way back. */
import { createSignal } from "solid-js";
import type { ApiClient } from "../../api/client.ts";
import type { Place, RowView, UndoView, WindowView } from "../../api/contract.ts";
import { within } from "../../base/within.ts";
import { nameOfAct } from "../../mail/undo.ts";
import { addLayer, expectRows, type Layer, shownView } from "../list/overlay.ts";
import { say, type ToastAction } from "../parts/toast.tsx";
import { readOnce } from "../answer.ts";
import { createQuery } from "../query.ts";
import { didText, triageWords, undoneText, type Verb } from "../words/triage.ts";
import { type Asked, patchOf, restoreOf } from "./patch.ts";

export type Doing = Asked & {
  /** Where it goes or until when, as it is said. */
  name?: string;
  /** Rows it is done to, as far as they are known. */
  rows?: readonly RowView[];
};

/** What this tab did and can take back before anybody answers. */
type Step = {
  act: Verb;
  count: number;
  madeAt: number;
  layer: Layer;
  before: WindowView | undefined;
  after: WindowView | undefined;
  /** Known when it is written; undefined where nothing had to be. */
  id: Promise<string | undefined>;
  known?: string;
};

/** Further back the worker alone remembers. */
const MAX_STEPS = 50;
/** The worker's word on the newest step may be this late. ms */
const LAG_MS = 2000;
/** Of more conversations the worker tells how far it is (engine/act.ts). */
const LONG = 50;
const [steps, setSteps] = createSignal<readonly Step[]>([]);
/** Ids of steps that were taken back: the worker, who is behind, may call one of them the newest still. */
let takenBack: readonly string[] = [];

/** What is being taken back: until it is, an act on the same would find itself done already, and then be taken back too. */
const goingBack = new Set<Promise<void>>();
/** What is not back by then holds nothing up any more. ms */
const MAX_WAIT_MS = 10_000;

async function inOrder<T>(run: () => Promise<T>): Promise<T> {
  if (goingBack.size > 0) await within(MAX_WAIT_MS, Promise.all(goingBack));
  return run();
}

/** Whether it was done. */
export async function triage(api: ApiClient, doing: Doing): Promise<boolean> {
  const { act, on } = doing;
  const before = shownView();
  const layer = addLayer(patchOf(doing, Date.now()));
  const running = inOrder(() => api.run("triage", { act, on }));
  const known = "conversations" in on ? on.conversations.length : undefined;
  const step: Step = {
    act: nameOfAct(act) ?? "delete-forever",
    count: known ?? 0,
    madeAt: performance.now(),
    layer,
    before,
    after: shownView(),
    id: running.then(
      ({ undo }) => undo,
      () => undefined,
    ),
  };
  setSteps((all) => [...all.slice(1 - MAX_STEPS), step]);
  if (known !== undefined) announce(api, step, doing);
  try {
    const { count, undo } = await running;
    layer.settle();
    if (undo === undefined) forget(step);
    else step.known = undo;
    if (known === undefined) {
      step.count = count;
      announce(api, step, doing);
    }
    return true;
  } catch {
    layer.drop();
    forget(step);
    say(triageWords.failed);
    return false;
  }
}

/** The account was left. */
export function forgetSteps(): void {
  setSteps([]);
  takenBack = [];
  goingBack.clear();
}

function forget(step: Step): void {
  setSteps((all) => all.filter((other) => other !== step));
}

function announce(api: ApiClient, step: Step, doing: Doing): void {
  const text = step.count === 0 ? triageWords.nothing : didText(step.act, step.count, doing.name);
  const back: ToastAction = { label: triageWords.undo, act: () => void takeBack(api, step) };
  const sender = step.act === "spam" ? senderOf(doing.rows) : undefined;
  const isFinal = step.count === 0 || step.act === "delete-forever";
  if (sender === undefined) return say(text, isFinal ? [] : [back]);
  void readOnce(api, "blocked", null)
    .catch(() => undefined)
    .then((blocked) => {
      const offer: ToastAction = {
        label: triageWords.blockSender,
        act: () => void block(api, sender),
      };
      say(text, blocked?.isOffered === true ? [back, offer] : [back]);
    });
}

/** Of one conversation with one other person. */
function senderOf(rows: readonly RowView[] = []): RowView["people"][number] | undefined {
  const [row] = rows;
  return rows.length === 1 && row?.people.length === 1 && row.morePeople === 0
    ? row.people[0]
    : undefined;
}

async function block(api: ApiClient, { jid, name }: RowView["people"][number]): Promise<void> {
  const answer = await api.run("block", { jid }).catch(() => undefined);
  if (answer === undefined) say(triageWords.failed);
  else say(answer.ok ? triageWords.blocked(name) : triageWords.notBlocked(answer.host));
}

/** The newest step, as the worker says, or this tab while the worker has not answered. */
export function createNewestUndo(api: ApiClient): () => UndoView | undefined {
  const newest = createQuery(api, "undo", () => null);
  return () => (newest.value as UndoView | undefined) ?? unanswered();
}

/** What this tab did and the worker has not answered yet: it can be taken back all the same. */
function unanswered(): UndoView {
  const step = steps().at(-1);
  if (step === undefined || step.known !== undefined || step.act === "delete-forever") return null;
  return { id: "", act: step.act, count: Math.max(1, step.count) };
}

/** The newest step, of whichever tab; `newest`: the worker's word on it. */
export async function undo(api: ApiClient, newest: UndoView | undefined): Promise<void> {
  expectRows();
  const step = steps().at(-1);
  const isOurs =
    step !== undefined &&
    (step.known === newest?.id ||
      step.known === undefined ||
      takenBack.includes(newest?.id ?? "") ||
      performance.now() - step.madeAt < LAG_MS);
  if (isOurs) return takeBack(api, step);
  try {
    say(undoneText(await api.run("undo", {})));
  } catch {
    say(triageWords.failed);
  }
}

async function takeBack(api: ApiClient, step: Step): Promise<void> {
  if (!steps().includes(step)) return;
  // Many, or nobody knows yet how many, take their time: nothing waits for them.
  if (step.count > LONG || step.count === 0) return bringBack(api, step);
  const going = bringBack(api, step);
  goingBack.add(going);
  await going;
  goingBack.delete(going);
}

/** Never fails: what could not be kept is said. */
async function bringBack(api: ApiClient, step: Step): Promise<void> {
  expectRows();
  forget(step);
  if (step.known !== undefined) takenBack = [...takenBack.slice(1 - MAX_STEPS), step.known];
  step.layer.drop();
  const { before, after, act, count } = step;
  const restored =
    before === undefined || after === undefined ? undefined : addLayer(restoreOf(before, after));
  // What takes its time has its progress shown, and is called done when it is.
  const isLong = count > LONG;
  const tell = (): void => say(undoneText({ act, count: Math.max(1, count) }));
  if (!isLong) tell();
  try {
    const id = await step.id;
    if (id !== undefined) await api.run("undo", { id });
    restored?.settle();
    if (isLong) tell();
  } catch {
    restored?.drop();
    say(triageWords.failed);
  }
}

/** Ids of rows that are not in the page, by their place in the list; undefined for what is no conversation. */
export async function readIds(
  api: ApiClient,
  mailbox: Place,
  from: number,
  to: number,
): Promise<(string | undefined)[]> {
  const view = await readOnce(api, "window", { mailbox, offset: from, limit: to - from + 1 });
  return view.rows.map(({ id, kind }) => (kind === "conversation" ? id : undefined));
}
