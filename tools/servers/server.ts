import { startEjabberd } from "./ejabberd.ts";
import { startProsody } from "./prosody.ts";

/** The two server programs, as Debian packages them. */
export type ServerKind = "prosody" | "ejabberd";

/**
 * What a server allows; README.md lists the values.
 * - `generous`: the demo's.
 * - `debian`: the distribution's own limits on rate, stanza size and PEP items, a one-week archive on
 *   Prosody, with WebSocket, archive, upload and PEP switched on.
 * - `no-archive`: what the packages ship, plus WebSocket (no archive, no upload).
 */
export type Profile = "generous" | "debian" | "no-archive";

export type ServerOptions = {
  /** default `generous` */
  profile?: Profile;
  /** default `localhost` */
  domain?: string;
  /** default: a fresh folder in the system's temporary folder, removed on stop; a given folder is kept */
  dataFolder?: string;
  /** loopback address to bind, default 127.0.0.1 */
  address?: string;
  /** default free ports; a preferred port that is busy gets another */
  ports?: { http?: number; c2s?: number };
  /** Prosody only: more domains served beside `domain` */
  hosts?: string[];
  /** Prosody only: modules beside the profile's; Debian's package prosody-modules has many */
  modules?: string[];
  /** Prosody only: everything in `DATAFOLDER/prosody.sqlite`, as with the profile `generous` */
  sql?: boolean;
  /** local part, or a whole address of one of `hosts` -> password */
  accounts?: Record<string, string>;
};

/** A running server. Every method rejects with an Error that ends with the tail of the server's log. */
export interface Server {
  readonly kind: ServerKind;
  readonly profile: Profile;
  readonly domain: string;
  readonly address: string;
  /** `ws://ADDRESS:PORT/xmpp-websocket` (Prosody) or `ws://ADDRESS:PORT/ws` (ejabberd) */
  readonly wsUrl: string;
  readonly httpPort: number;
  readonly c2sPort: number;
  readonly dataFolder: string;
  readonly pid: number;
  /** Creates the account, or sets the password of the one that is there. */
  addAccount(local: string, password: string): Promise<void>;
  removeAccount(local: string): Promise<void>;
  setPassword(local: string, password: string): Promise<void>;
  /** Clean stop; nothing is left running and a temporary data folder is removed. */
  stop(): Promise<void>;
  /** SIGKILL; the data stay, for `restart`. */
  kill(): Promise<void>;
  /**
   * Ends at once, as by SIGKILL, but between two stanzas, with what it answered for written down and what it took for
   * another server handed over: what a message is lost by then is the client's fault.
   */
  crash(): Promise<void>;
  /**
   * Starts again on the same ports and data, stopping first what still runs.
   * Rejects after `stop` when the data folder was a temporary one: its data are gone.
   */
  restart(): Promise<void>;
}

/** Starts a server and resolves when its WebSocket answers. */
export async function startServer(kind: ServerKind, options: ServerOptions = {}): Promise<Server> {
  return kind === "prosody" ? startProsody(options) : startEjabberd(options);
}
