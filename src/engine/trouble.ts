/** What the end of a stream, or of a try to have one, means: for the person, and for when to try again. */
import { backoffMs } from "../base/backoff.ts";
import { needsPerson, type Trouble, type TroubleKind } from "../mail/status.ts";
import { ConnectionError, type ConnectProblem } from "../xmpp/connection-error.ts";
import { PartMissing } from "./load-afterwards.ts";
import { SignInError } from "./sign-in.ts";

/** A try that was given up for a better one. */
export class TryAgain extends Error {
  override readonly name = "TryAgain";
}

const KINDS: Record<ConnectProblem, TroubleKind> = {
  unreachable: "unreachable",
  "no-websocket": "not-xmpp",
  "wrong-password": "wrong-password",
  disabled: "disabled",
  "too-old": "too-old",
  "host-unknown": "host-unknown",
  conflict: "conflict",
  gone: "gone",
  shutdown: "shutdown",
  busy: "busy",
  policy: "policy",
  redirect: "redirect",
  timeout: "silent",
  lost: "lost",
};

/** Why no stream could be had. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof ConnectionError) return ofWire(KINDS[error.problem], error.detail);
  if (error instanceof SignInError) {
    const { problem, detail } = error;
    const isSaid = problem === "wrong-password" || problem === "disabled" || problem === "too-old";
    // The whole search failed: which of its many failures was the cause, nobody can tell.
    return ofWire(isSaid ? problem : "unreachable", detail);
  }
  if (error instanceof PartMissing) return { kind: "outdated", detail: error.message };
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { kind: "internal", detail: text };
}

/** Why a stream ended that had been good: what concerns the account is proved by the next try, not by this. */
export function troubleOfEnd(error: unknown): Trouble {
  const trouble = troubleOf(error);
  const hasToBeProved = trouble.kind === "wrong-password" || trouble.kind === "disabled";
  return hasToBeProved ? { ...trouble, kind: "lost" } : trouble;
}

function ofWire(kind: TroubleKind, detail: string): Trouble {
  const isCutOff = kind === "unreachable" && !navigator.onLine;
  return { kind: isCutOff ? "device-offline" : kind, detail };
}

/** A server that stops comes back, and everybody with it: spread over this long. ms */
const RESTART_MS = 10_000;
/** Whoever took our place would only be thrown out again. ms */
const CONFLICT_MS = 60_000;

/** Trying earlier would do harm, whatever wakes us. */
export function isPatient(kind: TroubleKind): boolean {
  return needsPerson(kind) || PATIENT.has(kind);
}

const PATIENT: ReadonlySet<TroubleKind> = new Set([
  "conflict",
  "policy",
  "busy",
  "redirect",
  "host-unknown",
]);

/** How long to wait after failure number `attempt` (0 first); undefined where trying again changes nothing. */
export function restMs(
  kind: TroubleKind,
  attempt: number,
  random: () => number = Math.random,
): number | undefined {
  if (needsPerson(kind)) return undefined;
  if (kind === "conflict") return CONFLICT_MS + Math.round(random() * CONFLICT_MS);
  if (kind === "shutdown" && attempt === 0) return 1000 + Math.round(random() * RESTART_MS);
  if (PATIENT.has(kind)) return 5000 + backoffMs(attempt + 2, random);
  return backoffMs(attempt, random);
}

/** A server that has just started may not know its accounts for a while. ms */
const DOUBTS_MS = [4000, 15_000, 60_000];

/**
 * What is kept was taken before, so only the fourth refusal in a row is believed: ejabberd 23.01 answers not-authorized to
 * a right password while its tables load, where RFC 6120 section 6.5.11 has temporary-auth-failure. The person is asked
 * for the password all the while. How long to wait after refusal number `count` (1 first), ms; undefined: believe it.
 */
export function refusalDoubtMs(
  count: number,
  random: () => number = Math.random,
): number | undefined {
  const ms = DOUBTS_MS[count - 1];
  return ms === undefined ? undefined : Math.round(ms * (1 + random() / 4));
}
