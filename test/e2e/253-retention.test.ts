/** The server forgets: learnt, told once, counted; and the mail is taken away as a file other programs read. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mail, openPeer } from "./peer.ts";
import { row, settled, signIn, type Stage, startStage, write } from "./stage.ts";
import { xml } from "@xmpp/xml";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

/** Takes the oldest messages out of Prosody's archive, as `archive_expires_after` does once a day. */
async function expire(local: string, count: number): Promise<void> {
  await stage.server.kill();
  const script = `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
where = "store = 'archive' AND user = ?"
keys = db.execute(f"SELECT sort_id FROM prosodyarchive WHERE {where} ORDER BY sort_id LIMIT ?", (sys.argv[2], int(sys.argv[3]))).fetchall()
for (key,) in keys:
    db.execute("DELETE FROM prosodyarchive WHERE sort_id = ?", (key,))
db.commit()
assert len(keys) == int(sys.argv[3])
`;
  const database = join(stage.server.dataFolder, "prosody.sqlite");
  execFileSync("python3", ["-c", script, database, local, String(count)]);
  await stage.server.restart();
}

test("retention is learnt, told once and in the settings; what is only here is counted and downloaded", async () => {
  const [ann, ben] = [await stage.account("ann"), await stage.account("ben")];
  const peer = await openPeer(stage.server, ben);
  await peer.send(
    mail(
      ann,
      "Zeichnungen für Ljubljana 🚢",
      "Grüße\nFrom the harbour\n>From quoted\n",
      [
        xml(
          "file-sharing",
          { xmlns: "urn:xmpp:sfs:0" },
          xml(
            "file",
            { xmlns: "urn:xmpp:file:metadata:0" },
            xml("name", {}, "Plan größer.txt"),
            xml("media-type", {}, "text/plain"),
          ),
          xml(
            "sources",
            {},
            xml("url-data", {
              xmlns: "http://jabber.org/protocol/url-data",
              target: "data:text/plain;base64,aGVsbG8=",
            }),
          ),
        ),
      ],
      { id: "the-first-of-three" },
    ),
  );
  await peer.send(mail(ann, "Second", "two"));
  const context = await stage.profile();
  const page = await signIn(context, stage.app.url, ann);
  await settled(page);
  await row(page, /Ljubljana/).click();
  await page.getByRole("button", { name: "Reply", exact: true }).click();
  const reply = page.getByRole("region", { name: "Reply" });
  await reply.getByRole("textbox", { name: "Message" }).fill("Danke");
  await reply.getByRole("button", { name: "Send" }).click();
  await peer.next((r) => (r.body ?? "").includes("Danke"));
  await write(page, { to: [ben.address], subject: "Last", body: "four" });
  await peer.next((r) => r.subject === "Last");
  await page.reload();
  await settled(page);

  await page.goto(`${stage.app.url}#/settings/storage`);
  const fact = (name: string) => page.locator(".settings-row").filter({ hasText: name });
  await fact("localhost keeps mail").getByText("everything, so far").waitFor();
  await fact("Messages in this browser").getByText("4", { exact: true }).waitFor();
  await fact("Messages only in this browser").getByText("0", { exact: true }).waitFor();

  await expire(ann.local, 2);
  await page.goto(`${stage.app.url}#/inbox`);
  const notice = page.getByRole("region", { name: "Your server keeps mail for a while" });
  await notice.getByText("localhost keeps mail for less than an hour").waitFor({ timeout: 60_000 });
  await notice.getByRole("button", { name: "Got it" }).click();
  await notice.waitFor({ state: "detached" });
  await row(page, /Second/).waitFor();
  await page.goto(`${stage.app.url}#/settings/storage`);
  await fact("localhost keeps mail").getByText("less than an hour").waitFor();
  await fact("Messages only in this browser").getByText("2", { exact: true }).waitFor();

  await page.getByRole("button", { name: "Account" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  const dialog = page.getByRole("dialog", { name: "Sign out?" });
  await dialog.getByText("2 messages no longer on localhost").waitFor();
  const downloading = page.waitForEvent("download");
  await dialog.getByRole("button", { name: "Download mail" }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe(`${ann.address} mail.mbox`);
  const read = JSON.parse(
    execFileSync("python3", [join(import.meta.dirname, "read-mbox.py"), await download.path()], {
      encoding: "utf8",
    }),
  ) as Record<string, unknown>[];
  expect(read.map((m) => m["subject"])).toContain("Zeichnungen für Ljubljana 🚢");
  expect(read).toHaveLength(4);
  const first = read.find((m) => m["id"] === "<the-first-of-three@localhost>");
  expect(first).toMatchObject({
    from: ben.address,
    to: ann.address,
    files: [{ name: "Plan größer.txt", bytes: 5 }],
    defects: [],
  });
  expect(first?.["body"]).toContain("Grüße\nFrom the harbour\n>From quoted");
  const answer = read.find((m) => m["inReplyTo"] === "<the-first-of-three@localhost>");
  expect(answer).toMatchObject({ references: "<the-first-of-three@localhost>", defects: [] });
  await page.reload();
  await settled(page);
  expect(await notice.count()).toBe(0);
});
