/** The private state on real servers, with the limits Debian ships. */
import { xml } from "@xmpp/xml";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Jid } from "../../src/mail/address.ts";
import type { StateCarrier } from "../../src/xmpp/account-state/carrier.ts";
import { openStateCarrier } from "../../src/xmpp/account-state/open-state-carrier.ts";
import { buildPayload } from "../../src/xmpp/account-state/item.ts";
import { createPrivateXmlCarrier } from "../../src/xmpp/account-state/private-xml-carrier.ts";
import { serverFeatures } from "../../src/xmpp/disco.ts";
import type { Inbound } from "../../src/xmpp/inbound.ts";
import { queryArchive } from "../../src/xmpp/mam.ts";
import { NODE_STATE } from "../../src/xmpp/nodes.ts";
import {
  create,
  deleteNode,
  fetchItems,
  listItems,
  publishItem,
  wipeItems,
} from "../../src/xmpp/pep.ts";
import { createPrivateNode } from "../../src/xmpp/private-node.ts";
import { sendInitialPresence } from "../../src/xmpp/presence.ts";
import { openSession, type Session } from "../../src/xmpp/session.ts";
import { type Server, startServer } from "../../tools/servers/server.ts";

const PASSWORD = "pässwörd 密码";
const NS_PUBSUB = "http://jabber.org/protocol/pubsub";
/** At 3 and 10 kB/s each publish takes a while. */
const SLOW_MS = 200_000;

const ROOT = { name: "state", xmlns: NODE_STATE, maxPayload: 65_536 };

describe.each([
  // Its limit is 256 items.
  { kind: "prosody", many: 300, kept: 256, tellsOfEnds: true },
  // Its limit is 1000, which would take minutes.
  { kind: "ejabberd", many: 60, kept: 60, tellsOfEnds: false },
] as const)("on $kind", ({ kind, many, kept, tellsOfEnds }) => {
  let server: Server;
  let people = 0;
  beforeAll(async () => {
    server = await startServer(kind, { profile: "debian" });
  });
  afterAll(() => server.stop());

  async function person(): Promise<Jid> {
    const local = `p${++people}`;
    await server.addAccount(local, PASSWORD);
    return `${local}@${server.domain}` as Jid;
  }

  /** A device that is told of changes. */
  async function device(jid: Jid) {
    const events: Inbound[] = [];
    const session = await openSession({
      service: server.wsUrl,
      jid,
      credential: { kind: "password", password: PASSWORD },
      scramSeen: false,
      clientId: crypto.randomUUID(),
      software: "test",
      onInbound: (event) => void events.push(event),
      onClosed: () => undefined,
    });
    onTestFinished(() => session.abort());
    await sendInitialPresence(session);
    // The server asks what the hash in presence stands for; our answer comes before the next ping's.
    await session.ping();
    await session.ping();
    const told = () =>
      events.flatMap((event) => (event.kind === "account-state" ? [event] : [])).map(summary);
    return { session, events, told };
  }

  /** Of each device several items, each at the same moment as the others'. Returns their ids. */
  async function publishAtOnce(devices: readonly Session[]): Promise<string[]> {
    const ids: string[] = [];
    const publish = (each: Session): Promise<void> => {
      const id = `m.${ids.length}`;
      ids.push(id);
      return publishItem(each, NODE_STATE, id, buildPayload("QQ=="));
    };
    for (let n = 0; n < 8; n++) await Promise.all(devices.map(publish));
    return ids;
  }

  /** Without what one server says twice. */
  const once = (texts: string[]) => texts.filter((text, at) => text !== texts[at - 1]);

  async function open(session: Session): Promise<StateCarrier> {
    const carrier = await openStateCarrier(session, await serverFeatures(session));
    if ("refused" in carrier) throw new Error(`${carrier.refused}: ${carrier.detail}`);
    return carrier;
  }

  test("every device is told what is published and taken away, and reads it", async () => {
    const jid = await person();
    const [one, two] = [await device(jid), await device(jid)];
    const carrier = await open(one.session);
    expect(carrier.kind).toBe("pep");
    expect(await carrier.list()).toEqual([]);
    await carrier.publish({ id: "j.one", payload: "b25l" });
    await carrier.publish({ id: "m.202611.x", payload: "dHdv" });
    await carrier.publish({ id: "j.one", payload: "b25lIQ==" });
    await carrier.retract(["m.202611.x", "gone"]);
    const came = ["+j.one=b25l", "+m.202611.x=dHdv", "+j.one=b25lIQ=="];
    const told = tellsOfEnds ? [...came, "-m.202611.x"] : came;
    await expect.poll(() => once(two.told())).toEqual(told);
    await expect.poll(() => once(one.told())).toEqual(told);
    const other = await open(two.session);
    expect(await other.list()).toEqual(["j.one"]);
    expect(await other.fetch(["j.one", "m.202611.x"])).toEqual([
      { id: "j.one", payload: "b25lIQ==" },
    ]);
    expect(await other.fetch(["m.202611.x"])).toEqual([]);
    // Nothing of it is mail, now or in the archive.
    const { items } = await queryArchive(two.session, { before: "", max: 10 });
    expect(items).toEqual([]);
    const kinds = new Set(two.events.map((event) => event.kind));
    expect([...kinds].toSorted()).toEqual(["account-state", "presence"]);
  });

  test(
    "of many items the newest stay, and the list tells which",
    async () => {
      const { session } = await device(await person());
      const carrier = await open(session);
      const ids = Array.from({ length: many }, (_, i) => `m.${i}`);
      for (const id of ids) await carrier.publish({ id, payload: "QQ==" });
      const listed = new Set(await carrier.list());
      expect(ids.filter((id) => listed.has(id))).toEqual(ids.slice(-kept));
      expect(listed.size).toBe(kept);
      const fetched = await carrier.fetch(ids);
      expect(fetched.map(({ id }) => id).toSorted()).toEqual(ids.slice(-kept).toSorted());
      expect(new Set(fetched.map(({ payload }) => payload))).toEqual(new Set(["QQ=="]));
    },
    SLOW_MS,
  );

  test("a node that was opened takes nothing, until it is private again", async () => {
    const { session } = await device(await person());
    const carrier = await open(session);
    await carrier.publish({ id: "a", payload: "QQ==" });
    await session.iq({ type: "set", child: accessModel("open") });
    await expect(carrier.publish({ id: "b", payload: "QQ==" })).rejects.toMatchObject({
      condition: "conflict",
    });
    await expect(carrier.list()).rejects.toMatchObject({ condition: "conflict" });
    const again = await open(session);
    await again.publish({ id: "b", payload: "QQ==" });
    expect((await again.list()).toSorted()).toEqual(["a", "b"]);
  });

  test("who subscribed while the node was open is told and shown nothing any more", async () => {
    const [ann, bob] = [await device(await person()), await device(await person())];
    await befriend(ann.session, bob.session);
    await (await open(ann.session)).publish({ id: "a", payload: "QQ==" });
    await ann.session.iq({ type: "set", child: accessModel("open") });
    const subscribe = xml("subscribe", { node: NODE_STATE, jid: bob.session.jid });
    await bob.session.iq({
      type: "set",
      to: ann.session.jid,
      child: xml("pubsub", { xmlns: NS_PUBSUB }, subscribe),
    });
    const carrier = await open(ann.session);
    await bob.session.ping();
    const before = bob.events.filter((event) => event.kind === "rejected").length;
    await carrier.publish({ id: "b", payload: "QQ==" });
    await expect.poll(() => ann.told()).toContain("+b=QQ==");
    expect((await carrier.list()).toSorted()).toEqual(["a", "b"]);
    await expect(readItemsOf(ann.session.jid, bob.session)).rejects.toMatchObject({
      name: "StanzaError",
    });
    expect(bob.events.filter((event) => event.kind === "rejected")).toHaveLength(before);
  });

  test("two devices that open it at once where a device that is gone had kept things apart lose nothing", async () => {
    const jid = await person();
    const [one, two] = [(await device(jid)).session, (await device(jid)).session];
    const carrier = await open(one);
    for (const id of ["a", "b"]) await carrier.publish({ id, payload: "QQ==" });
    const spare = `${NODE_STATE}#kept`;
    await createPrivateNode(one, spare);
    await publishItem(one, spare, "kept", buildPayload("QQ=="));
    await publishItem(one, spare, "urn:envoi:turn:0#gone", xml("turn"));
    await one.iq({ type: "set", child: accessModel("open") });
    await Promise.all(
      [one, two].map(async (each) => {
        // Who comes at once with another lets go, and comes again some time later.
        while ("refused" in (await createPrivateNode(each, NODE_STATE)))
          await new Promise((go) => setTimeout(go, Math.random() * 500));
      }),
    );
    expect((await carrier.list()).toSorted()).toEqual(["a", "b", "kept"]);
    await expect(listItems(one, spare)).rejects.toMatchObject({ condition: "item-not-found" });
  });

  test("what two devices published at once is not to be read in a node of anybody else, once theirs was wiped", async () => {
    const jid = await person();
    const [one, two] = [(await device(jid)).session, (await device(jid)).session];
    await open(one);
    await publishAtOnce([one, two]);
    await wipeItems(one, NODE_STATE, await listItems(one, NODE_STATE));
    await deleteNode(one, NODE_STATE);
    const { session } = await device(await person());
    await create(session, NODE_STATE);
    const left = await fetchItems(session, NODE_STATE, await listItems(session, NODE_STATE));
    expect(left.filter(({ payload }) => payload?.name === "state")).toEqual([]);
    const carrier = await open(session);
    await carrier.publish({ id: "mine", payload: "QQ==" });
    expect(await carrier.fetch(["mine"])).toEqual([{ id: "mine", payload: "QQ==" }]);
  });

  test("what others left on the server when their node was deleted is not in mine", async () => {
    const jid = await person();
    const [one, two] = [(await device(jid)).session, (await device(jid)).session];
    await open(one);
    await publishAtOnce([one, two]);
    await deleteNode(one, NODE_STATE);
    const carrier = await open((await device(await person())).session);
    expect(await carrier.list()).toEqual([]);
  });

  test("what two devices published at once is all there once their node was made anew", async () => {
    const jid = await person();
    const [one, two] = [(await device(jid)).session, (await device(jid)).session];
    await open(one);
    const ids = await publishAtOnce([one, two]);
    await one.iq({ type: "set", child: accessModel("open") });
    const carrier = await open(one);
    expect(carrier.wasOpen).toBe(true);
    const found = await carrier.fetch(ids);
    expect(found.filter(({ payload }) => payload === "QQ==")).toHaveLength(ids.length);
    expect((await open(two)).wasOpen).toBeUndefined();
  });

  test("a node deleted under us is noticed, and nobody else can read what comes after", async () => {
    const [ann, bob] = [await device(await person()), await device(await person())];
    await befriend(ann.session, bob.session);
    const carrier = await open(ann.session);
    await carrier.publish({ id: "a", payload: "QQ==" });
    await deleteNode(ann.session, NODE_STATE);
    if (tellsOfEnds) await expect.poll(() => ann.told()).toContain("gone");
    await expect(carrier.list()).rejects.toMatchObject({ condition: "item-not-found" });
    await carrier.publish({ id: "b", payload: "QQ==" });
    await expect(readItemsOf(ann.session.jid, bob.session)).rejects.toMatchObject({
      name: "StanzaError",
    });
    const again = await open(ann.session);
    for (const id of ["a", "b", "c"]) await again.publish({ id, payload: "QQ==" });
    // What others left where a publish made the node (pep.ts wipeItems) says nothing.
    const said = (await again.fetch(await again.list())).filter(({ payload }) => payload !== "");
    expect(said.map(({ id }) => id).toSorted()).toEqual(["a", "b", "c"]);
    expect(bob.told()).toEqual([]);
  });

  test("a contact's node of the same name is not mine", async () => {
    const [ann, bob] = [await device(await person()), await device(await person())];
    await befriend(ann.session, bob.session);
    const create = xml("create", { node: NODE_STATE });
    await bob.session.iq({ type: "set", child: xml("pubsub", { xmlns: NS_PUBSUB }, create) });
    await bob.session.iq({ type: "set", child: accessModel("presence") });
    const payload = xml("state", { xmlns: NODE_STATE }, "ZXZpbA==");
    const item = xml("publish", { node: NODE_STATE }, xml("item", { id: "j.x" }, payload));
    await bob.session.iq({ type: "set", child: xml("pubsub", { xmlns: NS_PUBSUB }, item) });
    const refused = { kind: "rejected", why: "event from somebody else" };
    await expect.poll(() => ann.events).toContainEqual(refused);
    expect(ann.told()).toEqual([]);
  });

  test("other nodes work the same, and what is not there is not found", async () => {
    const { session } = await device(await person());
    await expect(listItems(session, "urn:test:none")).rejects.toMatchObject({
      condition: "item-not-found",
    });
    expect(await fetchItems(session, "urn:test:none", ["a", "b"])).toEqual([]);
    const payload = xml("p", { xmlns: "urn:test" }, "x");
    await publishItem(session, "urn:test:made", "a", payload);
    expect(await listItems(session, "urn:test:made")).toEqual(["a"]);
  });

  test("private XML carries it too", async () => {
    const jid = await person();
    const [one, two] = [(await device(jid)).session, (await device(jid)).session];
    const carrier = createPrivateXmlCarrier(one, ROOT, 60_000);
    expect(await carrier.list()).toEqual([]);
    await Promise.all(
      Array.from({ length: 10 }, (_, i) => carrier.publish({ id: `j.${i}`, payload: "QQ==" })),
    );
    await carrier.publish({ id: "j.3", payload: "Qg==" });
    await carrier.retract(["j.0", "gone"]);
    const other = createPrivateXmlCarrier(two, ROOT, 60_000);
    expect(await other.list()).toEqual(Array.from({ length: 9 }, (_, i) => `j.${i + 1}`));
    expect(await other.fetch(["j.0", "j.3"])).toEqual([{ id: "j.3", payload: "Qg==" }]);
    await other.retract(await other.list());
    expect(await carrier.list()).toEqual([]);
  });
});

/** "+" for items that came, "-" for those that went. */
function summary(event: Extract<Inbound, { kind: "account-state" }>): string {
  const came = event.items.map(({ id, payload }) => `+${id}=${payload}`);
  const went = event.retracted.map((id) => `-${id}`);
  return [...came, ...went, ...(event.isGone ? ["gone"] : [])].join(" ");
}

/** What somebody else gets of the node. */
function readItemsOf(owner: Jid, reader: Session) {
  const child = xml("pubsub", { xmlns: NS_PUBSUB }, xml("items", { node: NODE_STATE }));
  return reader.iq({ type: "get", to: owner, child });
}

function accessModel(model: string) {
  const field = (name: string, value: string, type?: string) =>
    xml("field", { var: name, type }, xml("value", {}, value));
  const form = xml(
    "x",
    { xmlns: "jabber:x:data", type: "submit" },
    field("FORM_TYPE", `${NS_PUBSUB}#node_config`, "hidden"),
    field("pubsub#access_model", model),
  );
  const configure = xml("configure", { node: NODE_STATE }, form);
  return xml("pubsub", { xmlns: `${NS_PUBSUB}#owner` }, configure);
}

/** Each sees the other's presence. */
async function befriend(ann: Session, bob: Session): Promise<void> {
  for (const type of ["subscribe", "subscribed"]) {
    ann.send(xml("presence", { type, to: bob.jid }));
    bob.send(xml("presence", { type, to: ann.jid }));
    await Promise.all([ann.ping(), bob.ping()]);
  }
  await Promise.all([sendInitialPresence(ann), sendInitialPresence(bob)]);
  await Promise.all([ann.ping(), bob.ping()]);
}
