/** The hostile server on a real WebSocket, loopback and a free port, for Chromium. */
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { type HostileOptions, HostileServer } from "./server.ts";

// By path: the test runner resolves names as for browsers, where this package has no server.
const require = createRequire(import.meta.url);
const { WebSocketServer } = require(
  join(dirname(require.resolve("ws/package.json")), "index.js"),
) as typeof import("ws");

export type RunningHostileServer = HostileServer & {
  /** "ws://127.0.0.1:PORT/ws" */
  readonly url: string;
  stop(): Promise<void>;
};

export async function startHostileServer(
  options: HostileOptions = {},
): Promise<RunningHostileServer> {
  const server = new HostileServer(options);
  const sockets = new WebSocketServer({
    host: "127.0.0.1",
    port: 0,
    path: "/ws",
    handleProtocols: (offered) => (offered.has("xmpp") ? "xmpp" : false),
    verifyClient: () => !server.faults.refuseConnections,
  });
  sockets.on("connection", (socket) => {
    const connection = server.connect({
      write: (text) => socket.send(text),
      close: (code, reason) => socket.close(code, reason),
      cut: () => socket.terminate(),
    });
    if (connection === undefined) return socket.terminate();
    socket.on("message", (data) => connection.receive((data as Buffer).toString("utf8")));
    socket.on("close", () => connection.lost());
    socket.on("error", () => connection.lost());
  });
  await new Promise<void>((resolve, reject) => {
    sockets.once("listening", resolve);
    sockets.once("error", reject);
  });
  const { port } = sockets.address() as AddressInfo;
  return Object.assign(server, {
    url: `ws://127.0.0.1:${port}/ws`,
    async stop() {
      for (const socket of sockets.clients) socket.terminate();
      await new Promise<void>((resolve) => sockets.close(() => resolve()));
    },
  });
}
