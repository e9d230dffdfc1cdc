/** The hostile server without sockets: a class that stands in for the browser's WebSocket and talks to it directly. */
import type { Connection } from "./connection.ts";
import type { HostileServer } from "./server.ts";

/** What the network between a device and the server does; everything here may change at any time. */
export type Network = {
  /** Down: new sockets fail and frames vanish both ways, but nobody is told (a cable pulled, a tunnel). */
  isUp: boolean;
  /** False: the frame gets lost on its way. */
  passes: (direction: "up" | "down", text: string) => boolean;
  /** A connection attempt while the network is down fails after this. ms */
  refusalMs: number;
};

export function goodNetwork(): Network {
  return { isUp: true, passes: () => true, refusalMs: 1000 };
}

export interface InProcessSocket extends EventTarget {
  readonly readyState: number;
  /** The process that had it is gone: nobody says anything any more, on either side. */
  vanish(): void;
}

/** A WebSocket class for one tab; `opened` gets every socket it makes. */
export function inProcessWebSocket(
  server: HostileServer,
  network: Network,
  opened: (socket: InProcessSocket) => void = () => undefined,
): typeof WebSocket {
  class Socket extends EventTarget implements InProcessSocket {
    static readonly CONNECTING = 0;
    static readonly OPEN = 1;
    static readonly CLOSING = 2;
    static readonly CLOSED = 3;
    readyState = Socket.CONNECTING as number;
    private connection: Connection | undefined;
    private hasVanished = false;

    constructor() {
      super();
      opened(this);
      if (network.isUp) this.soon(() => this.connect());
      else this.soon(() => this.refused(), network.refusalMs);
    }

    send(text: string): void {
      if (this.readyState !== Socket.OPEN || this.hasVanished || !network.isUp) return;
      // The server let go of it while nothing got through: now the client hears so.
      if (this.connection?.isOpen !== true) return this.broken(1006);
      // What was handed over goes out, also when the process dies right after.
      if (network.passes("up", text)) server.clock.after(0, () => this.connection?.receive(text));
    }

    close(): void {
      if (this.readyState >= Socket.CLOSING) return;
      this.readyState = Socket.CLOSED;
      if (network.isUp) this.soon(() => this.connection?.lost());
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
      this.dispatchEvent(new Event("open"));
    }

    private receive(data: string): void {
      if (!network.isUp || !network.passes("down", data)) return;
      this.soon(() => {
        if (this.readyState === Socket.OPEN)
          this.dispatchEvent(Object.assign(new Event("message"), { data }));
      });
    }

    private broken(code: number): void {
      if (!network.isUp) return;
      this.soon(() => {
        if (this.readyState >= Socket.CLOSING) return;
        this.readyState = Socket.CLOSED;
        this.tellClosed(code);
      });
    }

    private refused(): void {
      if (this.readyState !== Socket.CONNECTING) return;
      this.readyState = Socket.CLOSED;
      this.dispatchEvent(new Event("error"));
      this.tellClosed(1006);
    }

    private tellClosed(code: number): void {
      this.dispatchEvent(Object.assign(new Event("close"), { code, reason: "" }));
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
