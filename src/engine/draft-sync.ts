/**
 * Carries drafts to the account and back (src/mail/account-state/draft-merge.ts says what becomes of two that differ). A
 * draft goes out some seconds after the last key, and counts as kept there once it is seen there.
 */
import { backoffMs, refusalMs } from "../base/backoff.ts";
import { decodeDraftItem, encodeDraftItem } from "../mail/account-state/draft-item.ts";
import {
  copyId,
  type DraftItem,
  type EndedDraft,
  includes,
} from "../mail/account-state/draft-merge.ts";
import { msOf } from "../mail/clock.ts";
import { leastDelivered } from "../mail/delivery.ts";
import { isUnread } from "../mail/draft.ts";
import { draftAgain } from "../mail/draft-again.ts";
import { hasStrongId, type MessageRecipient } from "../mail/message.ts";
import { splitQuote } from "../mail/snippet.ts";
import { budgetOf } from "../mail/stanza-limit.ts";
import { putMeta, readMeta } from "../store/meta.ts";
import type { DraftMark } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/schema.ts";
import { isAnyGone, isOfPlace, type StateCarrier } from "../xmpp/account-state/carrier.ts";
import type { CarriedItem } from "../xmpp/account-state/item.ts";
import type { Needed } from "../xmpp/account-state/open-state-carrier.ts";
import { ConnectionError } from "../xmpp/connection-error.ts";
import { createDraftNodeCarrier, openDraftCarrier, parseDraftPayload } from "../xmpp/drafts.ts";
import type { PepItem } from "../xmpp/pep-items.ts";
import type { Session } from "../xmpp/session.ts";
import { StanzaError } from "../xmpp/stanza-error.ts";
import type { AccountContext } from "./context.ts";
import { createFeaturesAnew } from "./features-anew.ts";
import { DraftShelf, isTold, readMarks } from "./draft-shelf.ts";
import { hasWork } from "./ingest.ts";
import { lookNowAndThen } from "./looks.ts";
import { sentDraft } from "./sent-draft.ts";
import { WORKING_STORES, WorkingSet } from "./working-set.ts";

/** After the last change. ms */
const PAUSE_MS = 3000;
/** Who writes without a pause is kept all the same. ms */
const AT_LEAST_MS = 15_000;
/** Devices that were away so long learn from the archive alone what was sent. ms */
const FORGET_MS = 30 * 24 * 3600 * 1000;
/** Prosody keeps 256 items of a node and drops the oldest without a word. */
const USUAL_ROOM = 256;
const MAX_DRAFTS = 120;
const MAX_ENDED = 100;
/** After an answer that did not come, or was a refusal for now. ms */
const AGAIN_MS = 15_000;
/** Of the stanza around a draft. Bytes */
const AROUND_BYTES = 1500;

/** As the database names them (store/meta.ts `draftNode`). */
const PLACES = { pep: "open", "private-xml": "private-xml" } as const;
const STORES = [...WORKING_STORES, "drafts"] as const;

export interface DraftSync {
  /** A draft changed, here or in another tab. */
  nudge(): void;
  /** What was written goes at once, without a pause. */
  hurry(): void;
  /** Somebody looks again: what nobody told of is asked for. */
  look(): void;
  /** Finds the place again, and reads everything there. */
  repair(): void;
  /** What the account has is here, or cannot be had. */
  readonly begun: Promise<void>;
}

export type DraftSyncOptions = {
  /** False: the stream goes on where it was, and nothing can have been missed that a server tells of. */
  isNew: boolean;
  features: Needed;
  /** The server's time, epoch ms; undefined where it does not tell. */
  serverNow: () => number | undefined;
  /** After the last change, ms. */
  pauseMs?: number;
  /** After something failed, ms. */
  againMs?: number;
  signal: AbortSignal;
  /** The database failed. */
  onError: (error: unknown) => void;
};

export function createDraftSync(
  context: AccountContext,
  session: Session,
  options: DraftSyncOptions,
): DraftSync {
  const { isNew, features, pauseMs = PAUSE_MS, againMs = AGAIN_MS, signal } = options;
  const { store, now, bus } = context;
  const featuresNow = createFeaturesAnew(session, features);
  let carrier: StateCarrier | undefined;
  let refusals = 0;
  let failures = 0;
  let retry: ReturnType<typeof setTimeout> | undefined;
  /** What waits for a pause: which words, since when, and since when any. */
  const waiting = new Map<string, { stamp: string; at: number; since: number }>();
  /** What the server would not take: which words, how often, and until when they are left alone. */
  const refused = new Map<string, { stamp: string; times: number; until: number }>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  signal.addEventListener(
    "abort",
    () => {
      clearTimeout(timer);
      clearTimeout(retry);
    },
    { once: true },
  );
  let running = begin().catch(failed);
  const begun = running;
  let isNudged = false;
  let isHurried = false;

  async function begin(): Promise<void> {
    const [before, marks] = await store.read(["meta"], (tx) =>
      Promise.all([readMeta(tx, "draftNode"), readMarks(tx)]),
    );
    // What was written before this stream has waited long enough; what is written meanwhile has not.
    const since = performance.now();
    for (const [id, { stamp }] of marks) waiting.set(id, { stamp, at: since - pauseMs, since });
    if (!isNew && before === "open") {
      carrier = createDraftNodeCarrier(session);
      if (await isAnyLost(carrier)) await open();
    } else await open();
    await pass();
    for (const [id, { stamp }] of marks) if (waiting.get(id)?.stamp === stamp) waiting.delete(id);
  }

  /** Makes sure of the place, and takes in what it has. */
  async function open(): Promise<void> {
    const opened = await openDraftCarrier(session, await featuresNow());
    const is = "refused" in opened ? "closed" : PLACES[opened.kind];
    await store.write(["meta"], async (tx) => putMeta(tx, "draftNode", is));
    bus.touch(["state"]);
    if ("refused" in opened) {
      carrier = undefined;
      console.warn(`drafts stay on this device: ${opened.refused}, ${opened.detail}`);
      if (opened.refused === "failed") return again();
      return reopenIn(refusalMs(refusals++));
    }
    refusals = 0;
    carrier = opened;
    const ids = await opened.list();
    await takeItems(context, await opened.fetch(ids));
    await missing(context, (id) => !ids.includes(id));
    await noteRoom(context, opened, ids);
    await tidy(opened);
    failures = 0;
  }

  function reopen(): void {
    running = running.then(async () => {
      if (signal.aborted) return;
      await open().then(pass).catch(failed);
    });
  }

  function reopenIn(ms: number): void {
    clearTimeout(retry);
    retry = setTimeout(reopen, ms);
  }

  /** Mostly the stream is over, and the next one begins anew; on one that goes on it is tried again from the beginning. */
  function failed(error: unknown): void {
    if (signal.aborted) return;
    if (!(error instanceof ConnectionError || error instanceof StanzaError))
      return options.onError(error);
    console.warn(`drafts are carried later: ${error.message}`);
    again();
  }

  function again(): void {
    reopenIn(againMs + backoffMs(failures++));
  }

  function look(): Promise<void> {
    running = running.then(async () => {
      if (!signal.aborted && carrier !== undefined) await lookInto(carrier).catch(failed);
    });
    return running;
  }

  async function lookInto(place: StateCarrier): Promise<void> {
    // There, nobody tells of anything.
    const isUntold = place.kind === "private-xml";
    if (!isUntold && !(await isAnyLost(place))) return;
    await open();
    await pass();
  }

  async function isAnyLost(place: StateCarrier): Promise<boolean> {
    const marks = await store.read(["meta"], (tx) => readMarks(tx));
    return isAnyGone(
      place,
      [...marks].filter(([, mark]) => isSafe(mark)).map(([id]) => id),
    );
  }

  /** What is gone for long is forgotten, and so is the oldest where there is much of it. */
  async function tidy(open: StateCarrier): Promise<void> {
    const [marks, { mostEnded }] = await store.read(["meta"], async (tx) =>
      Promise.all([readMarks(tx), readRoom(tx)]),
    );
    const ended = [...marks]
      .filter(
        ([, { gone, dirty, held }]) => gone !== undefined && dirty === undefined && !isUnread(held),
      )
      .sort(([, a], [, b]) => (a.stamp < b.stamp ? 1 : -1));
    // A clock that is years ahead would find all of them old, and who was away brings the drafts back.
    const oldest = (options.serverNow() ?? 0) - FORGET_MS;
    const old = ended.filter(([, mark], index) => index >= mostEnded || msOf(mark.stamp) < oldest);
    if (old.length === 0) return;
    await open.retract(old.map(([id]) => id));
    await store.write(["drafts", "meta"], async (tx) => {
      const shelf = await DraftShelf.open(tx, now());
      for (const [id] of old) shelf.forget(id);
      shelf.flush();
    });
  }

  /** Everything that is due: what was left alone for a pause. */
  async function pass(): Promise<void> {
    clearTimeout(timer);
    const waitsForPause = !isHurried;
    isHurried = false;
    if (carrier !== undefined && !(await isPlaceKnown(context))) await open();
    const dirty = await settleHere(context);
    if (carrier === undefined) return;
    let next = Number.POSITIVE_INFINITY;
    let hasEnded = false;
    for (const [id, mark] of dirty) {
      if (signal.aborted) return;
      const again = refused.get(id);
      const againAt = again?.stamp === mark.stamp ? again.until : 0;
      const dueAt = Math.max(
        againAt,
        mark.gone === undefined && waitsForPause ? dueOf(id, mark) : 0,
      );
      if (dueAt > performance.now()) next = Math.min(next, dueAt);
      else {
        await carry(id);
        hasEnded ||= mark.gone !== undefined;
      }
    }
    if (hasEnded && carrier !== undefined) await tidy(carrier);
    if (next < Number.POSITIVE_INFINITY && !signal.aborted)
      timer = setTimeout(nudge, Math.max(0, next - performance.now()));
  }

  function dueOf(id: string, { stamp }: DraftMark): number {
    const here = performance.now();
    const known = waiting.get(id);
    const wait = known?.stamp === stamp ? known : { stamp, at: here, since: known?.since ?? here };
    waiting.set(id, wait);
    return Math.min(wait.at + pauseMs, wait.since + AT_LEAST_MS);
  }

  async function carry(id: string): Promise<void> {
    const text = await prepare(context, id, options.serverNow());
    if (text === undefined) return;
    waiting.delete(id);
    try {
      await publish(id, text.payload);
      refused.delete(id);
    } catch (error) {
      if (!(error instanceof StanzaError)) throw error;
      leaveAlone(id, text.stamp);
      console.warn(`a draft was not kept in the account: ${error.message}`);
      return await holdBack(context, id);
    }
    const mark = (await store.read(["meta"], (tx) => readMarks(tx))).get(id);
    // As a rule its event was here first.
    if (mark?.dirty === 1 && mark.stamp === text.stamp)
      await takeItems(context, (await carrier?.fetch([id])) ?? []);
  }

  /** It goes once more soon, then less and less often: a server mostly says the same again, and its rules may change. */
  function leaveAlone(id: string, stamp: string): void {
    const before = refused.get(id);
    const times = before?.stamp === stamp ? before.times + 1 : 0;
    const ms = times === 0 ? againMs + backoffMs(0) : refusalMs(times - 1);
    refused.set(id, { stamp, times, until: performance.now() + ms });
  }

  async function publish(id: string, payload: string): Promise<void> {
    try {
      await carrier?.publish({ id, payload });
    } catch (error) {
      if (!isOfPlace(error)) throw error;
      // Somebody deleted the node, or opened it to others: made anew, or nothing goes there any more.
      await open();
      const again = await prepare(context, id, options.serverNow());
      if (again !== undefined) await carrier?.publish({ id, payload: again.payload });
      nudge();
    }
  }

  function nudge(): void {
    if (isNudged || signal.aborted) return;
    isNudged = true;
    running = running.then(async () => {
      isNudged = false;
      if (!signal.aborted) await pass().catch(failed);
    });
  }

  function hurry(): void {
    isHurried = true;
    nudge();
  }

  return { nudge, hurry, look: lookNowAndThen(look, signal), repair: reopen, begun };
}

/** What came of drafts meanwhile, as the messages here say; then what the account is to be told. */
async function settleHere(context: AccountContext): Promise<[string, DraftMark][]> {
  const { store, bus, now } = context;
  const { dirty, sent, isUntold } = await store.read(["drafts", "meta", "messages"], async (tx) => {
    const [marks, drafts] = await Promise.all([readMarks(tx), tx.objectStore("drafts").getAll()]);
    const found = await Promise.all(drafts.map(({ id }) => sentDraft(tx, id)));
    return {
      dirty: [...marks].filter(([, mark]) => mark.dirty === 1),
      sent: drafts.filter((_, index) => found[index] !== undefined).map(({ id }) => id),
      isUntold: drafts.some((draft) => !isTold(marks.get(draft.id), draft)),
    };
  });
  if (sent.length === 0 && !isUntold) return dirty;
  const marks = await store.write(["drafts", "meta"], async (tx) => {
    const shelf = await DraftShelf.open(tx, now());
    await shelf.adopt();
    for (const id of sent) await shelf.sentElsewhere(id);
    shelf.flush();
    return readMarks(tx);
  });
  bus.touch(["drafts"]);
  return [...marks].filter(([, mark]) => mark.dirty === 1);
}

/** The item's text, and noted that the account may have it from now on. */
async function prepare(
  { store, now, bus }: AccountContext,
  id: string,
  serverNow: number | undefined,
): Promise<{ payload: string; stamp: string } | undefined> {
  let isHeld = false;
  const prepared = await store.write(["drafts", "meta", "messages"], async (tx) => {
    const shelf = await DraftShelf.open(tx, now());
    const mark = shelf.mark(id);
    if (mark?.dirty !== 1 || isUnread(mark.held)) return undefined;
    if ((await readMeta(tx, "draftNode")) === undefined) return undefined;
    shelf.endAnew(id, serverNow);
    const item = await shelf.item(id);
    if (item === undefined) return undefined;
    const payload = encodeDraftItem(await withIdentity(tx, item));
    const budget = budgetOf(await readMeta(tx, "stanzaLimit")) - AROUND_BYTES;
    const { mostDrafts } = await readRoom(tx);
    const isNew = mark.shared === undefined || mark.absent === 1;
    const held =
      payload.length > budget
        ? "too-big"
        : isNew && item.gone === undefined && shelf.shared >= mostDrafts
          ? "too-many"
          : undefined;
    isHeld = held !== mark.held;
    shelf.hold(id, held);
    shelf.flush();
    return held === undefined ? { payload, stamp: item.stamp } : undefined;
  });
  if (isHeld) bus.touch(["drafts"]);
  return prepared;
}

/** The server would not take it. */
async function holdBack({ store, now, bus }: AccountContext, id: string): Promise<void> {
  await store.write(["drafts", "meta"], async (tx) => {
    const shelf = await DraftShelf.open(tx, now());
    shelf.hold(id, "refused");
    shelf.flush();
  });
  bus.touch(["drafts"]);
}

/** The message it answers, as other devices know it. */
async function withIdentity(tx: ReadTx, item: DraftItem): Promise<DraftItem> {
  if (item.draft?.source === undefined || item.draft.source.key === 0) return item;
  const { draft } = item;
  const row = await tx.objectStore("messages").get(item.draft.source.key);
  if (row === undefined) return item;
  const { from, mid, contentHash } = row;
  const of = { from, mid, ...(hasStrongId(row) ? {} : { contentHash }) };
  return Object.assign({}, item, { draft: { ...draft, source: { ...item.draft.source, of } } });
}

/** What the account says of drafts. `items` as they came: any of them may be damaged, or not for this version. */
async function takeItems(context: AccountContext, items: readonly CarriedItem[]): Promise<void> {
  if (items.length === 0) return;
  const { store, now, bus } = context;
  let isChanged = false;
  let isMail = false;
  await store.write(STORES, async (tx) => {
    const shelf = await DraftShelf.open(tx, now());
    await shelf.adopt();
    for (const { id, payload } of items) {
      const read = decodeDraftItem(id, payload);
      if ("problem" in read) {
        isChanged = shelf.notRead(id, read.problem) || isChanged;
        continue;
      }
      const { item } = read;
      const mark = shelf.mark(id);
      isChanged = (await shelf.take(item)) || isChanged;
      if (item.gone === "sent" && wasSentHereToo(mark, item)) {
        await withdraw(context, tx, shelf, item, mark);
        isMail = true;
      }
    }
    shelf.flush();
  });
  if (isMail) bus.touch(["drafts", "mail", "outbox"]);
  // Whether all is saved, at least.
  else bus.touch([isChanged ? "drafts" : "state"]);
}

function wasSentHereToo(mark: DraftMark | undefined, item: EndedDraft): mark is DraftMark {
  return mark?.gone?.how === "sent" && mark.dirty === 1 && !includes(item.revision, [mark.stamp]);
}

/**
 * Sent here without a connection, and by another device meanwhile: what has not left yet does not leave. Words that the
 * other one did not send are a draft again.
 */
async function withdraw(
  { me, now }: AccountContext,
  tx: WriteTx,
  shelf: DraftShelf,
  { id, words }: EndedDraft,
  mark: DraftMark,
): Promise<void> {
  const set = await WorkingSet.open(tx, me);
  const keys = await tx.objectStore("outbox").index("mid").getAllKeys(id);
  for (const key of keys) {
    const row = await set.message(key);
    if (row?.recipients === undefined || row.retraction !== undefined) continue;
    const isLeaving = ({ state, written }: MessageRecipient): boolean =>
      written || state !== "waiting";
    const left = row.recipients.filter(isLeaving);
    const back = row.recipients.filter((r) => !isLeaving(r));
    if (back.length === 0) continue;
    if (mark.gone?.words !== words) {
      const body = await set.body(key);
      const again = draftAgain(row, splitQuote(body?.body ?? "", body?.fallbacks ?? []), {
        id: copyId(id, mark.stamp),
        to: new Set(back.map(({ jid }) => jid)),
        now: now(),
      });
      await shelf.write(again);
    }
    const delivery = leastDelivered(left.map(({ state }) => state));
    if (delivery === undefined) set.remove(row);
    else set.change({ ...row, recipients: left, delivery });
    if (!hasWork(left)) void tx.objectStore("outbox").delete(key);
  }
  await set.flush();
}

/** The account has lost them: what is a draft goes there again, what is gone is forgotten. */
async function missing(
  { store, now, bus }: AccountContext,
  isMissing: (id: string) => boolean,
): Promise<void> {
  let isNews = false;
  await store.write(["drafts", "meta"], async (tx) => {
    const shelf = await DraftShelf.open(tx, now());
    for (const id of shelf.ids.filter(isMissing)) isNews = shelf.lost(id) || isNews;
    shelf.flush();
  });
  if (isNews) bus.touch(["drafts"]);
}

/** How much the place keeps of this app's. What else lies there stays, and one more would push the oldest out. */
async function noteRoom(
  { store }: AccountContext,
  { maxItems = USUAL_ROOM }: StateCarrier,
  ids: readonly string[],
): Promise<void> {
  await store.write(["meta"], async (tx) => {
    const marks = await readMarks(tx);
    const others = ids.filter((id) => !marks.has(id)).length;
    putMeta(tx, "draftRoom", Math.max(0, Math.min(maxItems, USUAL_ROOM) - others));
  });
}

/** A tenth is left for what two devices begin at once. */
async function readRoom(tx: ReadTx): Promise<{ mostDrafts: number; mostEnded: number }> {
  const room = (await readMeta(tx, "draftRoom")) ?? USUAL_ROOM;
  return {
    mostDrafts: Math.min(MAX_DRAFTS, Math.floor(room * 0.5)),
    mostEnded: Math.min(MAX_ENDED, Math.floor(room * 0.4)),
  };
}

/** It was seen there. */
function isSafe({ shared, dirty, absent }: DraftMark): boolean {
  return shared === 1 && dirty === undefined && absent === undefined;
}

async function isPlaceKnown({ store }: AccountContext): Promise<boolean> {
  return store.read(["meta"], async (tx) => (await readMeta(tx, "draftNode")) !== undefined);
}

/**
 * Deleted, or emptied. A server makes a node anew with whatever is published next, and then it keeps one item: nothing
 * goes there before it was made, and read, as it is to be.
 */
async function forgetPlace({ store, bus }: AccountContext): Promise<void> {
  await store.write(["meta"], async (tx) => void tx.objectStore("meta").delete("draftNode"));
  bus.touch(["drafts"]);
}

/** An event of the node: live, as another device or this one publishes. */
export async function takeDraftEvent(
  context: AccountContext,
  event: { items: readonly PepItem[]; retracted: readonly string[]; isGone: boolean },
): Promise<void> {
  const { retracted, isGone, items } = event;
  if (isGone) await forgetPlace(context);
  else if (retracted.length > 0) await missing(context, (id) => retracted.includes(id));
  await takeItems(
    context,
    items.map(({ id, payload }) => ({ id, payload: parseDraftPayload(payload) })),
  );
}

/** Whether something waits to be sent that another device may have sent by now. */
export async function maySendTwice({ store }: AccountContext): Promise<boolean> {
  return store.read(["outbox", "meta"], async (tx) => {
    const rows = await tx.objectStore("outbox").getAll();
    if (rows.length === 0) return false;
    const marks = await readMarks(tx);
    return rows.some(({ mid }) => marks.get(mid)?.shared === 1);
  });
}
