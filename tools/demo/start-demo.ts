/** The demo: a Prosody with the mailbox in it, made once and kept. */
import { existsSync, readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startServer } from "../servers/server.ts";
import { backdate } from "./backdate.ts";
import { BOB } from "./conversations/bob.ts";
import { CHATS } from "./conversations/chats.ts";
import { HARBOUR } from "./conversations/harbour.ts";
import { HOME } from "./conversations/home.ts";
import { TOWN } from "./conversations/town.ts";
import { WORK } from "./conversations/work.ts";
import { DEMO_PASSWORDS, PEOPLE } from "./people.ts";
import type { PersonName, ScriptConversation } from "./script.ts";
import { seed } from "./seed.ts";

export const CONVERSATIONS: readonly ScriptConversation[] = [
  ...HARBOUR,
  ...WORK,
  ...HOME,
  ...TOWN,
  ...BOB,
  ...CHATS,
];

export type Demo = {
  wsUrl: string;
  accounts: { label: string; address: string; password: string }[];
  /** config.json of the app. */
  config: Record<string, unknown>;
  stop(): Promise<void>;
};

/** Starts the demo's server on a data folder; fills the mailbox the first time. Rejects where there can be no server. */
export async function startDemo(
  folder: string,
  say: (line: string) => void,
  options: { fresh?: boolean } = {},
): Promise<Demo> {
  refuseSecond(folder);
  const seeded = join(folder, "seeded");
  // A seeding that was broken off begins anew.
  if (options.fresh === true || !existsSync(seeded))
    await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const server = await startServer("prosody", {
    dataFolder: folder,
    hosts: [
      ...new Set(Object.values(PEOPLE).map(({ address }) => address.split("@")[1] ?? "")),
    ].filter((h) => h !== "localhost"),
    ports: { http: 5280, c2s: 5222 },
    accounts: {},
  });
  try {
    if (!existsSync(seeded)) {
      const startedAt = Date.now();
      say("Filling the demo's mailbox: everybody signs in and writes …");
      const passwords = Object.fromEntries(
        (Object.keys(PEOPLE) as PersonName[]).map((name) => [
          name,
          name === "alice" || name === "bob" ? DEMO_PASSWORDS[name] : crypto.randomUUID(),
        ]),
      ) as Record<PersonName, string>;
      for (const [name, { address }] of Object.entries(PEOPLE))
        await server.addAccount(address, passwords[name as PersonName]);
      const written = await seed(server, passwords, CONVERSATIONS, say);
      await server.stop();
      const rows = backdate(join(folder, "prosody.sqlite"), written);
      await server.restart();
      await writeFile(seeded, new Date().toISOString());
      say(
        `  ${written.size} messages, ${rows} archived copies, in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`,
      );
    }
  } catch (error) {
    await server.stop();
    throw error;
  }
  const accounts = (["alice", "bob"] as const).map((name) => ({
    label: `Sign in as ${name}`,
    address: PEOPLE[name].address,
    password: DEMO_PASSWORDS[name],
  }));
  return {
    wsUrl: server.wsUrl,
    accounts,
    config: { demo: accounts, server: "localhost", endpoints: { localhost: server.wsUrl } },
    stop: () => server.stop(),
  };
}

/** Two servers on one database would each remember what the other changed. Looks where /proc tells, nowhere else. */
function refuseSecond(folder: string): void {
  let commandLine: string;
  try {
    const pid = readFileSync(join(folder, "prosody.pid"), "utf8").trim();
    commandLine = readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return;
  }
  if (commandLine.includes(folder))
    throw new Error("The demo's server runs already, started by another npm start.");
}
