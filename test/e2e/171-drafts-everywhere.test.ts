/** Drafts on two devices of one account: browser profiles that know nothing of each other but the server. */
import { xml } from "@xmpp/xml";
import { describe, expect, test } from "vitest";
import type { Locator, Page } from "playwright-core";
import { mail, openPeer } from "./peer.ts";
import { row, settled, signIn, startStage } from "./stage.ts";

const NODE = "urn:envoi:drafts:0";
const PUBSUB = "http://jabber.org/protocol/pubsub";

/** Whatever it is called: its title is its subject. */
const composer = (page: Page): Locator =>
  page.getByRole("dialog").filter({ has: page.getByRole("textbox", { name: "Subject" }) });
const reply = (page: Page): Locator => page.getByRole("dialog", { name: "Reply" });
const text = (within: Locator): Locator => within.getByRole("textbox", { name: "Message" });

async function write(page: Page, subject: string, body: string): Promise<Locator> {
  await page.getByRole("button", { name: "Compose" }).first().click();
  const open = composer(page);
  await open.getByRole("combobox", { name: "To" }).fill("ben@localhost,");
  await open.getByRole("textbox", { name: "Subject" }).fill(subject);
  await text(open).fill(body);
  return open;
}

/** Waits until the box says this. */
const says = (box: Locator, body: string): Promise<void> =>
  expect.poll(() => box.inputValue(), { timeout: 30_000 }).toBe(body) as Promise<void>;

describe.each(["prosody", "ejabberd"] as const)("%s", (kind) => {
  test("signing out right after a click and the last key of a draft loses neither, and says nothing of a loss", async () => {
    const stage = await startStage(kind, "debian");
    try {
      const [ann, ben] = [await stage.account("ann"), await stage.account("ben")];
      const benPeer = await openPeer(stage.server, ben);
      await benPeer.send(mail(ann, "A question", "When?"));
      const [one, two] = [
        await signIn(await stage.profile(), stage.app.url, ann),
        await signIn(await stage.profile(), stage.app.url, ann),
      ];
      await settled(one);
      await settled(two);
      const starOf = (page: Page): Locator =>
        row(page, /A question/).getByRole("button", { name: "Star" });

      const draft = await write(one, "Half a thought", "It began with");
      await draft.getByRole("status").getByText("Draft saved").waitFor();
      await starOf(one).click();
      await one.getByRole("button", { name: "Account" }).click();
      await one.getByRole("menuitem", { name: "Sign out" }).click();
      const dialog = one.getByRole("dialog", { name: "Sign out?" });
      const signOut = dialog.getByRole("button", { name: "Sign out" });
      await expect.poll(() => signOut.isEnabled()).toBe(true);
      expect(await dialog.getByText("would be lost").count()).toBe(0);
      await signOut.click();
      await one.getByRole("textbox", { name: "Password" }).waitFor();

      await two.getByRole("link", { name: "Drafts, 1" }).waitFor({ timeout: 30_000 });
      await expect.poll(() => starOf(two).getAttribute("aria-pressed")).toBe("true");
    } finally {
      await stage.close();
    }
  });

  test("a draft, its changes, two at once, its end and Undo are the same on both devices", async () => {
    const stage = await startStage(kind, "debian");
    try {
      const [ann, ben] = [await stage.account("ann"), await stage.account("ben")];
      const benPeer = await openPeer(stage.server, ben);
      await benPeer.send(mail(ann, "A question", "When?"));
      const [laptop, phone] = [await stage.profile(), await stage.profile()];
      const [one, two] = [
        await signIn(laptop, stage.app.url, ann),
        await signIn(phone, stage.app.url, ann),
      ];
      await settled(one);
      await settled(two);

      // Written on one, read and gone on with on the other; the open composer follows.
      const onOne = await write(one, "Half a thought", "It began with");
      await two.getByRole("link", { name: "Drafts, 1" }).click({ timeout: 30_000 });
      await row(two, /Draft, To .*Half a thought, It began with/).click();
      const onTwo = composer(two);
      await says(text(onTwo), "It began with");
      await text(onTwo).fill("It began with a dream");
      await says(text(onOne), "It began with a dream");
      await onOne.getByRole("status").getByText("Changed on another device").waitFor();

      // Without a connection on one: both texts are kept, and each composer keeps its own.
      await laptop.setOffline(true);
      await text(onOne).fill("One's own end");
      await onOne.getByRole("status").getByText("Draft saved").waitFor();
      await text(onTwo).fill("Two's own end");
      await two.getByRole("link", { name: "Drafts, 1" }).waitFor();
      await laptop.setOffline(false);
      for (const page of [one, two]) {
        await page.getByRole("link", { name: "Drafts, 2" }).click({ timeout: 60_000 });
        await row(page, /One's own end/).waitFor();
        await row(page, /Two's own end/).waitFor();
      }
      await says(text(onOne), "One's own end");
      await says(text(onTwo), "Two's own end");

      // Thrown away on one, and brought back.
      await onOne.getByRole("button", { name: "Discard" }).click();
      await row(two, /One's own end/).waitFor({ state: "detached", timeout: 30_000 });
      await one.getByRole("button", { name: "Undo", exact: true }).last().click();
      await row(two, /One's own end/).waitFor({ timeout: 30_000 });
      await text(onOne).press("Escape");
      await onOne.waitFor({ state: "detached" });

      // Sent from the other: gone here, and no second message.
      await text(onTwo).press("Control+Enter");
      await row(one, /Two's own end/).waitFor({ state: "detached", timeout: 30_000 });
      await one.getByRole("link", { name: "Drafts, 1" }).waitFor();

      // What it answers is found on the other device.
      await one.getByRole("link", { name: /^Inbox/ }).click();
      await row(one, /A question/).click();
      await one.getByRole("button", { name: "Reply", exact: true }).click();
      await text(one.getByRole("region", { name: "Reply" })).fill("On Friday");
      await two.getByRole("link", { name: "Drafts, 2" }).click({ timeout: 30_000 });
      await row(two, /On Friday/).click();
      await text(reply(two)).press("Control+Enter");
      const answer = await benPeer.next((r) => r.body?.startsWith("On Friday") === true);
      expect(answer.subject).toBe("A question");
      expect(answer.reply).toBeDefined();
      await one.getByRole("region", { name: "Reply" }).waitFor({ state: "detached" });
      expect(benPeer.received.filter((r) => r.body?.startsWith("On Friday"))).toHaveLength(1);
    } finally {
      await stage.close();
    }
  });

  test("only the account's own word counts, and what others could read gets nothing", async () => {
    const stage = await startStage(kind, "debian");
    try {
      const [ann, eve] = [await stage.account("ann"), await stage.account("eve")];
      const own = await openPeer(stage.server, ann, { present: false });
      const page = await signIn(await stage.profile(), stage.app.url, ann);
      await settled(page);
      await write(page, "Private", "Mine alone");
      await expect.poll(async () => (await items(own)).length, { timeout: 30_000 }).toBe(1);
      // Somebody else says that it was thrown away, and brings a draft of theirs.
      const evil = await openPeer(stage.server, eve);
      const [id = ""] = await items(own);
      for (const item of [
        xml("retract", { id }),
        xml("item", { id }, xml("draft", { xmlns: NODE }, "AAAA")),
        xml("item", { id: "a-draft-of-evil" }, xml("draft", { xmlns: NODE }, "AAAA")),
      ])
        await evil.send(
          xml(
            "message",
            { to: ann.address, type: "headline" },
            xml("event", { xmlns: `${PUBSUB}#event` }, xml("items", { node: NODE }, item)),
          ),
        );
      await evil.send(mail(ann, "After that", "x"));
      await page.getByRole("link", { name: /^Inbox/ }).click();
      await row(page, /After that/).waitFor();
      await page.getByRole("link", { name: "Drafts, 1" }).click();
      await row(page, /Private, Mine alone/).waitFor();
      // And nobody else can read it.
      await expect(
        evil.session.iq({
          type: "get",
          to: ann.address,
          child: xml("pubsub", { xmlns: PUBSUB }, xml("items", { node: NODE })),
        }),
      ).rejects.toThrow();
    } finally {
      await stage.close();
    }
  });
});

/** Ids of the account's drafts, as its server has them. */
async function items({ session }: Awaited<ReturnType<typeof openPeer>>): Promise<string[]> {
  const child = xml("pubsub", { xmlns: PUBSUB }, xml("items", { node: NODE }));
  const iq = await session.iq({ type: "get", child }).catch(() => undefined);
  const list = iq?.getChild("pubsub", PUBSUB)?.getChild("items")?.getChildren("item") ?? [];
  return list.map(({ attrs }) => String(attrs["id"]));
}
