/** How the connection and the synchronising stand, as told to the person. Written by the lock holder, read by every tab. */

export type ConnectionView = {
  state: "offline" | "connecting" | "connected";
  host?: string;
  /** Epoch ms of the next try, while offline and trying. */
  retryAt?: number;
  /** Technical text of the last failure. */
  detail?: string;
};

export type SyncView = {
  /** no-archive: the server keeps nothing, everything is kept here only. */
  state: "waiting" | "syncing" | "paused" | "up-to-date" | "no-archive";
  /** Messages fetched in this back-fill. */
  done: number;
  /** The server's own count where it gives one. */
  total?: number;
  /** Mail (not chat) messages known so far. */
  mail: number;
};
