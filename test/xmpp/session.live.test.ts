/** The wire against real servers. */
import { xml } from "@xmpp/xml";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createGaze, tellGaze } from "../../src/engine/gaze.ts";
import type { Jid } from "../../src/mail/address.ts";
import { enableCarbons } from "../../src/xmpp/carbons.ts";
import { serverFeatures } from "../../src/xmpp/disco.ts";
import { probeEndpoint } from "../../src/xmpp/discovery.ts";
import type { Inbound } from "../../src/xmpp/inbound.ts";
import { queryArchive } from "../../src/xmpp/mam.ts";
import { buildMessage } from "../../src/xmpp/message.ts";
import { fetchRoster } from "../../src/xmpp/roster.ts";
import { findServices } from "../../src/xmpp/services.ts";
import { openSession, type SessionOptions } from "../../src/xmpp/session.ts";
import { type Server, startServer } from "../../tools/servers/server.ts";
import { signIn } from "../../tools/servers/tiny-client.ts";

const PASSWORD = "pässwörd 密码";

describe.each(["prosody", "ejabberd"] as const)("on %s", (kind) => {
  let server: Server;
  let people = 0;
  beforeAll(async () => {
    server = await startServer(kind);
  });
  afterAll(() => server.stop());

  /** Somebody of this test alone, with an empty archive. */
  async function person(): Promise<Jid> {
    const local = `p${++people}`;
    await server.addAccount(local, PASSWORD);
    return `${local}@${server.domain}` as Jid;
  }

  async function open(jid: Jid, more: Partial<SessionOptions> = {}) {
    const events: Inbound[] = [];
    const acked: string[] = [];
    let ended: (reason: string) => void = () => undefined;
    const closed = new Promise<string>((resolve) => (ended = resolve));
    const session = await openSession({
      service: server.wsUrl,
      jid,
      credential: { kind: "password", password: PASSWORD },
      scramSeen: false,
      clientId: "test",
      software: "test",
      onInbound: (event) => void events.push(event),
      onAcked: (ids) => acked.push(...ids),
      onClosed: (error) => ended(error.problem),
      ...more,
    });
    onTestFinished(() => session.abort());
    const present = async () => {
      session.send(xml("presence"));
      await session.ping();
    };
    const bodies = () =>
      events.flatMap((e) => ("received" in e && e.received.body ? [e.received.body] : []));
    return { session, events, acked, closed, present, bodies };
  }

  const mail = (to: Jid, body: string, id: string = crypto.randomUUID()) =>
    buildMessage({ to, id, subject: "S", body, thread: { id: "t" }, fallbacks: [], addresses: [] });

  test("signs in by SCRAM, then by the keys it gave, never by PLAIN", async () => {
    const jid = await person();
    const first = (await open(jid)).session;
    expect(first.mechanism).toMatch(/^SCRAM-/);
    expect(first.fullJid.startsWith(`${jid}/`)).toBe(true);
    expect(first.hasStreamManagement).toBe(true);
    if (first.keys === undefined) throw new Error("no keys");
    const credential = { kind: "scram" as const, keys: [first.keys] };
    expect((await open(jid, { credential })).session.mechanism).toBe(first.mechanism);
    await server.setPassword(jid.split("@")[0] ?? "", "another");
    await expect(open(jid, { credential })).rejects.toMatchObject({ problem: "wrong-password" });
  });

  test("tells a wrong password", async () => {
    const jid = await person();
    await expect(
      open(jid, { credential: { kind: "password", password: "wrong" } }),
    ).rejects.toMatchObject({ problem: "wrong-password" });
  });

  test("carries messages both ways and says when the server has them", async () => {
    const [ann, bob] = [await open(await person()), await open(await person())];
    await Promise.all([ann.present(), bob.present()]);
    ann.session.send(mail(bob.session.jid, "to bob", "id-1"));
    await expect.poll(bob.bodies).toEqual(["to bob"]);
    await expect.poll(() => ann.acked).toContain("id-1");
    bob.session.send(mail(ann.session.jid, "to ann"));
    await expect.poll(ann.bodies).toEqual(["to ann"]);
    expect(ann.events.find((e) => e.kind === "message")).toMatchObject({
      received: { type: "normal", from: bob.session.jid, subject: "S", thread: { id: "t" } },
    });
  });

  test("pages through the archive, backwards and forwards, several queries at once", async () => {
    const { session } = await open(await person());
    const to = await person();
    expect(await serverFeatures(session)).toMatchObject({
      archive: true,
      carbons: true,
      pep: true,
      pepPublishOptions: true,
    });
    for (let i = 0; i < 7; i++) session.send(mail(to, `m${i}`));
    await session.ping();
    await expect
      .poll(async () => (await queryArchive(session, { before: "", max: 50 })).items.length)
      .toBe(7);
    const texts = (page: Awaited<ReturnType<typeof queryArchive>>) =>
      page.items.map((item) => item.received.body);
    const newest = await queryArchive(session, { before: "", max: 3 });
    expect(texts(newest)).toEqual(["m4", "m5", "m6"]);
    expect(newest).toMatchObject({ complete: false, ended: true, unreadable: [] });
    const [older, after] = await Promise.all([
      queryArchive(session, { before: newest.marks[0]?.archiveId ?? "", max: 50 }),
      queryArchive(session, { after: newest.marks[0]?.archiveId ?? "", max: 50 }),
    ]);
    expect(texts(older)).toEqual(["m0", "m1", "m2", "m3"]);
    expect(older.complete).toBe(true);
    expect(texts(after)).toEqual(["m5", "m6"]);
    expect(newest.marks.at(-1)?.archiveId).toBe(after.marks.at(-1)?.archiveId);
  });

  test("resumes after the socket was cut: nothing lost, nothing twice", async () => {
    const jid = await person();
    const peer = await open(await person());
    const before = await open(jid, { resumable: true });
    await before.present();
    before.session.abort();
    expect(await before.closed).toBe("lost");
    const state = await before.session.resumeState();
    if (state === undefined) throw new Error("nothing to resume");
    await peer.present();
    peer.session.send(mail(jid, "while away"));
    await peer.session.ping();
    const after = await open(jid, { resumable: true, resume: state });
    expect(after.session.resumed).toBe(true);
    expect(after.session.fullJid).toBe(before.session.fullJid);
    await expect.poll(after.bodies).toEqual(["while away"]);
    expect(after.session.earlierHandled).toBe(state.sent);
    after.session.send(mail(peer.session.jid, "written late", "late"));
    await expect.poll(peer.bodies).toEqual(["written late"]);
    await expect.poll(() => after.acked).toContain("late");
    await after.session.ping();
    after.session.abort();
    const again = await open(jid, {
      resumable: true,
      resume: (await after.session.resumeState()) ?? state,
    });
    expect(again.session.resumed).toBe(true);
    await again.session.ping();
    expect(again.bodies()).toEqual([]);
    expect(peer.bodies()).toEqual(["written late"]);
  });

  test("goes on answering where the page before it went unseen", async () => {
    const jid = await person();
    const before = await open(jid, { resumable: true });
    before.session.setActive(false);
    await before.session.ping();
    before.session.abort();
    const state = await before.session.resumeState();
    if (state === undefined) throw new Error("nothing to resume");
    const { session } = await open(jid, { resumable: true, resume: state });
    expect(session.resumed).toBe(true);
    onTestFinished(tellGaze(session, createGaze(true)));
    await session.ping();
    // Prosody's mod_csi_simple takes five seconds until it holds back what it writes.
    await new Promise((resolve) => setTimeout(resolve, 6000));
    await session.ping(4000);
  });

  test("begins anew where the stream is forgotten", async () => {
    const jid = await person();
    const fullJid = `${jid}/gone` as never;
    const { session } = await open(jid, {
      resume: { id: "unheard-of", fullJid, inbound: 3, sent: 5 },
    });
    expect(session.resumed).toBe(false);
    expect(session.earlierHandled).toBeUndefined();
    await session.ping();
  });

  test("a clean close leaves nothing to resume", async () => {
    const { session } = await open(await person(), { resumable: true });
    await session.close();
    expect(await session.resumeState()).toBeUndefined();
    expect(() => session.send(xml("presence"))).toThrow("closed by us");
  });

  test("shows what my other device sends and gets", async () => {
    const jid = await person();
    const peer = await open(await person());
    const [desk, phone] = [await open(jid), await open(jid)];
    await enableCarbons(desk.session);
    await Promise.all([peer.present(), desk.present(), phone.present()]);
    phone.session.send(mail(peer.session.jid, "from my phone"));
    await expect.poll(desk.bodies).toEqual(["from my phone"]);
    expect(desk.events.find((e) => e.kind === "carbon")).toMatchObject({
      direction: "sent",
      received: { from: jid, to: peer.session.jid },
    });
  });

  test("an answer from another real account, with the right id, is not believed", async () => {
    const [ann, evil] = [await open(await person()), await open(await person())];
    await ann.present();
    // Somebody who answers when told to, not before.
    const asked = await person();
    const slow = await signIn(server.wsUrl, server.domain, asked.split("@")[0] ?? "", PASSWORD);
    onTestFinished(() => slow.close());
    const answer = ann.session.iq({
      type: "get",
      to: `${asked}/test`,
      child: xml("query", { xmlns: "jabber:iq:version" }),
    });
    const question = await slow.next(/jabber:iq:version/);
    const id = /\bid=['"]([^'"]+)/.exec(question)?.[1] ?? "";
    evil.session.send(
      xml("iq", { type: "result", to: ann.session.fullJid, id }, xml("forged", { xmlns: "x" })),
    );
    await expect
      .poll(() => ann.events)
      .toContainEqual({ kind: "rejected", why: "answer from somebody who was not asked" });
    slow.send(
      `<iq xmlns='jabber:client' type='result' to='${ann.session.fullJid}' id='${id}'><real xmlns='x'/></iq>`,
    );
    expect((await answer).getChild("real")).toBeDefined();
  });

  test("roster pushes of a stranger and of my server are told apart", async () => {
    const [ann, evil] = [await open(await person()), await open(await person())];
    await ann.present();
    expect((await fetchRoster(ann.session, undefined))?.items).toEqual([]);
    const push = (jid: string) => xml("query", { xmlns: "jabber:iq:roster" }, xml("item", { jid }));
    await expect(
      evil.session.iq({ type: "set", to: ann.session.fullJid, child: push("bank@x.test") }),
    ).rejects.toMatchObject({ name: "StanzaError" });
    await ann.session.iq({ type: "set", child: push("mum@x.test") });
    await expect
      .poll(() => ann.events.filter((e) => e.kind === "roster").flatMap((e) => e.items))
      .toMatchObject([{ jid: "mum@x.test" }]);
  });

  test("finds what else the server runs, and takes silence for no answer", async () => {
    const { session } = await open(await person());
    const { upload } = await findServices(session);
    expect(upload?.jid).toContain(server.domain);
    expect(upload?.maxBytes).toBe(100 * 1024 * 1024);
    session.setActive(false);
    session.setActive(true);
    await session.ping();
    session.abort();
    await expect(findServices(session)).rejects.toMatchObject({ problem: "lost" });
    await expect(serverFeatures(session)).rejects.toMatchObject({ problem: "lost" });
  });

  // In every form a keyboard may give it: composed, decomposed, with invisible characters, wide, half-width.
  test.each([
    ["пароль", "пароль"],
    ["cafe\u0301", "caf\u00E9"],
    ["caf\u00E9", "cafe\u0301"],
    ["soft\u00ADly", "softly"],
    ["no\u00A0break", "no break"],
    ["ＡＢＣ Ⅳ", "ABC IV"],
    ["ﾊﾟｽﾜｰﾄﾞ", "パスワード"],
    ["كلمة السر", "كلمة السر"],
  ])("takes the password %j as %j", async (made, typed) => {
    const local = `p${++people}`;
    await server.addAccount(local, made);
    const jid = `${local}@${server.domain}` as Jid;
    for (const password of [made, typed])
      (await open(jid, { credential: { kind: "password", password } })).session.abort();
  });

  test("probes without a password", async () => {
    const probe = (url: string, domain = server.domain) =>
      probeEndpoint(url, domain, { timeoutMs: 3000 });
    expect(await probe(server.wsUrl)).toBe("xmpp");
    expect(await probe(server.wsUrl, "elsewhere.test")).toBe("not-xmpp");
    expect(await probe("ws://127.0.0.1:9/ws")).toBe("unreachable");
  });
});
