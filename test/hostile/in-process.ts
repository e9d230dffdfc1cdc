/** The hostile server without sockets: a class that stands in for the browser's WebSocket and talks to it directly. */
import type { Connection } from "./connection.ts";
import type { HostileServer } from "./server.ts";

/** What the network between a device and the server does; everything here may change at any time. */
export type Network = {
  /** Down: new sockets fail and frames vanish both ways, but nobody is told (a cable pulled, a tunnel). A socket that
   * lost something stays silent for good: TCP never goes on behind a hole. */
  isUp: boolean;
  /** What comes out at the other end for a frame put in: `[]` loses it, two of it doubles it. */
  carry: (direction: "up" | "down", text: string, socket: InProcessSocket) => readonly string[];
  /** A connection attempt while the network is down fails after this. ms */
  refusalMs: number;
};

export function goodNetwork(): Network {
  return { isUp: true, carry: (_direction, text) => [text], refusalMs: 1000 };
}

export interface InProcessSocket extends EventTarget {
  readonly readyState: number;
  /** The process that had it is gone: nobody says anything any more, on either side. */
  vanish(): void;
}

/** What the tab that uses the sockets wants to know and do; for a simulator of several tabs in one process. */
export type Owner = {
  /** A socket was made. False: its URL leads nowhere. */
  opened(socket: InProcessSocket, url: string): boolean;
  /** Runs what the tab's listeners do. */
  run(listeners: () => void): void;
};

const NOBODY: Owner = { opened: () => true, run: (listeners) => listeners() };

/** A WebSocket class for one tab. */
export function inProcessWebSocket(
  server: HostileServer,
  network: Network,
  owner: Owner = NOBODY,
): typeof WebSocket {
  class Socket extends EventTarget implements InProcessSocket {
    static readonly CONNECTING = 0;
    static readonly OPEN = 1;
    static readonly CLOSING = 2;
    static readonly CLOSED = 3;
    readyState = Socket.CONNECTING as number;
    private connection: Connection | undefined;
    private hasVanished = false;
    private isSilent = false;

    constructor(url: string) {
      super();
      if (owner.opened(this, url) && network.isUp) this.soon(() => this.connect());
      else this.soon(() => this.refused(), network.refusalMs);
    }

    send(text: string): void {
      if (this.readyState !== Socket.OPEN || this.hasVanished || !this.getsThrough()) return;
      // The server let go of it while nothing got through: now the client hears so.
      if (this.connection?.isOpen !== true) return this.broken(1006);
      // What was handed over goes out, also when the process dies right after.
      for (const frame of network.carry("up", text, this))
        server.clock.after(0, () => this.connection?.receive(frame));
    }

    close(): void {
      if (this.readyState >= Socket.CLOSING) return;
      this.readyState = Socket.CLOSED;
      if (this.getsThrough()) this.soon(() => this.connection?.lost());
      this.soon(() => this.tellClosed(1005));
    }

    vanish(): void {
      this.hasVanished = true;
    }

    private connect(): void {
      if (this.readyState !== Socket.CONNECTING) return;
      this.connection = server.connect({
        write: (text) => this.receive(text),
        close: (code) => this.broken(code),
        cut: () => this.broken(1006),
      });
      if (this.connection === undefined) return this.refused();
      this.readyState = Socket.OPEN;
      this.tell(new Event("open"));
    }

    private receive(data: string): void {
      if (!this.getsThrough()) return;
      for (const frame of network.carry("down", data, this)) {
        this.soon(() => {
          if (this.readyState === Socket.OPEN)
            this.tell(Object.assign(new Event("message"), { data: frame }));
        });
      }
    }

    private getsThrough(): boolean {
      this.isSilent ||= !network.isUp;
      return !this.isSilent;
    }

    private broken(code: number): void {
      if (!this.getsThrough()) return;
      this.soon(() => {
        if (this.readyState >= Socket.CLOSING) return;
        this.readyState = Socket.CLOSED;
        this.tellClosed(code);
      });
    }

    private refused(): void {
      if (this.readyState !== Socket.CONNECTING) return;
      this.readyState = Socket.CLOSED;
      this.tell(new Event("error"));
      this.tellClosed(1006);
    }

    private tellClosed(code: number): void {
      this.tell(Object.assign(new Event("close"), { code, reason: "" }));
    }

    private tell(event: Event): void {
      owner.run(() => this.dispatchEvent(event));
    }

    /** Never in the caller's turn, as real sockets; a vanished one runs nothing of the tab's any more. */
    private soon(run: () => void, ms = 0): void {
      server.clock.after(ms, () => {
        if (!this.hasVanished) run();
      });
    }
  }
  return Socket as unknown as typeof WebSocket;
}
