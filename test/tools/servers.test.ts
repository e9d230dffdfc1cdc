import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { startFederation } from "../../tools/servers/federation.ts";
import {
  startServer,
  type Profile,
  type Server,
  type ServerKind,
  type ServerOptions,
} from "../../tools/servers/server.ts";
import { signIn } from "../../tools/servers/tiny-client.ts";

const kinds: ServerKind[] = ["prosody", "ejabberd"];
const profiles: Profile[] = ["generous", "debian", "no-archive"];
const cases = kinds.flatMap((kind) => profiles.map((profile) => ({ kind, profile })));

const mam = "urn:xmpp:mam:2";
const discoItems = "<query xmlns='http://jabber.org/protocol/disco#items'/>";

async function start(kind: ServerKind, options: ServerOptions = {}): Promise<Server> {
  const server = await startServer(kind, options);
  onTestFinished(() => server.stop());
  return server;
}

async function connect(server: Server, local: string, password: string) {
  const client = await signIn(server.wsUrl, server.domain, local, password);
  onTestFinished(() => client.close());
  return client;
}

/** Running, not merely waiting for its parent to ask how it ended. */
function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

function epmdPids(): string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/comm`, "utf8").trim() === "epmd";
    } catch {
      return false;
    }
  });
}

describe.each(cases)("$kind, profile $profile", ({ kind, profile }) => {
  it("offers what the profile promises, keeps accounts over a crash and leaves nothing behind", async () => {
    const epmdBefore = epmdPids();
    const server = await start(kind, { profile, accounts: { alice: "secret" } });
    const alice = await connect(server, "alice", "secret");
    const account = await alice.features();
    const host = await alice.features(server.domain);
    const services = await alice.iq(
      `<iq type='get' id='items' to='${server.domain}'>${discoItems}</iq>`,
    );
    const hasArchive = profile !== "no-archive";
    expect([...account, ...host].includes(mam)).toBe(hasArchive);
    expect(services.includes(`upload.${server.domain}`)).toBe(hasArchive);
    expect(account).toContain("http://jabber.org/protocol/pubsub#publish");
    expect(host).toEqual(
      expect.arrayContaining(["urn:xmpp:carbons:2", "urn:xmpp:blocking", "vcard-temp"]),
    );

    await server.addAccount("bob", "first");
    await server.setPassword("bob", "second");
    const { pid, wsUrl } = server;
    await server.kill();
    expect(isAlive(pid)).toBe(false);
    await server.restart();
    expect(server.wsUrl).toBe(wsUrl);
    await connect(server, "bob", "second");
    await server.removeAccount("bob");
    await expect(connect(server, "bob", "second")).rejects.toThrow("not-authorized");

    const last = server.pid;
    await server.stop();
    expect(isAlive(last)).toBe(false);
    expect(epmdPids()).toEqual(epmdBefore);
    expect(existsSync(server.dataFolder)).toBe(false);
  });
});

describe.each(kinds)("%s", (kind) => {
  it("stops when the process that started it is killed", async () => {
    const run = join(import.meta.dirname, "../../tools/servers/run.ts");
    const parent = spawn(process.execPath, [run, kind], { stdio: ["ignore", "pipe", "inherit"] });
    onTestFinished(() => void parent.kill("SIGKILL"));
    const [line] = (await once(createInterface({ input: parent.stdout }), "line")) as [string];
    const { pid, dataFolder } = JSON.parse(line) as { pid: number; dataFolder: string };
    onTestFinished(() => rm(dataFolder, { recursive: true, force: true }));
    expect(isAlive(pid)).toBe(true);
    parent.kill("SIGKILL");
    for (let waited = 0; isAlive(pid) && waited < 10_000; waited += 50) await sleep(50);
    expect(isAlive(pid)).toBe(false);
  });

  it("keeps a given data folder, takes another port for a busy one and says why it refuses", async () => {
    const dataFolder = await mkdtemp(join(tmpdir(), "envoi-test-"));
    onTestFinished(() => rm(dataFolder, { recursive: true, force: true }));
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void squatter.close());
    const place = squatter.address();
    const busy = typeof place === "object" && place ? place.port : 0;
    const first = await start(kind, {
      dataFolder,
      ports: { http: busy },
      accounts: { alice: "secret" },
    });
    expect(first.httpPort).not.toBe(busy);
    await expect(first.setPassword("nobody", "secret")).rejects.toThrow(
      "could not set the password of nobody",
    );
    await first.stop();
    await first.restart();
    await connect(first, "alice", "secret");
  });
});

it("two servers deliver mail to each other, also to somebody offline", async () => {
  const federation = await startFederation({
    accounts: { foo: { a: "secret a" }, bar: { b: "secret b" } },
  });
  onTestFinished(() => federation.stop());
  const a = await connect(federation.foo, "a", "secret a");
  const mail = (to: string, body: string) =>
    `<message xmlns='jabber:client' to='${to}'><body>${body}</body></message>`;
  a.send(mail("b@bar.test", "while you were out"));
  // Nobody tells the sender that the message is stored; an answer over the same stream comes after it.
  await a.iq("<iq type='get' id='after' to='bar.test'><ping xmlns='urn:xmpp:ping'/></iq>");
  const b = await connect(federation.bar, "b", "secret b");
  const stored = await b.next(/while you were out/);
  expect(stored).toMatch(/<delay[^>]*from='bar\.test'/);
  b.send(mail("a@foo.test", "back again"));
  expect(await a.next(/back again/)).toContain("from='b@bar.test/test'");
});
