/** `config.json` beside index.html: what the operator of this copy of the app decided. All of it is optional. */
import { isRecord, isTextList } from "../base/shape.ts";

export type Config = {
  /** Domain that completes an address without "@". */
  server?: string;
  /** Only accounts of these domains may sign in here. */
  lockedHosts?: string[];
  /** WebSocket URL by domain. */
  endpoints?: Record<string, string>;
};

/** Reads it; a missing or damaged file is an empty one. */
export async function readConfig(base: string): Promise<Config> {
  try {
    const response = await fetch(new URL("config.json", base), { cache: "no-cache" });
    if (!response.ok) return {};
    const found: unknown = await response.json();
    return isConfig(found) ? found : {};
  } catch {
    return {};
  }
}

function isConfig(found: unknown): found is Config {
  if (!isRecord(found)) return false;
  const { server, lockedHosts, endpoints } = found;
  return (
    (server === undefined || typeof server === "string") &&
    (lockedHosts === undefined || isTextList(lockedHosts)) &&
    (endpoints === undefined || (isRecord(endpoints) && isTextList(Object.values(endpoints))))
  );
}
