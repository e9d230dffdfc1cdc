/**
 * What the lock holder does: stay connected, and while connected keep database and server level. One call runs until
 * its signal ends. Loaded after the first answer to the page, with everything of the wire.
 *
 *      connect ---ok---> online: features, carbons, archive, presence, roster, outbox, back-fill
 *        ^  |                            |
 *        |  '--no--> wait (back-off, or  | stream ends
 *        '---------- online, try now) <--'
 */
import { backoffMs } from "../base/backoff.ts";
import type { SignInProblem } from "../api/contract.ts";
import type { ConnectionView } from "../mail/status.ts";
import { putMeta, readMeta } from "../store/meta.ts";
import { type AccountRow, type Registry } from "../store/registry.ts";
import { enableCarbons } from "../xmpp/carbons.ts";
import { serverFeatures, type ServerFeatures } from "../xmpp/disco.ts";
import { stopOfflineFlood } from "../xmpp/offline.ts";
import { sendInitialPresence } from "../xmpp/presence.ts";
import { fetchRoster } from "../xmpp/roster.ts";
import type { Credential } from "../xmpp/scram.ts";
import { ConnectionError, type Session, type SessionOptions } from "../xmpp/session.ts";
import { createArchiveSync, putSync } from "./archive.ts";
import { createAvatars } from "./avatars.ts";
import { type Config } from "./config.ts";
import type { AccountContext } from "./context.ts";
import { saveAccount } from "./credentials.ts";
import { takeInbound, takeRoster } from "./live.ts";
import { createOutbox, type Outbox } from "./outbox.ts";
import { watchRetention } from "./retention.ts";
import { SignInError, signIn, signInProblem } from "./sign-in.ts";

/** A stream that lived this long was a good one: the next wait starts short again. 30 s. */
const GOOD_MS = 30_000;

export type EngineOptions = {
  context: AccountContext;
  registry: Registry;
  account: AccountRow;
  credential: () => Credential | undefined;
  config: Config;
  /** The server no longer lets us in; trying again needs the person. */
  onProblem: (problem: { kind: SignInProblem; detail: string } | undefined) => void;
  /** Resolves when it is worth trying at once: back online, visible again, a new password, "Try now". */
  wake: () => Promise<void>;
  signal: AbortSignal;
};

export async function runEngine(options: EngineOptions): Promise<void> {
  const { signal } = options;
  let attempt = 0;
  while (!signal.aborted) {
    const startedAt = options.context.now();
    const end = await connectOnce(options);
    if (signal.aborted) break;
    const blocked = end.problem !== undefined;
    options.onProblem(end.problem);
    if (options.context.now() - startedAt > GOOD_MS) attempt = 0;
    const waitMs = backoffMs(attempt++);
    await setConnection(options.context, {
      state: "offline",
      detail: end.detail,
      ...(blocked ? {} : { retryAt: options.context.now() + waitMs }),
    });
    if (await wait(options, blocked ? undefined : waitMs)) attempt = 0;
  }
  await setConnection(options.context, { state: "offline" }).catch(() => undefined);
}

type End = { detail: string; problem?: { kind: SignInProblem; detail: string } };

async function connectOnce(options: EngineOptions): Promise<End> {
  const { context, account, signal } = options;
  const credential = options.credential();
  if (credential === undefined) {
    return {
      detail: "no password",
      problem: { kind: "wrong-password", detail: "The password is needed again." },
    };
  }
  const stream = new AbortController();
  const stop = AbortSignal.any([signal, stream.signal]);
  const wires = streamWires(options, stream);
  await setConnection(context, { state: "connecting" });
  try {
    const { session, endpoint } = await signIn({
      jid: context.me,
      credential,
      ...(account.endpoint === undefined ? {} : { remembered: account.endpoint }),
      config: options.config,
      session: { ...wires.session, scramSeen: account.scramSeen, clientId: account.clientId },
      onHost: (host) =>
        void setConnection(context, { state: "connecting", host }).catch(() => undefined),
      signal,
    });
    const closeWithLock = (): void => void session.close().catch(() => session.abort());
    signal.addEventListener("abort", closeWithLock, { once: true });
    try {
      options.onProblem(undefined);
      await remember(options, session, endpoint);
      await beOnline(options, session, wires, stop, new URL(endpoint).host);
    } finally {
      signal.removeEventListener("abort", closeWithLock);
      stream.abort(new Error("stream ended"));
      session.abort();
    }
    return { detail: wires.closedWith() };
  } catch (error) {
    stream.abort(new Error("stream ended"));
    return endOf(error, wires.closedWith());
  }
}

function endOf(error: unknown, closedWith: string): End {
  if (error instanceof SignInError) {
    const final =
      error.problem === "wrong-password" ||
      error.problem === "disabled" ||
      error.problem === "too-old";
    return {
      detail: error.detail,
      ...(final ? { problem: { kind: error.problem, detail: error.detail } } : {}),
    };
  }
  if (error instanceof ConnectionError) {
    const final = error.problem === "wrong-password" || error.problem === "disabled";
    return {
      detail: error.detail,
      ...(final ? { problem: { kind: signInProblem(error), detail: error.detail } } : {}),
    };
  }
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { detail: closedWith === "" ? text : closedWith };
}

type Wires = {
  session: Pick<SessionOptions, "onInbound" | "onAcked" | "onFailed" | "onClosed" | "software">;
  setOutbox: (outbox: Outbox) => void;
  closed: Promise<void>;
  closedWith: () => string;
};

/** The ends of a stream that exist before the session does. */
function streamWires({ context }: EngineOptions, stream: AbortController): Wires {
  let outbox: Outbox | undefined;
  let reason = "";
  let close: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => {
    close = resolve;
  });
  return {
    closed,
    closedWith: () => reason,
    setOutbox: (made) => {
      outbox = made;
    },
    session: {
      software: "Envoi",
      onInbound: (event) => takeInbound(context, event),
      onAcked: (ids) => outbox?.acked(ids),
      // Copies of a stream that could not be resumed stay "sending": the next one settles them in the archive.
      onFailed: () => undefined,
      onClosed: (error) => {
        reason = error.detail;
        stream.abort(error);
        close();
      },
    },
  };
}

async function remember(
  { registry, account, context }: EngineOptions,
  session: Session,
  endpoint: string,
): Promise<void> {
  const row = await saveAccount(registry, context.me, {
    keep: account.keep,
    endpoint,
    scramSeen: session.scramSeen,
    clientId: account.clientId,
    keys: session.keys,
    now: context.now(),
  });
  Object.assign(account, row);
}

async function beOnline(
  options: EngineOptions,
  session: Session,
  wires: Wires,
  signal: AbortSignal,
  host: string,
): Promise<void> {
  const { context } = options;
  const features = await serverFeatures(session);
  if (features.carbons) await enableCarbons(session);
  await noteFeatures(context, features);
  await setConnection(context, { state: "connected", host });
  const archive = createArchiveSync(context, session, {
    extended: features.archiveExtended,
    signal,
  });
  const failed = (error: unknown): void => {
    if (!signal.aborted) wiresFailed(session, error);
  };
  if (features.archive) {
    stopOfflineFlood(session);
    await putSync(context, "syncing");
    await archive.catchUp();
  } else {
    await putSync(context, "no-archive");
  }
  await sendInitialPresence(session);
  const outbox = createOutbox(context, session, {
    hasArchive: features.archive,
    signal,
    onError: failed,
  });
  wires.setOutbox(outbox);
  const stopNudging = context.bus.onTopics((topics) => {
    if (topics.includes("outbox")) outbox.nudge();
  });
  outbox.nudge();
  const avatars = createAvatars(context, session, signal);
  try {
    loadRoster(context, session)
      .then(() => avatars.refresh())
      .catch(failed);
    if (features.archive)
      watchRetention(context, session, { extended: features.archiveExtended, signal }).catch(
        failed,
      );
    if (features.archive) archive.backFill().then(() => putSync(context, "up-to-date"), failed);
    await wires.closed;
  } finally {
    stopNudging();
  }
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
): Promise<void> {
  const persisted = await isPersisted();
  await store.write(["meta"], async (tx) => {
    putMeta(tx, "noArchive", !features.archive);
    putMeta(tx, "storagePersisted", persisted);
  });
  bus.touch(["notices"]);
}

/** Whether the browser promised to keep our data; the page asks for it (main.tsx). */
async function isPersisted(): Promise<boolean> {
  return (await navigator.storage?.persisted?.().catch(() => false)) ?? false;
}

async function setConnection(
  { store, bus }: AccountContext,
  connection: ConnectionView,
): Promise<void> {
  await store.write(["meta"], async (tx) => putMeta(tx, "connection", connection));
  bus.touch(["status"], { urgent: true });
}

/** Waits; true where something happened that makes waiting pointless. */
async function wait({ wake, signal }: EngineOptions, ms: number | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = ms === undefined ? undefined : setTimeout(() => resolve(false), ms);
    const woken = (): void => {
      clearTimeout(timer);
      resolve(true);
    };
    signal.addEventListener("abort", woken, { once: true });
    void wake().then(woken);
  });
}
