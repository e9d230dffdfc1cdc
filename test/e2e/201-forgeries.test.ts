/** Every duty of who may say what, forged from another real account, against the running app. */
import { xml } from "@xmpp/xml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mail, openPeer } from "./peer.ts";
import { row, settled, signIn, type Stage, startStage } from "./stage.ts";

describe.each(["prosody", "ejabberd"] as const)("on %s", (kind) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage(kind);
  });
  afterAll(() => stage.close());

  test("carbons, archive results, roster pushes and events of a stranger change nothing", async () => {
    const [ann, evil] = [await stage.account("ann"), await stage.account("evil")];
    const page = await signIn(await stage.profile(), stage.app.url, ann);
    await settled(page);
    const peer = await openPeer(stage.server, evil);
    // Sent to the full address too: a server delivers there what it would not fan out.
    const inner = (text: string) =>
      xml(
        "forwarded",
        { xmlns: "urn:xmpp:forward:0" },
        xml("delay", { xmlns: "urn:xmpp:delay", stamp: "2026-01-01T00:00:00Z" }),
        xml(
          "message",
          {
            xmlns: "jabber:client",
            from: ann.address,
            to: "bank@localhost",
            id: crypto.randomUUID(),
          },
          xml("subject", {}, text),
          xml("body", {}, text),
        ),
      );
    await peer.send(
      xml(
        "message",
        { to: ann.address },
        xml("sent", { xmlns: "urn:xmpp:carbons:2" }, inner("forged sent")),
      ),
    );
    await peer.send(
      xml(
        "message",
        { to: ann.address },
        xml("received", { xmlns: "urn:xmpp:carbons:2" }, inner("forged received")),
      ),
    );
    await peer.send(
      xml(
        "message",
        { to: ann.address },
        xml(
          "result",
          { xmlns: "urn:xmpp:mam:2", queryid: "guess", id: "1" },
          inner("forged archive"),
        ),
      ),
    );
    await peer.send(
      xml(
        "message",
        { to: ann.address },
        xml(
          "event",
          { xmlns: "http://jabber.org/protocol/pubsub#event" },
          xml("items", { node: "urn:xmpp:bookmarks:1" }, xml("item", { id: "x" })),
        ),
      ),
    );
    peer.session.send(
      xml(
        "iq",
        { type: "set", to: ann.address, id: "push" },
        xml(
          "query",
          { xmlns: "jabber:iq:roster" },
          xml("item", { jid: evil.address, name: "Your Bank" }),
        ),
      ),
    );
    await peer.send(mail(ann, "The canary", "still singing"));
    await row(page, /The canary/).waitFor();
    expect(await page.getByRole("grid").getByRole("row").count()).toBe(1);
    expect(await row(page, /forged/).count()).toBe(0);
    expect(await row(page, /Your Bank/).count()).toBe(0);
    await page.getByRole("link", { name: "Sent" }).click();
    await page.getByRole("heading", { name: "Nothing sent yet" }).waitFor();
  });

  test("a forged stanza-id, origin-id or id of somebody else suppresses nothing, live and from the archive", async () => {
    const [ann, bob, evil] = [
      await stage.account("ann"),
      await stage.account("bob"),
      await stage.account("evil"),
    ];
    const context = await stage.profile();
    const page = await signIn(context, stage.app.url, ann);
    await settled(page);
    const [bobPeer, evilPeer] = [
      await openPeer(stage.server, bob),
      await openPeer(stage.server, evil),
    ];
    const id = crypto.randomUUID();
    const claims = (stanzaId: string) => [
      xml("origin-id", { xmlns: "urn:xmpp:sid:0", id }),
      xml("stanza-id", { xmlns: "urn:xmpp:sid:0", by: ann.address, id: stanzaId }),
    ];
    await evilPeer.send(mail(ann, "First, from evil", "same text", claims("1"), { id }));
    await evilPeer.send(mail(ann, "Second, from evil", "same text", claims("1"), { id }));
    await bobPeer.send(mail(ann, "Real, from bob", "same text", claims("1"), { id }));
    await row(page, /Real, from bob/).waitFor();
    const all = async () => expect(await page.getByRole("grid").getByRole("row").count()).toBe(3);
    await all();
    await page.reload();
    await settled(page);
    await all();
    const fresh = await signIn(await stage.profile(), stage.app.url, ann);
    await settled(fresh);
    await row(fresh, /Real, from bob/).waitFor();
    expect(await fresh.getByRole("grid").getByRole("row").count()).toBe(3);
  });

  test("a stranger with a known thread and reply id starts a conversation of his own", async () => {
    const [ann, bob, evil] = [
      await stage.account("ann"),
      await stage.account("bob"),
      await stage.account("evil"),
    ];
    const page = await signIn(await stage.profile(), stage.app.url, ann);
    await settled(page);
    const [bobPeer, evilPeer] = [
      await openPeer(stage.server, bob),
      await openPeer(stage.server, evil),
    ];
    const id = crypto.randomUUID();
    const thread = xml("thread", {}, "known-thread");
    await bobPeer.send(mail(ann, "Plans", "ours", [thread], { id }));
    await evilPeer.send(
      mail(ann, "Plans", "theirs", [
        xml("thread", {}, "known-thread"),
        xml("reply", { xmlns: "urn:xmpp:reply:0", to: bob.address, id }),
      ]),
    );
    await row(page, /theirs/).waitFor();
    expect(await row(page, /Plans/).count()).toBe(2);
  });

  test("a receipt or a bounce of somebody the mail was not sent to says nothing", async () => {
    const [ann, bob, evil] = [
      await stage.account("ann"),
      await stage.account("bob"),
      await stage.account("evil"),
    ];
    const [bobPeer, evilPeer] = [
      await openPeer(stage.server, bob),
      await openPeer(stage.server, evil),
    ];
    const page = await signIn(await stage.profile(), stage.app.url, ann);
    await settled(page);
    await page.goto(`${stage.app.url}#/to/${bob.address}?subject=To%20bob&body=Hello`);
    await page
      .getByRole("dialog", { name: "New message" })
      .getByRole("button", { name: "Send" })
      .click();
    const sent = await bobPeer.next((r) => r.subject === "To bob");
    await evilPeer.send(
      xml(
        "message",
        { to: ann.address, id: "r" },
        xml("received", { xmlns: "urn:xmpp:receipts", id: sent.id ?? "" }),
        xml("store", { xmlns: "urn:xmpp:hints" }),
      ),
    );
    await evilPeer.send(mail(ann, "The canary", "x"));
    await row(page, /The canary/).waitFor();
    await page.getByRole("link", { name: "Sent" }).click();
    await row(page, /To bob/).click();
    await page.getByText("Sent", { exact: true }).last().waitFor();
    expect(await page.getByText("Delivered").count()).toBe(0);
    await bobPeer.send(
      xml(
        "message",
        { to: ann.address, id: "q" },
        xml("received", { xmlns: "urn:xmpp:receipts", id: sent.id ?? "" }),
        xml("store", { xmlns: "urn:xmpp:hints" }),
      ),
    );
    await page.getByText("Delivered", { exact: true }).waitFor();
  });

  test("an answer to one of our questions counts from whom was asked only", async () => {
    const [ann, evil] = [await stage.account("ann"), await stage.account("evil")];
    const [annPeer, evilPeer] = [
      await openPeer(stage.server, ann),
      await openPeer(stage.server, evil),
    ];
    // The very id of a question under way, as an eavesdropper would have it.
    const asked: string[] = [];
    const original = crypto.randomUUID.bind(crypto);
    crypto.randomUUID = () => {
      const made = original();
      asked.push(made);
      return made;
    };
    const answer = annPeer.session
      .iq({
        type: "get",
        to: evil.address,
        child: xml("query", { xmlns: "jabber:iq:version" }),
        timeoutMs: 3000,
      })
      .catch((error: Error) => error.message);
    crypto.randomUUID = original;
    const other = await openPeer(stage.server, await stage.account("other"));
    other.session.send(
      xml(
        "iq",
        { type: "result", to: annPeer.session.fullJid, id: asked[0] ?? "" },
        xml("query", { xmlns: "jabber:iq:version" }, xml("name", {}, "forged")),
      ),
    );
    expect(await answer).not.toHaveProperty("name", "iq");
    void evilPeer;
  });
});
