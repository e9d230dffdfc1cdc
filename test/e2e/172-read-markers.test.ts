/** XEP-0490 with another program of the same person, which writes and reads the markers as Gajim and Movim do. */
import { type Element, xml } from "@xmpp/xml";
import { describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { mail, openPeer, type Peer } from "./peer.ts";
import { type Account, row, settled, signIn, startStage } from "./stage.ts";

const NODE = "urn:xmpp:mds:displayed:0";
const PUBSUB = "http://jabber.org/protocol/pubsub";

/** As XEP-0490 section 3 has it, options and all; ejabberd 23.01 knows but some of them, and apps then ask for those. */
async function publish({ session }: Peer, me: Account, jid: string, id: string): Promise<void> {
  const all = { max_items: "max", send_last_published_item: "never" };
  await session
    .iq({ type: "set", child: publication(me, jid, id, all) })
    .catch(() => session.iq({ type: "set", child: publication(me, jid, id, {}) }));
}

function publication(
  me: Account,
  jid: string,
  id: string,
  options: Record<string, string>,
): Element {
  const field = (name: string, value: string): Element =>
    xml("field", { var: name }, xml("value", {}, value));
  const mark = xml("stanza-id", { xmlns: "urn:xmpp:sid:0", by: me.address, id });
  return xml(
    "pubsub",
    { xmlns: PUBSUB },
    xml(
      "publish",
      { node: NODE },
      xml("item", { id: jid }, xml("displayed", { xmlns: NODE }, mark)),
    ),
    xml(
      "publish-options",
      {},
      xml(
        "x",
        { xmlns: "jabber:x:data", type: "submit" },
        field("FORM_TYPE", `${PUBSUB}#publish-options`),
        field("pubsub#persist_items", "true"),
        field("pubsub#access_model", "whitelist"),
        Object.entries(options).map(([name, value]) => field(`pubsub#${name}`, value)),
      ),
    ),
  );
}

/** What the account says of that contact. */
async function marker({ session }: Peer, jid: string): Promise<string | undefined> {
  const child = xml("pubsub", { xmlns: PUBSUB }, xml("items", { node: NODE }));
  const iq = await session.iq({ type: "get", child }).catch(() => undefined);
  const items = iq?.getChild("pubsub", PUBSUB)?.getChild("items")?.getChildren("item") ?? [];
  const item = items.find(({ attrs }) => attrs["id"] === jid);
  return item?.getChild("displayed", NODE)?.getChild("stanza-id")?.attrs["id"];
}

function chat(to: Account, body: string): Element {
  const id = crypto.randomUUID();
  return xml("message", { to: to.address, type: "chat", id }, xml("body", {}, body));
}

/** The archive's id of it, as the chat app was told. */
async function idOf(app: Peer, body: string, me: Account): Promise<string> {
  const { stanzaIds } = await app.next((received) => received.body === body);
  return stanzaIds.find(({ by }) => by === me.address)?.id ?? "";
}

const go = (page: Page, place: RegExp): Promise<void> =>
  page.getByRole("link", { name: place }).first().click();

describe.each(["prosody", "ejabberd"] as const)("%s", (kind) => {
  test("read in a chat app is read here, but not mail; read here is read there, and neither takes it back", async () => {
    const stage = await startStage(kind, "debian");
    try {
      const [ann, ben] = [await stage.account("ann"), await stage.account("ben")];
      const benPeer = await openPeer(stage.server, ben);
      // Its priority is that of the page: both are told live.
      const app = await openPeer(stage.server, ann);
      const page = await signIn(await stage.profile(), stage.app.url, ann);
      await settled(page);

      // The chat app shows two chats and a mail; it says so of the second chat.
      await benPeer.send(mail(ann, "A letter", "To be read at leisure"));
      for (const body of ["one", "two", "three"]) await benPeer.send(chat(ann, body));
      await go(page, /^Chats/);
      await row(page, /^Unread, .*three/).waitFor();
      await publish(app, ann, ben.address, await idOf(app, "three", ann));
      // By who it is with: one archive knows whole seconds only, and of these three any may be the newest.
      await row(page, /^ben/).waitFor({ timeout: 30_000 });
      await go(page, /^Inbox/);
      await row(page, /^Unread, .*A letter/).waitFor();

      // Read here: the mail is older than what the app said, so nothing is said of it.
      const before = await marker(app, ben.address);
      await row(page, /A letter/).click();
      await row(page, /^ben.*A letter/).waitFor();
      await benPeer.send(chat(ann, "four"));
      const four = await idOf(app, "four", ann);
      await go(page, /^Chats/);
      await row(page, /^Unread, .*four/).waitFor();
      expect(await marker(app, ben.address)).toBe(before);
      await row(page, /four/).click();
      await expect.poll(() => marker(app, ben.address), { timeout: 30_000 }).toBe(four);

      // The app's own options go together with the node as it is now.
      await benPeer.send(chat(ann, "five"));
      const five = await idOf(app, "five", ann);
      await publish(app, ann, ben.address, five);
      await page.reload();
      await settled(page);
      await go(page, /^Inbox/);
      expect(await marker(app, ben.address)).toBe(five);
    } finally {
      await stage.close();
    }
  });

  test("the node Envoi makes takes what a chat app publishes, and nobody else can read it", async () => {
    const stage = await startStage(kind, "debian");
    try {
      const [ann, ben] = [await stage.account("ann"), await stage.account("ben")];
      const benPeer = await openPeer(stage.server, ben);
      const app = await openPeer(stage.server, ann);
      const page = await signIn(await stage.profile(), stage.app.url, ann);
      await settled(page);
      await benPeer.send(chat(ann, "hello"));
      const hello = await idOf(app, "hello", ann);
      await go(page, /^Chats/);
      await row(page, /hello/).click();
      await expect.poll(() => marker(app, ben.address), { timeout: 30_000 }).toBe(hello);
      await benPeer.send(chat(ann, "again"));
      const again = await idOf(app, "again", ann);
      await publish(app, ann, ben.address, again);
      expect(await marker(app, ben.address)).toBe(again);
      await expect(
        benPeer.session.iq({
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
