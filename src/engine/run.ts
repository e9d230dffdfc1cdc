/**
 * What the lock holder does: stay connected, and while connected keep database and server level. One call runs until
 * the lock is given up or gone. Loaded after the first answer to the page, with everything of the wire.
 *
 *      connect ---ok---> online: features, carbons, archive, presence, roster, outbox, back-fill
 *        ^  |                            |
 *        |  '--no--> rest (back-off, or  | stream ends
 *        '---------- online, try now) <--'
 */
import { watchSleep } from "../base/sleep-watch.ts";
import { needsPerson, type Trouble } from "../mail/status.ts";
import { putMeta, readMeta } from "../store/meta.ts";
import { type AccountRow, type Registry } from "../store/registry.ts";
import { enableCarbons } from "../xmpp/carbons.ts";
import { serverFeatures, type ServerFeatures } from "../xmpp/disco.ts";
import { stopOfflineFlood } from "../xmpp/offline.ts";
import { sendInitialPresence } from "../xmpp/presence.ts";
import { fetchRoster } from "../xmpp/roster.ts";
import type { Credential } from "../xmpp/credential.ts";
import { ConnectionError, type Session, type SessionOptions } from "../xmpp/session.ts";
import { wholeMessageBytes } from "../xmpp/socket.ts";
import { type ArchiveSync, createArchiveSync, putSync } from "./archive.ts";
import { createAvatars } from "./avatars.ts";
import { type Config } from "./config.ts";
import { type ConnectionReport, createConnectionReport } from "./connection-report.ts";
import type { AccountContext } from "./context.ts";
import { saveAccount } from "./credentials.ts";
import { dial } from "./dial.ts";
import type { Gaze } from "./gaze.ts";
import { LockTaken, type Tenure } from "./holder.ts";
import { takeInbound, takeRoster } from "./live.ts";
import { createOutbox, type Outbox } from "./outbox.ts";
import { rest } from "./rest.ts";
import { watchRetention } from "./retention.ts";
import { createServerClock, type ServerClock } from "./server-clock.ts";
import { SignInError } from "./sign-in.ts";
import { createStreamKeeper, type StreamKeeper } from "./stream-keeper.ts";
import { isPatient, restMs, troubleOf, troubleOfEnd, TryAgain } from "./trouble.ts";
import type { Wakes } from "./wakes.ts";

/** A stream that lived this long was a good one: the next wait starts short again. 30 s. */
const GOOD_MS = 30_000;
/** A try this old may hang on a network that is gone. ms */
const STALE_MS = 3000;
/** Letting go of the lock: what was just sent gets this long to be acknowledged. ms */
const LAST_WORD_MS = 800;
/** How long an answer that mail does not depend on may hold mail up. ms */
const FIRST_WORD_MS = 10_000;
/** The same for one that was asked for with another that came, or did not. ms */
const LITTLE_MS = 1000;

export type EngineOptions = {
  context: AccountContext;
  registry: Registry;
  /** As the registry has it. */
  account: () => AccountRow;
  /** The latest; another tab may have renewed it. */
  credential: () => Promise<Credential | undefined>;
  /** The server takes it no more; nothing else is tried by itself. */
  onRefused: () => Promise<void>;
  config: Config;
  wakes: Wakes;
  gaze: Gaze;
  tenure: Tenure;
  /** While the browser's storage is full: resolves when there is room again. */
  room: () => Promise<void> | undefined;
};

/** Failures since the last good stream, for the person; `attempt` counts for the back-off. */
type Course = { failures: number; attempt: number; trouble?: Trouble };

export async function runEngine(options: EngineOptions): Promise<void> {
  const { context, wakes } = options;
  const { signal } = options.tenure;
  const report = createConnectionReport(context, options.tenure);
  const keeper = createStreamKeeper(context);
  const stopWatching = watchSleep(() => wakes.tell("slept"));
  let course: Course = { failures: 0, attempt: 0, ...(await unmended(context)) };
  try {
    while (!signal.aborted) {
      await untilRoom(options, report);
      if (signal.aborted) return;
      const triedAt = performance.now();
      const end = await connectOnce(options, report, course, keeper);
      if (signal.aborted) return;
      if (end === "again") continue;
      if (end.onlineMs > GOOD_MS) course = { failures: 0, attempt: 0 };
      const trouble = afterAll(end.trouble, course.trouble);
      const waitMs = restMs(trouble.kind, course.attempt);
      course = { failures: course.failures + 1, attempt: course.attempt + 1, trouble };
      const say = (ms: number | undefined): Promise<void> =>
        report.say({
          state: "offline",
          trouble,
          failures: course.failures,
          ...(ms === undefined ? {} : { retryAt: context.now() + ms }),
        });
      await say(waitMs);
      const woken = await rest({
        waitMs,
        patient: isPatient(trouble.kind),
        triedAt,
        wakes,
        signal,
        onSooner: (ms) => void say(ms).catch(() => undefined),
      });
      if (woken !== undefined && woken !== "visible") course.attempt = 0;
    }
  } finally {
    stopWatching();
  }
}

/** What the person was asked to mend before this tab had the lock: asked for until it is mended. */
async function unmended({ store }: AccountContext): Promise<Pick<Course, "trouble">> {
  const row = await store.read(["meta"], (tx) => readMeta(tx, "connection"));
  return row?.trouble !== undefined && needsPerson(row.trouble.kind)
    ? { trouble: row.trouble }
    : {};
}

/** Where nothing can be kept nothing is fetched; what the server holds, it goes on holding. */
async function untilRoom({ room, tenure }: EngineOptions, report: ConnectionReport): Promise<void> {
  const waiting = room();
  if (waiting === undefined) return;
  // Small writes often still fit; where they do not, the page says it from what the worker knows.
  await report.say({ state: "offline" }).catch(() => undefined);
  const stopped = new Promise((resolve) =>
    tenure.signal.addEventListener("abort", resolve, { once: true }),
  );
  await Promise.race([waiting, stopped]);
}

/** A deleted account looks like a wrong password from then on; we know better. */
function afterAll(trouble: Trouble, before: Trouble | undefined): Trouble {
  return before?.kind === "gone" && trouble.kind === "wrong-password"
    ? { ...trouble, kind: "gone" }
    : trouble;
}

type End = { trouble: Trouble; onlineMs: number };

async function connectOnce(
  options: EngineOptions,
  report: ConnectionReport,
  course: Course,
  keeper: StreamKeeper,
): Promise<End | "again"> {
  const { context, tenure, wakes } = options;
  const credential = await options.credential();
  const account = options.account();
  if (credential === undefined) return { trouble: withoutCredential(account), onlineMs: 0 };
  const stream = new AbortController();
  const stop = AbortSignal.any([tenure.signal, stream.signal]);
  const wires = streamWires(options, stream, keeper);
  let stopWakes = wakes.on(giveUpStale(stream));
  const { failures, trouble: before } = course;
  const say = (host?: string): Promise<void> =>
    report.say({
      state: "connecting",
      failures,
      ...(before === undefined ? {} : { trouble: before }),
      ...(host === undefined ? {} : { host }),
    });
  let onlineAt: number | undefined;
  try {
    await say();
    const { session, endpoint } = await dial(
      {
        jid: context.me,
        credential,
        ...(account.endpoint === undefined ? {} : { remembered: account.endpoint }),
        config: options.config,
        session: {
          ...wires.session,
          ...(await keeper.claim()),
          scramSeen: account.scramSeen,
          clientId: account.clientId,
          sasl2: (account.sasl2RestsUntil ?? 0) <= context.now(),
          ...((await bindsInline(context)) ? { bindTag: "Envoi" } : {}),
        },
        onHost: (host) => void say(host).catch(() => undefined),
        signal: stop,
      },
      failures,
    );
    const { host } = new URL(endpoint);
    onlineAt = performance.now();
    stopWakes();
    stopWakes = wakes.on(checkStream(report, session, host));
    const end = await whileLocked(options, session, async () => {
      try {
        await keeper.opened(session);
        await remember(options, session, endpoint);
        return await beOnline(options, report, session, wires, stop, host, keeper);
      } catch (error) {
        throw wires.endedBy() ?? error;
      } finally {
        session.abort();
        // A transaction that a freeze catches half-way would lock the database for every tab until the thaw.
        if (!(tenure.signal.reason instanceof LockTaken)) {
          await wires.settled();
          await keeper.ended(session);
        }
      }
    });
    if (end === "again") return "again";
    throw wires.endedBy() ?? new ConnectionError("lost", "the stream ended");
  } catch (error) {
    if (stream.signal.reason instanceof TryAgain) return "again";
    if (onlineAt === undefined) keeper.refused(error);
    if (onlineAt === undefined) {
      const trouble = afterSearch(error, before);
      if (trouble.kind === "wrong-password") await options.onRefused();
      return { trouble, onlineMs: 0 };
    }
    return { trouble: troubleOfEnd(error), onlineMs: performance.now() - onlineAt };
  } finally {
    stopWakes();
    stream.abort(new ConnectionError("lost", "stream ended"));
  }
}

function withoutCredential({ refused }: AccountRow): Trouble {
  return refused === true
    ? { kind: "wrong-password", detail: "the saved sign-in was refused before" }
    : { kind: "no-password", detail: "nothing is saved" };
}

/** While connecting: a network that went, or came back, makes the try pointless. */
function giveUpStale(stream: AbortController): Parameters<Wakes["on"]>[0] {
  const triedAt = performance.now();
  return (why) => {
    if (why === "offline")
      stream.abort(new ConnectionError("unreachable", "the browser went offline"));
    else if (why !== "visible" && performance.now() - triedAt > STALE_MS)
      stream.abort(new TryAgain("the network may be another one now"));
  };
}

/**
 * Lets go of the session when the lock goes. The next holder takes the stream over, and with it the server's word on
 * what is on its way; a stream that cannot be taken over is closed with a last word, and so is one after sign-out.
 */
async function whileLocked<T>(
  { tenure: { signal } }: EngineOptions,
  session: Session,
  work: () => Promise<T>,
): Promise<T> {
  const close = async (): Promise<void> => {
    const isSignedOut = signal.reason instanceof Error && signal.reason.message === "signed out";
    const isForNext = session.streamId !== undefined && !isSignedOut;
    if (signal.reason instanceof LockTaken || isForNext) return session.abort();
    await session.ping(LAST_WORD_MS).catch(() => undefined);
    await session.close().catch(() => session.abort());
  };
  const onAbort = (): void => void close();
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await work();
  } finally {
    signal.removeEventListener("abort", onAbort);
    session.abort();
  }
}

/** A search that found nothing says less than the door that had been tried before it. */
function afterSearch(error: unknown, before: Trouble | undefined): Trouble {
  const trouble = troubleOf(error);
  const saysLittle = error instanceof SignInError && trouble.kind === "unreachable";
  return saysLittle ? (before ?? trouble) : trouble;
}

type Wires = {
  session: Pick<SessionOptions, "onInbound" | "onAcked" | "onAnswer" | "onClosed" | "software">;
  /** What the end of the stream says of the copies on their way is noted. */
  settled: () => Promise<void>;
  /** Runs by the server's time once that is known. */
  clock: ServerClock;
  setOutbox: (outbox: Outbox) => void;
  setArchive: (archive: ArchiveSync) => void;
  closed: Promise<void>;
  /** What ended the stream; a fault on our side comes before what it led to. */
  endedBy: () => unknown;
  /** The database or a bug, not the wire. */
  onFault: (error: unknown) => void;
};

/** The ends of a stream that exist before the session does. */
function streamWires(
  { context }: EngineOptions,
  stream: AbortController,
  keeper: StreamKeeper,
): Wires {
  let outbox: Outbox | undefined;
  let archive: ArchiveSync | undefined;
  const clock = createServerClock(context.now);
  let reason: ConnectionError | undefined;
  let fault: unknown;
  let settling: Promise<void> = Promise.resolve();
  let close: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => {
    close = resolve;
  });
  return {
    closed,
    endedBy: () => fault ?? reason,
    onFault: (error) => {
      fault ??= error;
    },
    settled: () => settling,
    clock,
    setOutbox: (made) => {
      outbox = made;
    },
    setArchive: (made) => {
      archive = made;
    },
    session: {
      software: "Envoi",
      async onInbound(event) {
        // What a resumed stream brings is there before the answer about the time.
        await within(FIRST_WORD_MS, clock.told);
        await takeInbound({ ...context, now: () => clock.now() }, event);
        if (event.kind === "message" || event.kind === "carbon") archive?.follow();
      },
      onAcked(ids) {
        // Not for whatever else was acknowledged: the questions to the archive are, too, and it would never end.
        if (outbox?.acked(ids) === true) archive?.follow();
      },
      onAnswer: (kept) => keeper.answer(kept),
      onClosed: (error) => {
        reason = error;
        if (outbox !== undefined) settling = outbox.ended(error);
        stream.abort(error);
        close();
      },
    },
  };
}

/**
 * XEP-0386 has the server throw its offline messages away, "as they will be provided by MAM": only where an archive
 * has given us something already.
 */
async function bindsInline({ store }: AccountContext): Promise<boolean> {
  return store.read(["meta"], async (tx) => {
    const [noArchive, ranges] = await Promise.all([
      readMeta(tx, "noArchive"),
      readMeta(tx, "ranges"),
    ]);
    return noArchive === false && (ranges?.length ?? 0) > 0;
  });
}

async function remember(
  { registry, account, context }: EngineOptions,
  session: Session,
  endpoint: string,
): Promise<void> {
  const { keep, clientId } = account();
  await saveAccount(registry, context.me, {
    keep,
    endpoint,
    clientId,
    session,
    isNew: false,
    now: context.now(),
  });
}

async function beOnline(
  options: EngineOptions,
  report: ConnectionReport,
  session: Session,
  wires: Wires,
  signal: AbortSignal,
  host: string,
  keeper: StreamKeeper,
): Promise<"again" | "over"> {
  const { context } = options;
  /** A resumed stream is as it was: nothing is asked or fetched again. */
  const { known } = keeper;
  const told = wires.clock.ask(session);
  const features = known ?? (await featuresInTime(context, session));
  // Carried out before whatever is asked next: a server handles a stream in order (RFC 6120 section 10.1).
  if (known === undefined && features.carbons && !session.hasCarbons) void enableCarbons(session);
  if (!features.archive && session.streamId !== undefined) {
    // A session that lingers would swallow mail meant for the offline queue: without an archive none is left behind.
    await session.close();
    return "again";
  }
  await report.say({ state: "connected", host });
  const archive = createArchiveSync(context, session, {
    extended: features.archiveExtended,
    signal,
  });
  const failed = (error: unknown): void => {
    if (signal.aborted) return;
    wires.onFault(error);
    wiresFailed(session, error);
  };
  if (!features.archive) {
    await putSync(context, { state: "no-archive" });
  } else if (known === undefined) {
    stopOfflineFlood(session);
    await putSync(context, { state: "syncing" });
    await within(LITTLE_MS, noteFirstSync(context, wires.clock, told));
    // Asked first, so that one server does not pour its offline queue out; never waited for longer than a person would.
    await within(FIRST_WORD_MS, archive.catchUp());
  }
  if (features.archive) wires.setArchive(archive);
  if (known === undefined) await sendInitialPresence(session);
  const outbox = createOutbox(context, session, {
    hasArchive: features.archive,
    isSurelyMine: options.tenure.isSurelyMine,
    keeper,
    signal,
    onError: failed,
  });
  wires.setOutbox(outbox);
  const stopNudging = context.bus.onTopics((topics) => {
    if (topics.includes("outbox")) outbox.nudge();
  });
  outbox.nudge();
  const stopTelling = tellGaze(session, options.gaze);
  const avatars = createAvatars(context, session, signal);
  try {
    if (known === undefined)
      loadRoster(context, session)
        // The roster's answer stands behind presence and carbons: the server has those, too.
        .then(() => keeper.online(features))
        .then(() => avatars.refresh())
        .catch((error: unknown) => {
          if (!isSilence(error)) failed(error);
        });
    if (features.archive && known === undefined)
      watchRetention(context, session, { extended: features.archiveExtended, signal }).catch(
        failed,
      );
    if (features.archive) archive.keep().catch(failed);
    await wires.closed;
    // The next stream goes on from what is in the database.
    await archive.drained();
    return "over";
  } finally {
    stopNudging();
    stopTelling();
  }
}

/** An answer that does not come is no reason to end a stream on which mail comes. */
function isSilence(error: unknown): boolean {
  return error instanceof ConnectionError && error.problem === "timeout";
}

/** What the server can; where it does not say in time, what it could the last time. */
async function featuresInTime(context: AccountContext, session: Session): Promise<ServerFeatures> {
  const asked = serverFeatures(session);
  const features = await within(FIRST_WORD_MS, asked);
  if (features !== undefined) {
    await noteFeatures(context, features, session);
    return features;
  }
  const noArchive = await context.store.read(["meta"], (tx) => readMeta(tx, "noArchive"));
  return {
    archive: noArchive !== true,
    archiveExtended: false,
    carbons: true,
    pep: false,
    pepPublishOptions: false,
    blocking: false,
    refusesParts: false,
  };
}

/** "Older mail counts as read" goes by the server's time: this device's may be years off. */
async function noteFirstSync(
  { store, now }: AccountContext,
  clock: ServerClock,
  told: Promise<void>,
): Promise<void> {
  const isFirst = (await store.read(["meta"], (tx) => readMeta(tx, "ranges"))) === undefined;
  if (!isFirst) return;
  await told;
  const ahead = clock.now() - now();
  await store.write(["meta"], async (tx) => {
    const signedInAt = (await readMeta(tx, "firstSignInAt")) ?? now();
    putMeta(tx, "firstSignInAt", signedInAt + ahead);
  });
}

/** Undefined where it takes longer; what is late goes on by itself. Rejects where `promise` does in time. */
async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>(
    (resolve) => (timer = setTimeout(() => resolve(undefined), ms)),
  );
  promise.catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A server spares a page that nobody looks at. It takes a new or resumed stream for looked at (XEP-0352 section 5). */
function tellGaze(session: Session, gaze: Gaze): () => void {
  const tell = (isOn: boolean): void => {
    try {
      session.setActive(isOn);
    } catch {
      // The stream just ended; the next one is told.
    }
  };
  if (!gaze.isOn) tell(false);
  return gaze.on(tell);
}

/** Whatever happens outside: the stream is asked at once instead of trusted, and no more is told than is known. */
function checkStream(
  report: ConnectionReport,
  session: Session,
  host: string,
): Parameters<Wakes["on"]>[0] {
  let isDoubtful = false;
  const say = (connected: boolean): void => {
    isDoubtful = !connected;
    const trouble: Trouble = { kind: "device-offline", detail: "the browser went offline" };
    report
      .say({ state: connected ? "connected" : "offline", host, ...(connected ? {} : { trouble }) })
      .catch(() => undefined);
  };
  return (why) => {
    if (why === "credential") return;
    if (why === "offline") say(false);
    session.probe().then(
      () => isDoubtful && say(true),
      () => undefined,
    );
  };
}

/** The database or a bug, not the wire: end the stream, or it would go on acknowledging what is not kept. */
function wiresFailed(session: Session, error: unknown): void {
  console.error("engine:", error instanceof Error ? error.message : error);
  session.abort();
}

async function loadRoster(context: AccountContext, session: Session): Promise<void> {
  const version = await context.store.read(["meta"], (tx) => readMeta(tx, "rosterVersion"));
  const roster = await fetchRoster(session, version);
  if (roster !== undefined) await takeRoster(context, roster.items, roster.version);
}

async function noteFeatures(
  { store, bus }: AccountContext,
  features: ServerFeatures,
  { maxStanzaBytes: advertised, hasStreamManagement }: Session,
): Promise<void> {
  const persisted = await isPersisted();
  await store.write(["meta"], async (tx) => {
    const { learned } = (await readMeta(tx, "stanzaLimit")) ?? {};
    putMeta(tx, "stanzaLimit", {
      ...(advertised === undefined ? {} : { advertised }),
      ...(learned === undefined ? {} : { learned }),
      ...(features.refusesParts ? { whole: wholeMessageBytes() } : {}),
    });
    putMeta(tx, "noArchive", !features.archive);
    putMeta(tx, "serverFeatures", {
      archive: features.archive,
      carbons: features.carbons,
      resumption: hasStreamManagement,
      privateState: features.pep && features.pepPublishOptions,
      blocking: features.blocking,
    });
    putMeta(tx, "storagePersisted", persisted);
  });
  bus.touch(["notices"]);
}

/** Whether the browser promised to keep our data; the page asks for it (main.tsx). */
async function isPersisted(): Promise<boolean> {
  return (await navigator.storage?.persisted?.().catch(() => false)) ?? false;
}
