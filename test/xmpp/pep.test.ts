/** Private nodes on a server that refuses, pages, forgets, or lets others read. */
import { xml } from "@xmpp/xml";
import { expect, test } from "vitest";
import {
  createPrivateNode,
  deleteNode,
  fetchItems,
  listItems,
  publishItem,
  retractItems,
} from "../../src/xmpp/pep.ts";
import type { PepNode } from "../hostile/pep.ts";
import { annOn, heard, pepServer } from "./pep-stage.ts";

const NODE = "urn:test:0";
const payload = (text: string) => xml("p", { xmlns: "urn:test" }, text);

function nodeWith(config: Record<string, string>, more: Partial<PepNode> = {}): PepNode {
  const none = { items: new Map(), affiliations: new Map(), subscriptions: new Map() };
  return { config: new Map(Object.entries(config)), ...none, ...more };
}

async function stage() {
  const server = pepServer();
  return { server, pep: server.faults.pep, ...(await annOn(server)) };
}

test("a node is made for me alone, to keep everything, with nobody told at sign-in", async () => {
  const { session, nodes } = await stage();
  expect(await createPrivateNode(session, NODE)).toEqual({ node: NODE });
  expect(Object.fromEntries(nodes.get(NODE)?.config ?? [])).toEqual({
    access_model: "whitelist",
    persist_items: "1",
    max_items: "max",
    send_last_published_item: "never",
    notify_retract: "1",
  });
});

test("an older server gets a number it takes, and says how many it keeps", async () => {
  const { session, pep } = await stage();
  pep.refuses = new Set(["max_items=max", "max_items=1000"]);
  expect(await createPrivateNode(session, NODE)).toEqual({ node: NODE, maxItems: 256 });
});

test("a server that knows few options gets what is needed, and no more", async () => {
  const { session, nodes, pep } = await stage();
  pep.refuses = new Set(["notify_retract"]);
  expect(await createPrivateNode(session, NODE)).toEqual({ node: NODE, maxItems: 1 });
  expect(nodes.get(NODE)?.config.get("access_model")).toBe("whitelist");
  pep.refuses = new Set(["access_model"]);
  expect(await createPrivateNode(session, "urn:test:1")).toMatchObject({ refused: "failed" });
  expect(nodes.has("urn:test:1")).toBe(false);
});

test("a node that is there is repaired, and keeps what it holds", async () => {
  const { session, nodes } = await stage();
  const items = new Map([["a", "<item id='a'/>"]]);
  nodes.set(
    NODE,
    nodeWith({ access_model: "open", persist_items: "true", max_items: "1" }, { items }),
  );
  expect(await createPrivateNode(session, NODE)).toEqual({ node: NODE });
  expect(nodes.get(NODE)?.config.get("access_model")).toBe("whitelist");
  expect(await listItems(session, NODE)).toEqual(["a"]);
});

test("a node to which others may publish is put right, or is not mine", async () => {
  const { session, nodes, pep } = await stage();
  const config = { access_model: "whitelist", persist_items: "1", max_items: "max" };
  nodes.set(NODE, nodeWith({ ...config, publish_model: "open" }));
  expect(await createPrivateNode(session, NODE)).toEqual({ node: NODE });
  expect(nodes.get(NODE)?.config.get("publish_model")).toBe("publishers");
  nodes.set(NODE, nodeWith({ ...config, publish_model: "subscribers" }));
  pep.refuses = new Set(["publish_model"]);
  expect(await createPrivateNode(session, NODE)).toMatchObject({ refused: "not-private" });
});

test("a node that tells of items without what is in them is made to tell all", async () => {
  const { session, nodes } = await stage();
  await createPrivateNode(session, NODE);
  nodes.get(NODE)?.config.set("deliver_payloads", "0");
  expect(await createPrivateNode(session, NODE)).toEqual({ node: NODE });
  expect(nodes.get(NODE)?.config.get("deliver_payloads")).toBe("1");
});

test("a node that is right is left alone", async () => {
  const { server, session } = await stage();
  await createPrivateNode(session, NODE);
  const writes = heard(server, /<iq[^>]*type="set"/);
  expect(await createPrivateNode(session, NODE)).toEqual({ node: NODE });
  expect(writes).toEqual([]);
});

test("a node that another device makes at the same time is taken as it is, and put right", async () => {
  const { server, session, nodes } = await stage();
  const stop = server.on((frame) => {
    if (!frame.text.includes("<create")) return;
    stop();
    nodes.set(NODE, nodeWith({ access_model: "presence", persist_items: "1", max_items: "1" }));
  });
  expect(await createPrivateNode(session, NODE)).toEqual({ node: NODE });
  expect(nodes.get(NODE)?.config.get("access_model")).toBe("whitelist");
});

test("what the server makes of the access model counts, not what was asked for", async () => {
  const { session, nodes, pep } = await stage();
  pep.accessModel = () => "open";
  const refused = { refused: "not-private", detail: "access model open" };
  expect(await createPrivateNode(session, NODE)).toEqual(refused);
  nodes.set("urn:test:1", nodeWith({ access_model: "presence", persist_items: "1" }));
  expect(await createPrivateNode(session, "urn:test:1")).toEqual(refused);
  nodes.set("urn:test:2", nodeWith({ persist_items: "1" }));
  pep.refuses = new Set(["access_model"]);
  expect(await createPrivateNode(session, "urn:test:2")).toMatchObject({ refused: "not-private" });
});

const STRANGERS = {
  affiliations: [
    ["ann@hostile.example", "owner"],
    ["eve@x.test", "member"],
    ["out@x.test", "outcast"],
  ],
  subscriptions: [
    ["ann@hostile.example/here", "subscribed"],
    ["mallory@x.test/phone", "subscribed"],
  ],
} as const;

function opened(access = "open"): PepNode {
  return nodeWith(
    { access_model: access, persist_items: "1", max_items: "max" },
    {
      items: new Map(["a", "b"].map((id) => [id, `<item id='${id}'><p xmlns='urn:test'/></item>`])),
      affiliations: new Map(STRANGERS.affiliations),
      subscriptions: new Map(STRANGERS.subscriptions),
    },
  );
}

const others = (node: PepNode | undefined) =>
  [...(node?.affiliations.keys() ?? []), ...(node?.subscriptions.keys() ?? [])].filter(
    (jid) => !jid.startsWith("ann@") && !jid.startsWith("out@"),
  );

test("who was let in before is sent away", async () => {
  const { session, nodes } = await stage();
  nodes.set(NODE, opened());
  expect(await createPrivateNode(session, NODE)).toEqual({ node: NODE });
  expect(others(nodes.get(NODE))).toEqual([]);
  expect([...(nodes.get(NODE)?.subscriptions.keys() ?? [])]).toEqual(["ann@hostile.example/here"]);
});

test.each(["stay", "hidden"] as const)(
  "where strangers %s, the node is made anew without them, with all it held",
  async (strangers) => {
    const { session, nodes, pep } = await stage();
    pep.strangers = strangers;
    nodes.set(NODE, opened());
    expect(await createPrivateNode(session, NODE)).toEqual({ node: NODE });
    expect(others(nodes.get(NODE))).toEqual([]);
    expect(await listItems(session, NODE)).toEqual(["a", "b"]);
  },
);

test("a stream that ends anywhere while a node is made anew loses nothing and leaves nobody in", async () => {
  const { server, pep } = await stage();
  pep.strangers = "hidden";
  for (let before = 0, isOver = false; !isOver; before++) {
    const { session, nodes } = await annOn(server);
    nodes.clear();
    nodes.set(NODE, opened());
    let writes = 0;
    isOver = true;
    const stop = server.on(({ text }) => {
      if (!text.includes('type="set"') || writes++ < before) return false;
      isOver = false;
      session.abort();
      return true;
    });
    await createPrivateNode(session, NODE).catch(() => undefined);
    stop();
    const { session: next } = await annOn(server);
    expect(await createPrivateNode(next, NODE)).toEqual({ node: NODE });
    expect((await listItems(next, NODE)).sort(), `after ${before} writes`).toEqual(["a", "b"]);
    expect(others(nodes.get(NODE)), `after ${before} writes`).toEqual([]);
    expect([...nodes.keys()]).toEqual([NODE]);
  }
});

test("a node whose items the server takes nowhere else is not deleted", async () => {
  const { session, nodes, pep } = await stage();
  Object.assign(pep, { strangers: "hidden", keeps: 1 });
  nodes.set(NODE, opened());
  expect(await createPrivateNode(session, NODE)).toMatchObject({ refused: "not-private" });
  expect(await listItems(session, NODE)).toEqual(["a", "b"]);
});

test("a node that cannot be made anew is not private; one that was never open is not touched", async () => {
  const { session, nodes, pep } = await stage();
  Object.assign(pep, { strangers: "hidden", keepsNodes: true });
  nodes.set(NODE, opened());
  expect(await createPrivateNode(session, NODE)).toEqual({
    refused: "not-private",
    detail: "others may read it: not-allowed",
  });
  nodes.set("urn:test:1", nodeWith({ access_model: "whitelist", persist_items: "1" }));
  expect(await createPrivateNode(session, "urn:test:1")).toEqual({ node: "urn:test:1" });
});

test("a server without nodes says so, and a silent one is no answer", async () => {
  const without = pepServer({});
  const { session } = await annOn(without);
  expect(await createPrivateNode(session, NODE)).toMatchObject({ refused: "no-pep" });
  const { server, session: other } = await stage();
  server.faults.mute.add("pep");
  const asking = createPrivateNode(other, NODE);
  other.abort();
  await expect(asking).rejects.toMatchObject({ problem: "lost" });
});

test("items are written, listed, read by id and taken away", async () => {
  const { session, events } = await stage();
  await createPrivateNode(session, NODE);
  for (const id of ["a", "b", "c"]) await publishItem(session, NODE, id, payload(id));
  expect(await listItems(session, NODE)).toEqual(["a", "b", "c"]);
  const read = await fetchItems(session, NODE, ["c", "gone", "a"]);
  expect(read.map(({ id, payload: p }) => [id, p?.text()])).toEqual([
    ["c", "c"],
    ["a", "a"],
  ]);
  await retractItems(session, NODE, ["a", "gone", "b"]);
  expect(await listItems(session, NODE)).toEqual(["c"]);
  await deleteNode(session, NODE);
  await deleteNode(session, NODE);
  expect(events.map((e) => (e.kind === "pep" ? [e.retracted, e.isGone] : e))).toEqual([
    ...["a", "b", "c"].map(() => [[], false]),
    [["a"], false],
    [["b"], false],
    [[], true],
  ]);
  await expect(listItems(session, NODE)).rejects.toMatchObject({ condition: "item-not-found" });
});

test("nothing is written to a node that was opened or deleted meanwhile", async () => {
  const { session, nodes } = await stage();
  await createPrivateNode(session, NODE);
  nodes.get(NODE)?.config.set("access_model", "presence");
  await expect(publishItem(session, NODE, "a", payload("secret"))).rejects.toMatchObject({
    condition: "conflict",
  });
  expect(nodes.get(NODE)?.items.size).toBe(0);
  nodes.delete(NODE);
  await publishItem(session, NODE, "a", payload("secret"));
  expect(nodes.get(NODE)?.config.get("access_model")).toBe("whitelist");
});

test("a list in pages is read to its end, and a list that does not come is read from the items", async () => {
  const { server, session, nodes, pep } = await stage();
  const ids = Array.from({ length: 25 }, (_, i) => `id<${i}>`);
  const items = new Map(ids.map((id, i) => [id, `<item id='id&lt;${i}&gt;'/>`]));
  nodes.set(NODE, nodeWith({}, { items }));
  pep.pageSize = 10;
  expect(await listItems(session, NODE)).toEqual(ids);
  const stop = server.on((frame) => {
    if (!frame.text.includes("disco#items")) return false;
    const { id } = frame.element.attrs;
    frame.connection.say(
      `<iq xmlns='jabber:client' type='error' id='${id}' from='ann@hostile.example'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`,
    );
    return true;
  });
  expect(await listItems(session, NODE)).toEqual(ids);
  stop();
});

test("an empty list of a node that is not there is no list", async () => {
  const { server, session } = await stage();
  server.on((frame) => {
    if (!frame.text.includes("disco#items")) return false;
    const { id } = frame.element.attrs;
    frame.connection.say(
      `<iq xmlns='jabber:client' type='result' id='${id}' from='ann@hostile.example'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>`,
    );
    return true;
  });
  await expect(listItems(session, NODE)).rejects.toMatchObject({ condition: "item-not-found" });
});

test("many items come in portions that no server has to refuse", async () => {
  const { server, session, nodes } = await stage();
  const ids = Array.from({ length: 250 }, (_, i) => `m.${i}`);
  const text = "A".repeat(12_000);
  const items = new Map(ids.map((id) => [id, `<item id='${id}'><p xmlns='t'>${text}</p></item>`]));
  nodes.set(NODE, nodeWith({}, { items }));
  const lengths: number[] = [];
  server.onWrite((frame) => void lengths.push(frame.length));
  expect((await fetchItems(session, NODE, ids)).map(({ id }) => id)).toEqual(ids);
  expect(Math.max(...lengths)).toBeLessThan(110_000);
  for (const id of ids) items.set(id, `<item id='${id}'><p xmlns='t'>small</p></item>`);
  const asked = heard(server, /<items/);
  expect(await fetchItems(session, NODE, ids)).toHaveLength(250);
  expect(asked.length).toBeLessThan(10);
});

test("a server that makes an error of one lost item loses no other", async () => {
  const { server, session, nodes } = await stage();
  const items = new Map(["a", "b", "d"].map((id) => [id, `<item id='${id}'/>`]));
  nodes.set(NODE, nodeWith({}, { items }));
  server.on((frame) => {
    if (!frame.text.includes("<items") || !frame.text.includes('id="c"')) return false;
    const { id } = frame.element.attrs;
    frame.connection.say(
      `<iq xmlns='jabber:client' type='error' id='${id}'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`,
    );
    return true;
  });
  const read = await fetchItems(session, NODE, ["a", "b", "c", "d"]);
  expect(read.map(({ id }) => id)).toEqual(["a", "b", "d"]);
});

test("an answer of somebody else's is none", async () => {
  const { server, session, events } = await stage();
  await createPrivateNode(session, NODE);
  server.on((frame) => {
    if (!frame.text.includes("<configure") || !frame.text.includes('type="get"')) return false;
    const { id } = frame.element.attrs;
    const form = `<x xmlns='jabber:x:data'><field var='pubsub#access_model'><value>whitelist</value></field></x>`;
    for (const from of ["evil@x.test", "ann@hostile.example/phone"])
      frame.connection.say(
        `<iq xmlns='jabber:client' type='result' id='${id}' from='${from}'><pubsub xmlns='http://jabber.org/protocol/pubsub#owner'><configure>${form}</configure></pubsub></iq>`,
      );
    return false;
  });
  server.faults.pep.accessModel = () => "open";
  expect(await createPrivateNode(session, "urn:test:1")).toMatchObject({ refused: "not-private" });
  expect(events.filter((e) => e.kind === "rejected")).toHaveLength(6);
});
