/** One stream, from the dial to its end: opened, worked on, and let go of so that the next holder can go on with it. */
import type { Trouble } from "../mail/status.ts";
import type { AccountRow } from "../store/registry.ts";
import { ConnectionError } from "../xmpp/connection-error.ts";
import type { Credential } from "../xmpp/credential.ts";
import type { Session } from "../xmpp/session.ts";
import type { ConnectionReport } from "./connection-report.ts";
import { saveAccount } from "./credentials.ts";
import { dial } from "./dial.ts";
import type { EngineOptions } from "./engine-options.ts";
import { LockTaken } from "./holder.ts";
import { beOnline, type Online } from "./online.ts";
import { bindsInline } from "./server-features.ts";
import { SignInError, type SignedIn } from "./sign-in.ts";
import type { StreamKeeper } from "./stream-keeper.ts";
import { checkStream, giveUpStale } from "./stream-wakes.ts";
import { troubleOf, troubleOfEnd, TryAgain } from "./trouble.ts";
import { streamWires, type Wires } from "./wires.ts";

/** Letting go of the lock: what was just sent gets this long to be acknowledged. ms */
const LAST_WORD_MS = 800;

/** What came before: for the person, and for which door is tried. */
type Past = { failures: number; trouble?: Trouble; isAsked?: boolean };

/** `isRefused`: the server does not take what is kept. */
export type End = { trouble: Trouble; onlineMs: number; isRefused?: boolean };

/** Resolves with why there is no stream any more; "again" where the next try is due at once. */
export async function runStream(
  options: EngineOptions,
  report: ConnectionReport,
  keeper: StreamKeeper,
  past: Past,
): Promise<End | "again"> {
  const credential = await options.credential();
  if (credential === undefined)
    return { trouble: withoutCredential(options.account()), onlineMs: 0 };
  const stream = new AbortController();
  const signal = AbortSignal.any([options.tenure.signal, stream.signal]);
  const wires = streamWires(options.context, stream, keeper);
  let stopWakes = options.wakes.on(giveUpStale(stream));
  let onlineAt: number | undefined;
  try {
    const { session, endpoint } = await open(options, report, keeper, past, {
      credential,
      wires,
      signal,
    });
    const { host } = new URL(endpoint);
    onlineAt = performance.now();
    stopWakes();
    stopWakes = options.wakes.on(checkStream(report, session, host, wires.clock));
    const online = { options, report, keeper, session, wires, signal, host };
    const end = await whileLocked(options.tenure.signal, session, () => work(online, endpoint));
    if (end === "again") return "again";
    throw wires.endedBy() ?? new ConnectionError("lost", "the stream ended");
  } catch (error) {
    if (stream.signal.reason instanceof TryAgain) return "again";
    if (onlineAt !== undefined)
      return { trouble: troubleOfEnd(error), onlineMs: performance.now() - onlineAt };
    keeper.refused(error);
    const trouble = afterSearch(error, past.trouble);
    return { trouble, onlineMs: 0, isRefused: trouble.kind === "wrong-password" };
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

/** Says that it is connecting, and to which host, while it does. */
async function open(
  options: EngineOptions,
  report: ConnectionReport,
  keeper: StreamKeeper,
  { failures, trouble: before, isAsked = false }: Past,
  wish: { credential: Credential; wires: Wires; signal: AbortSignal },
): Promise<SignedIn> {
  const { context, config } = options;
  const account = options.account();
  const say = (host?: string): Promise<void> =>
    report.say({
      state: "connecting",
      failures,
      ...(before === undefined ? {} : { trouble: before }),
      ...(host === undefined ? {} : { host }),
    });
  await say();
  // A tab that was frozen until now may be out of its place, and must not take the row from whoever is in it.
  if (!(await options.tenure.isSurelyMine()))
    throw new ConnectionError("lost", "another tab talks to the server");
  const claimed = await keeper.claim();
  // Of an earlier stream the server may still know something; a new one would not ask.
  const given =
    claimed.resume === undefined ? options.handOver?.take(wish.wires.session) : undefined;
  if (given !== undefined) return given;
  options.handOver?.drop();
  return dial(
    {
      jid: context.me,
      credential: wish.credential,
      ...(account.endpoint === undefined ? {} : { remembered: account.endpoint }),
      config,
      session: {
        ...wish.wires.session,
        ...claimed,
        scramSeen: account.scramSeen,
        clientId: account.clientId,
        sasl2: (account.sasl2RestsUntil ?? 0) <= context.now(),
        ...((await bindsInline(context)) ? { bindTag: "Envoi" } : {}),
      },
      onHost: (host) => void say(host).catch(() => undefined),
      signal: wish.signal,
    },
    { failures, isAsked },
  );
}

/** A search that found nothing says less than the door that had been tried before it. */
function afterSearch(error: unknown, before: Trouble | undefined): Trouble {
  const trouble = troubleOf(error);
  const saysLittle = error instanceof SignInError && trouble.kind === "unreachable";
  return saysLittle ? (before ?? trouble) : trouble;
}

async function work(online: Online, endpoint: string): Promise<"again" | "over"> {
  const { options, keeper, session, wires } = online;
  try {
    await keeper.opened(session);
    await remember(options, session, endpoint);
    return await beOnline(online);
  } catch (error) {
    throw wires.endedBy() ?? error;
  } finally {
    session.abort();
    // A transaction that a freeze catches half-way would lock the database for every tab until the thaw.
    if (!(options.tenure.signal.reason instanceof LockTaken)) {
      await wires.settled();
      await keeper.ended(session);
    }
  }
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

/**
 * Lets go of the session when the lock goes. The next holder takes the stream over, and with it the server's word on
 * what is on its way; a stream that cannot be taken over is closed with a last word, and so is one after sign-out.
 */
async function whileLocked<T>(
  lock: AbortSignal,
  session: Session,
  run: () => Promise<T>,
): Promise<T> {
  const close = async (): Promise<void> => {
    const isSignedOut = lock.reason instanceof Error && lock.reason.message === "signed out";
    const isForNext = session.streamId !== undefined && !isSignedOut;
    if (lock.reason instanceof LockTaken || isForNext) return session.abort();
    await session.ping(LAST_WORD_MS).catch(() => undefined);
    await session.close().catch(() => session.abort());
  };
  const onAbort = (): void => void close();
  lock.addEventListener("abort", onAbort, { once: true });
  if (lock.aborted) onAbort();
  try {
    return await run();
  } finally {
    lock.removeEventListener("abort", onAbort);
    session.abort();
  }
}
