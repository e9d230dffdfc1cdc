/** What is done over an open stream until it ends: the archive followed, the outbox sent, names and pictures asked for. */
import { within } from "../base/within.ts";
import { putMeta, readMeta } from "../store/meta.ts";
import { enableCarbons } from "../xmpp/carbons.ts";
import { ConnectionError } from "../xmpp/connection-error.ts";
import type { ServerFeatures } from "../xmpp/disco.ts";
import { stopOfflineFlood } from "../xmpp/offline.ts";
import { sendInitialPresence } from "../xmpp/presence.ts";
import { fetchRoster } from "../xmpp/roster.ts";
import type { Session } from "../xmpp/session.ts";
import { type ArchiveSync, createArchiveSync } from "./archive.ts";
import { FRESH_MS } from "./arrivals.ts";
import { putSync } from "./sync-state.ts";
import type { Topic } from "./bus.ts";
import type { ConnectionReport } from "./connection-report.ts";
import type { AccountContext } from "./context.ts";
import type { EngineOptions } from "./engine-options.ts";
import { createFeaturesAnew } from "./features-anew.ts";
import { tellGaze } from "./gaze.ts";
import { takeRoster } from "./live.ts";
import { loadAfterwards } from "./load-afterwards.ts";
import type { ServerClock } from "./server-clock.ts";
import { featuresInTime } from "./server-features.ts";
import type { StreamKeeper } from "./stream-keeper.ts";
import { FIRST_WORD_MS, type Wires } from "./wires.ts";

/** How long an answer may hold mail up that was asked for with another that came, or did not. ms */
const LITTLE_MS = 1000;
/** How long an inbox that stays empty holds up what is done besides. ms */
const LISTED_MS = 2000;

type Afterwards = typeof import("./afterwards.ts");

export type Online = {
  options: EngineOptions;
  report: ConnectionReport;
  keeper: StreamKeeper;
  session: Session;
  wires: Wires;
  /** Ends with the stream, or with the lock. */
  signal: AbortSignal;
  host: string;
};

/** Ends with the stream; "again" where a better one is to be opened at once. */
export async function beOnline(online: Online): Promise<"again" | "over"> {
  const { options, report, keeper, session, wires, signal, host } = online;
  /** A resumed stream is as it was: nothing is asked or fetched again. */
  const isNew = keeper.known === undefined;
  const before = await whatIsHere(options.context);
  const isFirst = isNew && before.isEmpty;
  const told = wires.clock.ask(session);
  const asked = featuresOf(online);
  asked.catch(() => undefined);
  const archiving = new AbortController();
  const archive = createArchiveSync(options.context, session, {
    signal: AbortSignal.any([signal, archiving.signal]),
  });
  const begin = (): Promise<void> =>
    archive.catchUp(
      isFirst ? within(LITTLE_MS, noteFirstSync(options.context, wires.clock, told)) : undefined,
    );
  const early = isFirst && !before.hadNoArchive ? readAhead(session, begin) : undefined;
  const features = await asked;
  // Carried out before whatever is asked next: a server handles a stream in order (RFC 6120 section 10.1).
  if (isNew && early === undefined && features.carbons && !session.hasCarbons)
    void enableCarbons(session);
  if (!features.archive) archiving.abort(new ConnectionError("lost", "the server has no archive"));
  if (!features.archive && session.streamId !== undefined) {
    // A session that lingers would swallow mail meant for the offline queue: without an archive none is left behind.
    await session.close();
    return "again";
  }
  await report.say({ state: "connected", host });
  await startArchive(online, archive, features, () => early ?? begin());
  if (isNew) await sendInitialPresence(session);
  if (features.archive) archive.keep({ extended: features.archiveExtended }).catch(failed(online));
  if (isFirst) await untilListed(online);
  // Before all else: as long as it is not read, what another device has put away stands in the inbox.
  startAccountState(online, features);
  const code = await loadAfterwards();
  const drafts = startDrafts(online, features, isNew, code);
  // Sent here without a connection: another device may have sent it meanwhile, and its word on that comes first.
  if (await code.maySendTwice(options.context)) await within(FIRST_WORD_MS, drafts.begun);
  const stopOutbox = startOutbox(online, features, code);
  const stopBlocking = startBlocking(online, features, isNew, code);
  const stopLookingUp = startLookUps(online, features, code);
  const stopDisplayed = startDisplayed(online, features, isNew, code);
  const stopTelling = tellGaze(session, options.gaze);
  try {
    if (isNew) askAround(online, features, code);
    await wires.closed;
    // The next stream goes on from what is in the database.
    await archive.drained();
    return "over";
  } finally {
    stopOutbox();
    drafts.stop();
    stopBlocking();
    stopLookingUp();
    stopDisplayed();
    stopTelling();
  }
}

/**
 * Where nothing is here yet the newest mail is what is waited for: it is asked for beside what the server can, not after
 * it. A server without carbons or an archive answers with an error, and what it said it can counts.
 */
function readAhead(session: Session, begin: () => Promise<void>): Promise<void> {
  // Before the page: what arrives behind it comes as a carbon.
  if (!session.hasCarbons) void enableCarbons(session);
  const early = begin();
  early.catch(() => undefined);
  return early;
}

/** The first rows are to be seen before anything else is fetched, unless somebody has written meanwhile. */
async function untilListed({ options, wires }: Online): Promise<void> {
  const { context, firstAnswer } = options;
  let stop = (): void => undefined;
  const written = new Promise<void>((resolve) => {
    stop = context.bus.onTopics((topics, urgent) => {
      if (urgent && topics.some((topic) => WRITTEN.has(topic))) resolve();
    });
  });
  await within(LISTED_MS, Promise.race([firstAnswer, written, wires.closed]));
  stop();
}

/** What a person does is announced as one of these, and the server is to hear of it. */
const WRITTEN: ReadonlySet<Topic> = new Set(["outbox", "blocking", "triage", "labels"]);

/** The archive comes before presence: what is new is asked for, not poured out. */
async function startArchive(
  { options: { context }, keeper, session, wires }: Online,
  archive: ArchiveSync,
  features: ServerFeatures,
  begin: () => Promise<void>,
): Promise<void> {
  if (!features.archive) return putSync(context, { state: "no-archive" });
  if (keeper.known === undefined) {
    stopOfflineFlood(session);
    await putSync(context, { state: "syncing" });
    // Asked first, so that one server does not pour its offline queue out; never waited for longer than a person would.
    await within(FIRST_WORD_MS, begin());
  }
  wires.setArchive(archive);
}

async function featuresOf({ options, keeper, session }: Online): Promise<ServerFeatures> {
  return keeper.known ?? featuresInTime(options.context, session, FIRST_WORD_MS);
}

/** Whether the database has nothing of an archive yet, and whether there was none the last time. */
async function whatIsHere({
  store,
}: AccountContext): Promise<{ isEmpty: boolean; hadNoArchive: boolean }> {
  return store.read(["meta"], async (tx) => {
    const [ranges, noArchive] = await Promise.all([
      readMeta(tx, "ranges"),
      readMeta(tx, "noArchive"),
    ]);
    return { isEmpty: ranges === undefined, hadNoArchive: noArchive === true };
  });
}

/**
 * "Older mail counts as read" goes by the server's time: this device's may be years off. Where the server does not tell,
 * the moment stays that of the sign-in, within what the archive says of it: the clock here may have been set since.
 */
async function noteFirstSync(
  { store, now }: AccountContext,
  clock: ServerClock,
  told: Promise<void>,
): Promise<void> {
  await told;
  if (!clock.isSet) return;
  const there = clock.now();
  const here = now();
  await store.write(["meta"], async (tx) => {
    const ago = here - ((await readMeta(tx, "firstSignInAt")) ?? here);
    // A clock that was set between the two tells nothing about how long ago it was.
    putMeta(tx, "firstSignInAt", ago >= 0 && ago < FRESH_MS ? there - ago : there);
    putMeta(tx, "signInUnsure", false);
  });
}

/** Sends what is written, now and whenever something is. Returns what stops that. */
function startOutbox(
  online: Online,
  features: ServerFeatures,
  { createOutbox }: Afterwards,
): () => void {
  const { options, keeper, session, wires, signal } = online;
  const { context, tenure } = options;
  const outbox = createOutbox(context, session, {
    hasArchive: features.archive,
    isSurelyMine: tenure.isSurelyMine,
    keeper,
    signal,
    onError: failed(online),
  });
  wires.setOutbox(outbox);
  return keepNudged(context, "outbox", outbox);
}

/** Now, and whenever there may be work for it. Returns what stops that. */
function keepNudged(
  context: AccountContext,
  topic: Topic,
  worker: { nudge: () => void },
): () => void {
  const stop = context.bus.onTopics((topics) => {
    if (topics.includes(topic)) worker.nudge();
  });
  worker.nudge();
  return stop;
}

/** Whom the server is to block, now and whenever that changes. Returns what stops that. */
function startBlocking(
  online: Online,
  features: ServerFeatures,
  isNew: boolean,
  { createBlocking }: Afterwards,
): () => void {
  if (!features.blocking) return () => undefined;
  const { context } = online.options;
  const blocking = createBlocking(context, online.session, {
    isNew,
    reports: features.reporting,
    signal: online.signal,
    onError: failedHere(online),
  });
  return keepNudged(context, "blocking", blocking);
}

/** What is being written, on all devices. */
function startDrafts(
  online: Online,
  features: ServerFeatures,
  isNew: boolean,
  { createDraftSync }: Afterwards,
): { begun: Promise<void>; stop: () => void } {
  const { context, wakes } = online.options;
  const drafts = createDraftSync(context, online.session, {
    isNew,
    features,
    serverNow: () => serverNow(online.wires),
    signal: online.signal,
    onError: failedHere(online),
  });
  const stops = [
    keepNudged(context, "drafts", drafts),
    context.bus.onTopics((topics) => {
      if (topics.includes("repair")) drafts.repair();
      else if (topics.includes("hurry")) drafts.hurry();
    }),
    wakes.on((why) => {
      if (why === "visible") drafts.look();
    }),
  ];
  return { begun: drafts.begun, stop: () => stops.forEach((stop) => stop()) };
}

/** What is read here and in the person's chat apps. Without an archive messages have no names that others know. */
function startDisplayed(
  online: Online,
  features: ServerFeatures,
  isNew: boolean,
  { createDisplayedSync }: Afterwards,
): () => void {
  if (!features.archive || !features.pep || !features.pepPublishOptions) return () => undefined;
  const { context } = online.options;
  const displayed = createDisplayedSync(context, online.session, {
    isNew,
    signal: online.signal,
    onError: failedHere(online),
  });
  return keepNudged(context, "mail", displayed);
}

/** What permalinks name and is not here, now and whenever somebody opens one. Returns what stops that. */
function startLookUps(
  online: Online,
  features: ServerFeatures,
  { createLookUps }: Afterwards,
): () => void {
  if (!features.archive) return () => undefined;
  const { context } = online.options;
  const lookUps = createLookUps(context, online.session, {
    signal: online.signal,
    onError: failedHere(online),
  });
  return keepNudged(context, "lookups", lookUps);
}

/** What the person's devices say to each other, until the stream ends. */
function startAccountState(online: Online, features: ServerFeatures): void {
  const { options, session, wires, signal } = online;
  const { context, wakes } = options;
  void import("./account-state/with-carrier.ts").then((code) => {
    if (signal.aborted) return;
    const featuresNow = createFeaturesAnew(session, features);
    const state = code.createAccountState(context, {
      open: async () => code.openStateCarrier(session, await featuresNow()),
      serverNow: () => serverNow(wires),
      signal,
      onError: failed(online),
    });
    wires.onNode((event) => {
      if (event.kind === "account-state") state.take(event);
    });
    const stops = [
      context.bus.onTopics((topics) => {
        if (topics.includes("repair")) state.repair();
        else if (topics.includes("hurry")) state.hurry();
        else if (topics.some((topic) => STATED.has(topic))) state.nudge();
      }),
      wakes.on((why) => {
        if (why === "visible") state.look();
      }),
    ];
    signal.addEventListener("abort", () => stops.forEach((stop) => stop()), { once: true });
  }, options.onPartMissing);
}

/** Epoch ms; undefined where the server does not tell. */
function serverNow({ clock }: Wires): number | undefined {
  return clock.isSet ? clock.now() : undefined;
}

/** Whatever a person says is announced as one of these. */
const STATED: ReadonlySet<Topic> = new Set(["mail", "triage", "labels", "preferences"]);

/** What a new stream asks once, and mail does not wait for. */
function askAround(
  online: Online,
  features: ServerFeatures,
  { createAvatars, watchRetention }: Afterwards,
): void {
  const { options, keeper, session, signal } = online;
  const { context } = options;
  const avatars = createAvatars(context, session, signal);
  loadRoster(context, session)
    // The roster's answer stands behind presence and carbons: the server has those, too.
    .then(() => keeper.online(features))
    .then(() => avatars.refresh())
    .catch((error: unknown) => {
      if (!isSilence(error)) failed(online)(error);
    });
  if (features.archive)
    watchRetention(context, session, { extended: features.archiveExtended, signal }).catch(
      failed(online),
    );
}

async function loadRoster(context: AccountContext, session: Session): Promise<void> {
  const version = await context.store.read(["meta"], (tx) => readMeta(tx, "rosterVersion"));
  const roster = await fetchRoster(session, version);
  if (roster !== undefined) await takeRoster(context, roster.items, roster.version);
}

/** An answer that does not come is no reason to end a stream on which mail comes. */
function isSilence(error: unknown): boolean {
  return error instanceof ConnectionError && error.problem === "timeout";
}

/** As `failed`; what the wire did is told by the stream's own end. */
function failedHere(online: Online): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof ConnectionError)) failed(online)(error);
  };
}

/** The database or a bug, not the wire: end the stream, or it would go on acknowledging what is not kept. */
function failed({ session, wires, signal }: Online): (error: unknown) => void {
  return (error) => {
    if (signal.aborted) return;
    wires.onFault(error);
    console.error("engine:", error instanceof Error ? error.message : error);
    session.abort();
  };
}
