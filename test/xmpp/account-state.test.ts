/** Where the private state may lie, on servers that would tell it to others, lose it, or never answer. */
import { expect, test } from "vitest";
import type { StateCarrier } from "../../src/xmpp/account-state/carrier.ts";
import { openStateCarrier } from "../../src/xmpp/account-state/open-state-carrier.ts";
import { serverFeatures } from "../../src/xmpp/disco.ts";
import { createDraftNodeCarrier } from "../../src/xmpp/drafts.ts";
import { NODE_DRAFTS, NODE_STATE } from "../../src/xmpp/nodes.ts";
import { createPrivateNode } from "../../src/xmpp/private-node.ts";
import type { HostileOptions } from "../hostile/server.ts";
import { ANN, annOn, heard, pepServer } from "./pep-stage.ts";

const PRIVATE_XML = `state ${NODE_STATE}`;

async function stage(options: HostileOptions = { pep: true }) {
  const server = pepServer(options);
  const ann = await annOn(server);
  const open = async () => openStateCarrier(ann.session, await serverFeatures(ann.session));
  const opened = async (): Promise<StateCarrier> => {
    const carrier = await open();
    if ("refused" in carrier) throw new Error(`${carrier.refused}: ${carrier.detail}`);
    return carrier;
  };
  const storage = server.account(ANN)?.privateXml ?? new Map<string, string>();
  return { server, pep: server.faults.pep, ...ann, open, opened, storage };
}

test.each([
  ["pep", { pep: true, privateXml: true }],
  ["private-xml", { privateXml: true }],
] as const)("items are kept by %s", async (kind, options) => {
  const { opened } = await stage(options);
  const carrier = await opened();
  expect(carrier.kind).toBe(kind);
  expect(await carrier.list()).toEqual([]);
  const items = ["m.202611.x", "j.phone", "r.1"].map((id) => ({ id, payload: btoa(id) }));
  await Promise.all(items.map((item) => carrier.publish(item)));
  await carrier.publish({ id: "j.phone", payload: "bmV3" });
  expect((await carrier.list()).toSorted()).toEqual(["j.phone", "m.202611.x", "r.1"]);
  expect(await carrier.fetch(["j.phone", "gone", "r.1"])).toEqual(
    expect.arrayContaining([{ id: "j.phone", payload: "bmV3" }, items[2]]),
  );
  await carrier.retract(["r.1", "gone", "m.202611.x"]);
  expect(await carrier.list()).toEqual(["j.phone"]);
});

test("an item that was only written over is not there for who asks for it", async () => {
  const { opened, session, nodes } = await stage();
  const carriers = [await opened(), createDraftNodeCarrier(session)];
  await createPrivateNode(session, NODE_DRAFTS);
  for (const node of [NODE_STATE, NODE_DRAFTS])
    nodes.get(node)?.items.set("a", "<item id='a'><gone xmlns='urn:envoi:gone:0'/></item>");
  for (const carrier of carriers) {
    await carrier.publish({ id: "b", payload: "QQ==" });
    expect(await carrier.fetch(["a", "b"])).toEqual([{ id: "b", payload: "QQ==" }]);
  }
});

test("nothing is published to a node that others can read", async () => {
  const { server, pep, open, nodes } = await stage();
  const published = heard(server, /<publish/);
  pep.accessModel = () => "open";
  expect(await open()).toEqual({ refused: "not-private", detail: "access model open" });
  expect(published).toEqual([]);
  expect(nodes.get(NODE_STATE)?.items.size).toBe(0);
});

test("a server that cannot make a node private keeps the state where only I can read it", async () => {
  const { pep, opened } = await stage({ pep: true, privateXml: true });
  pep.accessModel = () => "presence";
  expect((await opened()).kind).toBe("private-xml");
});

test("a server that does not know publish options gets no node at all", async () => {
  const { server, session } = await stage();
  const asked = heard(server, /protocol\/pubsub/);
  const features = { pep: true, pepPublishOptions: false, refusesParts: false };
  expect(await openStateCarrier(session, features)).toMatchObject({ refused: "no-pep" });
  expect(asked).toEqual([]);
});

test("a node that keeps too little is not used", async () => {
  const { pep, open } = await stage();
  pep.refuses = new Set(["max_items"]);
  expect(await open()).toEqual({ refused: "no-pep", detail: "it keeps 1 items" });
});

test("what may pass is told as that, and nothing else is used meanwhile", async () => {
  const { server, open } = await stage({ pep: true, privateXml: true });
  server.on((frame) => {
    if (!frame.text.includes("<create")) return false;
    const { id } = frame.element.attrs;
    frame.connection.say(
      `<iq xmlns='jabber:client' type='error' id='${id}'><error type='wait'><internal-server-error xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`,
    );
    return true;
  });
  expect(await open()).toEqual({ refused: "failed", detail: "internal-server-error" });
});

test("a server that never answers is lost, not refused", async () => {
  const { server, session, open } = await stage();
  server.faults.mute.add("pep");
  const opening = open();
  await session.ping();
  session.abort();
  await expect(opening).rejects.toMatchObject({ problem: "lost" });
});

test("a node opened, full, or deleted under us refuses, and the list tells what is missing", async () => {
  const { pep, nodes, events, opened } = await stage();
  const carrier = await opened();
  await carrier.publish({ id: "a", payload: "QQ==" });
  nodes.get(NODE_STATE)?.config.set("access_model", "open");
  await expect(carrier.publish({ id: "b", payload: "QQ==" })).rejects.toMatchObject({
    condition: "conflict",
  });
  pep.publishError = "resource-constraint";
  await expect(carrier.publish({ id: "b", payload: "QQ==" })).rejects.toMatchObject({
    condition: "resource-constraint",
  });
  pep.publishError = undefined;
  const again = await opened();
  pep.forgets = (id) => id === "lost";
  pep.keeps = 2;
  for (const id of ["b", "lost", "c"]) await again.publish({ id, payload: "QQ==" });
  expect(await again.list()).toEqual(["b", "c"]);
  nodes.delete(NODE_STATE);
  await expect(again.list()).rejects.toMatchObject({ condition: "item-not-found" });
  expect(await again.fetch(["b", "c"])).toEqual([]);
  // As Prosody does it: the publish makes a node, private and with room for one.
  await again.publish({ id: "b", payload: "QQ==" });
  await again.publish({ id: "c", payload: "QQ==" });
  await expect(again.list()).rejects.toMatchObject({ condition: "conflict" });
  await (await opened()).publish({ id: "d", payload: "QQ==" });
  expect(nodes.get(NODE_STATE)?.config.get("access_model")).toBe("whitelist");
  expect(events.filter((e) => e.kind === "account-state")).toHaveLength(7);
});

test("a contact's event is not the account's, whatever it says", async () => {
  const { server, events, session, opened } = await stage();
  const carrier = await opened();
  const event = `<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='${NODE_STATE}'><item id='j.evil'><state xmlns='${NODE_STATE}'>QQ==</state></item><retract id='a'/></items></event>`;
  const gone = `<event xmlns='http://jabber.org/protocol/pubsub#event'><delete node='${NODE_STATE}'/></event>`;
  for (const from of ["evil@x.test", "evil@x.test/r", `${ANN}/elsewhere`, "hostile.example"])
    for (const more of [event, gone]) server.mail({ from, to: ANN, type: "headline", more });
  await session.ping();
  expect(events.map((e) => e.kind)).toEqual(Array.from({ length: 8 }, () => "rejected"));
  await carrier.publish({ id: "a", payload: "QQ==" });
  await session.ping();
  expect(events.at(-1)).toMatchObject({ kind: "account-state", items: [{ id: "a" }] });
});

test("what others left on the node stands there and says nothing", async () => {
  const { nodes, opened } = await stage();
  const carrier = await opened();
  const items = nodes.get(NODE_STATE)?.items;
  const state = (text: string) => `<state xmlns='${NODE_STATE}'>${text}</state>`;
  items?.set("atom", "<item id='atom'><entry xmlns='http://www.w3.org/2005/Atom'/></item>");
  items?.set("huge", `<item id='huge'>${state("A".repeat(70_000))}</item>`);
  items?.set("new", `<item id='new'><state xmlns='urn:envoi:state:9'>QQ==</state></item>`);
  items?.set("none", "<item id='none'/>");
  items?.set("ok", `<item id='ok'>${state("QQ==")}</item>`);
  const ids = await carrier.list();
  expect(await carrier.fetch(ids)).toEqual([
    ...["atom", "huge", "new", "none"].map((id) => ({ id, payload: "" })),
    { id: "ok", payload: "QQ==" },
  ]);
  expect(items?.size).toBe(5);
});

test("private XML is written whole, once for all that waits, and keeps what is not ours", async () => {
  const { server, storage, opened } = await stage({ privateXml: true });
  const odd = "<shelf xmlns='urn:other'><item id='j.a'>x</item></shelf>";
  storage.set(PRIVATE_XML, `<state xmlns='${NODE_STATE}'>${odd}<item>?</item></state>`);
  const carrier = await opened();
  const writes = heard(server, /<iq[^>]*type="set".*jabber:iq:private/);
  await Promise.all(
    Array.from({ length: 20 }, (_, i) => carrier.publish({ id: `j.${i}`, payload: "QQ==" })),
  );
  await carrier.retract(["j.0", "j.1"]);
  expect(writes).toHaveLength(2);
  expect(await carrier.list()).toHaveLength(18);
  const kept = storage.get(PRIVATE_XML) ?? "";
  expect(kept).toContain("urn:other");
  expect(kept).toContain("<item>?</item>");
});

test("private XML that grows too large for a stanza is refused here, and the rest stays", async () => {
  const { opened, storage } = await stage({ privateXml: true, maxStanzaBytes: 30_000 });
  const carrier = await opened();
  await carrier.publish({ id: "a", payload: "A".repeat(10_000) });
  const before = storage.get(PRIVATE_XML);
  await expect(carrier.publish({ id: "b", payload: "A".repeat(20_000) })).rejects.toMatchObject({
    condition: "resource-constraint",
  });
  expect(storage.get(PRIVATE_XML)).toBe(before);
  await carrier.publish({ id: "c", payload: "QQ==" });
  expect(await carrier.list()).toEqual(["a", "c"]);
});
