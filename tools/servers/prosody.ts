import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startChildServer, type Recipe } from "./child-server.ts";
import { buildProsodyConfig } from "./prosody-config.ts";
import type { Server, ServerOptions } from "./server.ts";

export const prosodyRecipe: Recipe = {
  kind: "prosody",
  wsPath: "/xmpp-websocket",
  logFile: "prosody.log",
  async prepare(site) {
    const config = join(site.dataFolder, "prosody.cfg.lua");
    // Never /etc/prosody/certs: Prosody would look for certificates of the domain there.
    await mkdir(join(site.dataFolder, "certs"), { recursive: true });
    await writeFile(config, buildProsodyConfig(site));
    const hosts = Object.entries(site.link?.hosts ?? {}).map(
      ([domain, address]) => `${address} ${domain}\n`,
    );
    if (site.link) await writeFile(join(site.dataFolder, "hosts.txt"), hosts.join(""));
    return { command: "prosody", args: ["-F", "--config", config], env: {} };
  },
};

/**
 * Starts Prosody. With the profile `generous` everything is in one SQLite database,
 * `DATAFOLDER/prosody.sqlite`; the other profiles use Prosody's default, one file per user and store, unless told.
 */
export function startProsody(options: ServerOptions = {}): Promise<Server> {
  return startChildServer(prosodyRecipe, options);
}
