/** The same line on every server and every profile; a server without an archive says once what that means. */
import { describe, expect, test } from "vitest";
import { mail, openPeer } from "./peer.ts";
import { row, settled, signIn, startStage } from "./stage.ts";

const PROFILES = ["debian", "no-archive"] as const;

describe.each(["prosody", "ejabberd"] as const)("%s", (kind) => {
  test.each(PROFILES)("%s: offline mail, live mail, an answer, a reload", async (profile) => {
    const stage = await startStage(kind, profile);
    try {
      const [ann, ben] = [await stage.account("ann"), await stage.account("ben")];
      const peer = await openPeer(stage.server, ben);
      await peer.send(mail(ann, "While you were out", "First"));
      const page = await signIn(await stage.profile(), stage.app.url, ann);
      await settled(page);
      await row(page, /^Unread, .*While you were out/).waitFor();
      await peer.send(mail(ann, "Now that you are here", "Second"));
      await row(page, /^Unread, .*Now that you are here/).waitFor();
      await row(page, /Now that you are here/).click();
      await page.getByRole("button", { name: "Reply", exact: true }).click();
      await page.getByRole("textbox", { name: "Message" }).fill("Thank you");
      await page.getByRole("textbox", { name: "Message" }).press("Control+Enter");
      const answer = await peer.next((r) => r.subject === "Now that you are here");
      expect(answer.body).toMatch(/^Thank you\n\nOn .*wrote:\n> Second$/s);
      await page.getByText("Sent", { exact: true }).last().waitFor();
      if (profile === "no-archive") {
        const notice = page.getByRole("region", { name: "Your server keeps no archive" });
        await notice.getByText("kept in this browser only").waitFor();
        await notice.getByRole("button", { name: "Got it" }).click();
        await notice.waitFor({ state: "detached" });
      }
      await page.reload();
      await settled(page);
      expect(await page.getByRole("region", { name: "Your server keeps no archive" }).count()).toBe(
        0,
      );
      await page.getByRole("link", { name: /^Inbox/ }).click();
      expect(await row(page, /While you were out/).count()).toBe(1);
      expect(await row(page, /Now that you are here/).count()).toBe(1);
    } finally {
      await stage.close();
    }
  });
});
