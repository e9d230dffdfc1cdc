import { createServer } from "node:net";

// Below 32768, where Linux starts to take the local ports of outgoing connections: a client that
// connects between our look and the server's bind cannot take the port.
const firstPort = 20_000;
const portCount = 12_000;

/** Whether a TCP port of a local address can be bound now. */
export function isPortFree(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen({ host: address, port, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/**
 * The preferred port when it is free, else a random free one.
 * @throws Error when a hundred random ports are all busy.
 */
export async function pickPort(address: string, preferred?: number): Promise<number> {
  if (preferred !== undefined && (await isPortFree(address, preferred))) return preferred;
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = firstPort + Math.floor(Math.random() * portCount);
    if (await isPortFree(address, port)) return port;
  }
  throw new Error(`no free port found on ${address}`);
}
