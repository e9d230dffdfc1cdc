/** `config.json` beside index.html: what the operator of this copy of the app decided. All of it is optional. */
import * as v from "valibot";

const ConfigSchema = v.object({
  /** Domain that completes an address without "@". */
  server: v.optional(v.string()),
  /** Only accounts of these domains may sign in here. */
  lockedHosts: v.optional(v.array(v.string())),
  /** WebSocket URL by domain. */
  endpoints: v.optional(v.record(v.string(), v.string())),
});

export type Config = v.InferOutput<typeof ConfigSchema>;

/** Reads it; a missing or damaged file is an empty one. */
export async function readConfig(base: string): Promise<Config> {
  try {
    const response = await fetch(new URL("config.json", base), { cache: "no-cache" });
    if (!response.ok) return {};
    const parsed = v.safeParse(ConfigSchema, await response.json());
    return parsed.success ? parsed.output : {};
  } catch {
    return {};
  }
}
