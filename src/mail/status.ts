/** How the connection and the synchronising stand, as told to the person. Written by the lock holder, read by every tab. */

/**
 * Why there is no connection.
 * - device-offline: the browser has no network. unreachable: no answer. not-xmpp: something answers there, but it is
 *   not the mail server. silent: it connects and then says nothing. lost: the stream broke off.
 * - shutdown, busy, policy, host-unknown, conflict, redirect: the server's own words (RFC 6120 section 4.9.3).
 * - wrong-password, no-password, gone, disabled, too-old: trying again changes nothing, the person must.
 * - outdated: a part of this version of the app is no longer on its web server. internal: a fault of ours.
 */
export type TroubleKind =
  | "device-offline"
  | "unreachable"
  | "not-xmpp"
  | "silent"
  | "lost"
  | "shutdown"
  | "busy"
  | "policy"
  | "host-unknown"
  | "conflict"
  | "redirect"
  | "wrong-password"
  | "no-password"
  | "gone"
  | "disabled"
  | "too-old"
  | "outdated"
  | "internal";

export type Trouble = {
  kind: TroubleKind;
  /** Technical text. */
  detail: string;
};

/** What only the person can mend. */
export function needsPerson(kind: TroubleKind): boolean {
  return NEEDS_PERSON.has(kind);
}

const NEEDS_PERSON: ReadonlySet<TroubleKind> = new Set([
  "wrong-password",
  "no-password",
  "gone",
  "disabled",
  "too-old",
  "outdated",
]);

type Connection = {
  state: "offline" | "connecting" | "connected";
  host?: string;
  /** The last failure, until there is a connection again. */
  trouble?: Trouble;
  /** Tries that failed since there was a good connection. */
  failures?: number;
};

/** As it is kept. */
export type ConnectionRow = Connection & {
  /** Epoch ms of the next try, while offline and trying. */
  retryAt?: number;
  /** The worker that says so; once another holds the lock, it is no longer true. */
  holder?: string;
};

export type ConnectionView = Connection & {
  /** ms until the next try, counted when this was said: the clock of the wall may jump meanwhile. */
  retryInMs?: number;
};

export type SyncView = {
  /**
   * incomplete: the server does not give everything, and nobody is asking just now. no-archive: the server keeps nothing,
   * everything is kept here only. reading: all mail is here, and what the account's devices said of it is not yet; told,
   * never kept.
   */
  state: "waiting" | "syncing" | "paused" | "reading" | "up-to-date" | "incomplete" | "no-archive";
  /** Messages fetched in this back-fill. */
  done: number;
  /** The server's own count where it gives one. */
  total?: number;
  /** Mail (not chat) messages known so far. */
  mail: number;
  /** The server has said nothing for a while, and somebody waits for it. */
  isSlow?: boolean;
};
