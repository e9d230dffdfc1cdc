/** The demo as it stands on its server: seeded once, backdated, the same after a restart. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, it, onTestFinished } from "vitest";
import { fillArchive } from "../../tools/demo/bulk.ts";
import { DEMO_PASSWORDS, PEOPLE } from "../../tools/demo/people.ts";
import { CONVERSATIONS, startDemo } from "../../tools/demo/start-demo.ts";
import { planMessages } from "../../tools/demo/stanzas.ts";
import { startServer } from "../../tools/servers/server.ts";
import { signIn, type TinyClient } from "../../tools/servers/tiny-client.ts";

type Archived = { archiveId: string; id: string; at: number; stanza: string };

/** The whole archive, oldest first, page by page as a client gets it (XEP-0313). */
async function wholeArchive(client: TinyClient): Promise<Archived[]> {
  const all: Archived[] = [];
  for (let page = 0; page < 100; page++) {
    const after = all.at(-1)?.archiveId;
    const cursor = after === undefined ? "" : `<after>${after}</after>`;
    const from = client.frames.length;
    const fin = await client.iq(
      `<iq type='set' id='page${page}'><query xmlns='urn:xmpp:mam:2'><set xmlns='http://jabber.org/protocol/rsm'><max>50</max>${cursor}</set></query></iq>`,
    );
    for (const frame of client.frames.slice(from)) {
      const [, result = "", stanza = ""] =
        /(<result.*?)(<message.*<\/message>)<\/forwarded>/s.exec(frame) ?? [];
      const archiveId = /id=['"]([^'"]+)/.exec(result)?.[1];
      const at = Date.parse(/stamp=['"]([^'"]+)/.exec(result)?.[1] ?? "");
      const id = /^<message[^>]*\sid=['"]([^'"]+)/.exec(stanza)?.[1] ?? "";
      if (archiveId !== undefined) all.push({ archiveId, id, at, stanza });
    }
    if (/complete=['"]true/.test(fin)) return all;
  }
  throw new Error("the archive has no end");
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "envoi-demo-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

it("fills both mailboxes once, with believable times, and keeps what is written later", async () => {
  const folder = await temporaryFolder();
  const said: string[] = [];
  const demo = await startDemo(folder, (line) => said.push(line));
  onTestFinished(() => demo.stop());
  expect(said[0]).toContain("Filling");
  await expect(startDemo(folder, () => undefined)).rejects.toThrow("runs already");

  const now = Date.now();
  const planned = planMessages(CONVERSATIONS, now);
  for (const name of ["alice", "bob"] as const) {
    const me = PEOPLE[name].address;
    const client = await signIn(demo.wsUrl, "localhost", name, DEMO_PASSWORDS[name]);
    onTestFinished(() => client.close());
    const archive = await wholeArchive(client);
    const copies = planned.flatMap((m) =>
      m.stanzas.filter((s) => m.from === name || s.attrs["to"] === me).map(() => m.at),
    );
    expect(archive.length).toBe(copies.length);
    // To the second, and both plans were made within a minute of each other.
    for (const [index, { at }] of archive.entries())
      expect(Math.abs(at - (copies[index] ?? 0))).toBeLessThan(120_000);
    expect(archive.map((a) => a.at)).toEqual(archive.map((a) => a.at).sort((a, b) => a - b));
    // Only sent mail is there several times, once for each recipient.
    const received = archive.filter(
      ({ stanza }) => !new RegExp(`^<message[^>]*from='${me}`).test(stanza),
    );
    expect(new Set(received.map((a) => a.id)).size).toBe(received.length);
  }

  const alice = await signIn(demo.wsUrl, "localhost", "alice", DEMO_PASSWORDS.alice);
  const picture = await alice.iq(
    `<iq type='get' id='picture' to='${PEOPLE.nadia.address}'><pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:avatar:metadata'/></pubsub></iq>`,
  );
  expect(picture).toMatch(/<info[^>]*type=['"]image\/png/);
  const roster = await alice.iq(
    "<iq type='get' id='roster'><query xmlns='jabber:iq:roster'/></iq>",
  );
  expect(roster).toContain("ליאת כהן");
  alice.send(
    "<message xmlns='jabber:client' to='bob@localhost' id='later'><subject>Later</subject><body>Written today.</body></message>",
  );
  await alice.features();
  alice.close();

  await demo.stop();
  said.length = 0;
  const again = await startDemo(folder, (line) => said.push(line));
  onTestFinished(() => again.stop());
  expect(said).toEqual([]);
  const bob = await signIn(again.wsUrl, "localhost", "bob", DEMO_PASSWORDS.bob);
  expect((await wholeArchive(bob)).at(-1)).toMatchObject({ id: "later" });
  bob.close();
  await again.stop();
}, 60_000);

it("writes a long past into a stopped server, which then serves it", async () => {
  const dataFolder = await temporaryFolder();
  const server = await startServer("prosody", { dataFolder, accounts: { ann: "secret" } });
  onTestFinished(() => server.stop());
  await server.stop();
  const database = join(dataFolder, "prosody.sqlite");
  const options = { user: "ann", host: "localhost", count: 300, chats: 0.25 };
  fillArchive(database, options);
  await server.restart();
  const client = await signIn(server.wsUrl, "localhost", "ann", "secret");
  const archive = await wholeArchive(client);
  client.close();
  expect(archive.length).toBe(300);
  expect(archive.map((a) => a.at)).toEqual(archive.map((a) => a.at).sort((a, b) => a - b));
  expect(archive.filter((a) => a.stanza.includes("type='chat'")).length).toBe(75);

  const db = new DatabaseSync(database);
  onTestFinished(() => db.close());
  // Rows as Prosody writes them itself: the bare address of the other side, XML, seconds.
  const row = db.prepare('SELECT "with", type, "when" FROM prosodyarchive LIMIT 1').get();
  expect(row).toMatchObject({ with: expect.stringMatching(/^[^/]+@localhost$/), type: "xml" });
}, 60_000);
