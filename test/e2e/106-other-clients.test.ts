/** A client that is not ours: slixmpp, as Debian ships it. Mail, an answer, an answer in chat, and one to that. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { row, settled, signIn, startStage, type Account } from "./stage.ts";
import type { Server } from "../../tools/servers/server.ts";

type Heard = { from: string; type: string; subject: string; body: string; thread: string };

/** Starts the other client; `say` sends a line of JSON, `heard` fills with what it receives. */
async function slixmpp(server: Server, account: Account) {
  const child = spawn(
    "/usr/bin/python3",
    [
      join(import.meta.dirname, "slixmpp-peer.py"),
      account.address,
      account.password,
      String(server.c2sPort),
    ],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  onTestFinished(() => void child.kill());
  const heard: Heard[] = [];
  let ready: () => void = () => undefined;
  const online = new Promise<void>((resolve) => (ready = resolve));
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (line === "ready") ready();
    else heard.push(JSON.parse(line) as Heard);
  });
  await online;
  return {
    heard,
    say: (message: Record<string, string>) => child.stdin.write(`${JSON.stringify(message)}\n`),
  };
}

test.each(["prosody", "ejabberd"] as const)("slixmpp on %s", async (kind) => {
  const stage = await startStage(kind);
  try {
    const [ann, old] = [await stage.account("ann"), await stage.account("old")];
    const peer = await slixmpp(stage.server, old);
    const page = await signIn(await stage.profile(), stage.app.url, ann);
    await settled(page);
    peer.say({
      to: ann.address,
      type: "normal",
      subject: "From another client",
      body: "Does this reach you?",
      thread: "t-1",
    });
    await row(page, /^Unread, .*From another client/).waitFor();
    await row(page, /From another client/).click();
    await page
      .getByRole("article", { name: `Message from ${old.address}` })
      .getByText("Does this reach you?")
      .waitFor();
    await page.getByRole("button", { name: "Reply", exact: true }).click();
    await page.getByRole("textbox", { name: "Message" }).fill("It does.");
    await page.getByRole("button", { name: "Send" }).click();
    await expect.poll(() => peer.heard.length, { timeout: 15_000 }).toBeGreaterThan(0);
    const answer = peer.heard[0];
    expect(answer).toMatchObject({ subject: "From another client", thread: "t-1", type: "normal" });
    expect(answer?.body).toMatch(/^It does\.\n\nOn .* wrote:\n> Does this reach you\?$/s);
    peer.say({ to: ann.address, type: "chat", body: "great, see you" });
    await page.getByRole("note", { name: "Answered in chat" }).waitFor();
    await page.getByRole("article").getByText("great, see you").waitFor();
    // slixmpp's chat names neither; the other side's mail program sees one conversation all the same.
    await page.getByRole("button", { name: "Reply", exact: true }).last().click();
    await page.getByRole("textbox", { name: "Message" }).fill("Till then.");
    await page.getByRole("button", { name: "Send" }).click();
    await expect.poll(() => peer.heard.length, { timeout: 15_000 }).toBeGreaterThan(1);
    expect(peer.heard[1]).toMatchObject({ subject: "From another client", thread: "t-1" });
    await page.getByRole("link", { name: /^Inbox/ }).click();
    await row(page, /From another client.*Answered in chat/).waitFor();
  } finally {
    await stage.close();
  }
});
