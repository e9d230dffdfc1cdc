import { connect, createServer, type Server as TcpServer, type Socket } from "node:net";

export interface Proxy {
  /** The same URL by way of the proxy. */
  readonly url: string;
  /** Breaks every connection, both ways, without a word. */
  cut(): void;
  /** From now on nothing comes back from the server on the connections there are. */
  deafen(): void;
  /** Bytes so far, to the server and from it. */
  passed(): { up: number; down: number };
  close(): Promise<void>;
}

/** A cable to a WebSocket that can be cut: bytes in, bytes out. */
export async function startProxy(wsUrl: string): Promise<Proxy> {
  const target = new URL(wsUrl);
  const open = new Set<Socket>();
  const answers = new Map<Socket, Socket>();
  const passed = { up: 0, down: 0 };
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        open.delete(socket);
        answers.delete(socket);
        other.destroy();
      });
    }
    answers.set(far, near);
    near.on("data", ({ length }) => (passed.up += length));
    far.on("data", ({ length }) => (passed.down += length));
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = new URL(wsUrl);
  url.hostname = "127.0.0.1";
  url.port = String(portOf(server));
  const cut = (): void => open.forEach((socket) => socket.resetAndDestroy());
  return {
    url: url.href,
    cut,
    passed: () => ({ ...passed }),
    deafen: () => answers.forEach((near, far) => far.unpipe(near).resume()),
    close() {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function portOf(server: TcpServer): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
