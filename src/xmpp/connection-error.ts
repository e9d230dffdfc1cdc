/** Why a stream could not be had or did not last. */

/**
 * - unreachable: nothing answers there. no-websocket: something does, but not XMPP.
 * - wrong-password, disabled: the server has spoken about the account; trying again changes nothing.
 * - too-old: no mechanism that is safe here (PLAIN without TLS, PLAIN after SCRAM was seen), or the server could not
 *   prove that it knows the account.
 * - host-unknown: the server does not serve this domain. conflict: another session took this one's place.
 * - gone: the account was deleted. shutdown: the server stops, or starts anew. busy: too many streams or sessions, or
 *   a passing trouble of the server's. policy: we did what it does not allow. redirect: it wants us elsewhere.
 * - timeout: it connected, and then silence. lost: the stream ended; `detail` says how.
 */
export type ConnectProblem =
  | "unreachable"
  | "no-websocket"
  | "wrong-password"
  | "disabled"
  | "too-old"
  | "host-unknown"
  | "conflict"
  | "gone"
  | "shutdown"
  | "busy"
  | "policy"
  | "redirect"
  | "timeout"
  | "lost";

export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
  readonly problem: ConnectProblem;
  /** Technical text, for "Technical details". */
  readonly detail: string;
  constructor(problem: ConnectProblem, detail: string) {
    super(`${problem}: ${detail}`);
    this.problem = problem;
    this.detail = detail;
  }
}
