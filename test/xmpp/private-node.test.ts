/** Making sure that a node is private, on a server that refuses, forgets, or lets others read. */
import { expect, test } from "vitest";
import { listItems } from "../../src/xmpp/pep.ts";
import { createPrivateNode } from "../../src/xmpp/private-node.ts";
import type { PepNode } from "../hostile/pep.ts";
import { annOn, heard, nodeWith, pepServer, pepStage as stage } from "./pep-stage.ts";

const NODE = "urn:test:0";

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

test("what other accounts left on the server is in no node of mine, nor in one of anybody later", async () => {
  const { session, nodes, pep } = await stage();
  const left = (id: string) => new Map([[id, `<item id='${id}'><p xmlns='urn:test'/></item>`]]);
  pep.left = [left("a"), left("b")];
  expect(await createPrivateNode(session, NODE)).toEqual({ node: NODE });
  expect(await listItems(session, NODE)).toEqual([]);
  expect(pep.left.flatMap((items) => [...items.keys()])).toEqual([]);
  expect([...nodes.keys()].map((name) => name.split("-")[0])).toEqual([
    `${NODE}#cover`,
    `${NODE}#cover`,
    NODE,
  ]);
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
  expect(await createPrivateNode(session, NODE)).toEqual({ node: NODE, wasOpen: true });
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
  expect(await createPrivateNode(session, NODE)).toEqual({ node: NODE, wasOpen: true });
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
  expect(await createPrivateNode(session, NODE)).toEqual({ node: NODE, wasOpen: true });
  expect(others(nodes.get(NODE))).toEqual([]);
  expect([...(nodes.get(NODE)?.subscriptions.keys() ?? [])]).toEqual(["ann@hostile.example/here"]);
});

test.each(["stay", "hidden"] as const)(
  "where strangers %s, the node is made anew without them, with all it held",
  async (strangers) => {
    const { session, nodes, pep } = await stage();
    pep.strangers = strangers;
    nodes.set(NODE, opened());
    expect(await createPrivateNode(session, NODE)).toEqual({ node: NODE, wasOpen: true });
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
    const first = await createPrivateNode(session, NODE).catch(() => undefined);
    stop();
    const { session: next } = await annOn(server);
    const told = first === undefined ? { wasOpen: true } : {};
    expect(await createPrivateNode(next, NODE)).toEqual({ node: NODE, ...told });
    expect((await listItems(next, NODE)).sort(), `after ${before} writes`).toEqual(["a", "b"]);
    expect(others(nodes.get(NODE)), `after ${before} writes`).toEqual([]);
    // One to try a place with may be left.
    expect([...nodes.keys()].filter((name) => !name.includes("#cover-"))).toEqual([NODE]);
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
  expect(events.filter((e) => e.kind === "rejected")).toHaveLength(8);
});
