/** The security profile that a `config.json` asks for: locked, where it names the only hosts there are. */
import type { SecurityProfile } from "./headers.ts";

export type ProfileConfig = {
  lockedHosts?: readonly string[];
  endpoints?: Readonly<Record<string, string>>;
  /** Where files of these accounts lie (XEP-0363), when that is another host. */
  uploadHosts?: readonly string[];
};

/** Throws for an endpoint that is no WebSocket URL. */
export function profileOf({
  lockedHosts,
  endpoints = {},
  uploadHosts = [],
}: ProfileConfig): SecurityProfile {
  if (lockedHosts === undefined) return { kind: "any" };
  const sockets = lockedHosts.map((host) => {
    const endpoint = endpoints[host];
    return endpoint === undefined ? `wss://${host}` : originOf(endpoint);
  });
  // A domain is asked for its host-meta, and lets files be fetched.
  const web = [...lockedHosts, ...uploadHosts].map((host) => `https://${host}`);
  return { kind: "locked", connect: [...new Set([...sockets, ...web])] };
}

function originOf(endpoint: string): string {
  const { protocol, host } = new URL(endpoint);
  if (protocol !== "wss:" && protocol !== "ws:") throw new Error(`not a WebSocket: ${endpoint}`);
  return `${protocol}//${host}`;
}
