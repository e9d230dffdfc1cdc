/** What the account's nodes hold, on a server that pages, forgets, or makes errors of it. */
import { xml } from "@xmpp/xml";
import { expect, test } from "vitest";
import {
  deleteNode,
  fetchItems,
  listItems,
  publishItem,
  retractItems,
} from "../../src/xmpp/pep.ts";
import { createPrivateNode } from "../../src/xmpp/private-node.ts";
import { heard, nodeWith, pepStage as stage } from "./pep-stage.ts";

const NODE = "urn:test:0";
const payload = (text: string) => xml("p", { xmlns: "urn:test" }, text);

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

test.each(["names", "items"])(
  "a list of %s in pages that nobody counts is read to its end",
  async (kind) => {
    const { server, session } = await stage();
    const ids = Array.from({ length: 25 }, (_, i) => `id${i}`);
    server.on(({ text, element, connection }) => {
      const isNames = text.includes("disco#items");
      if (!isNames && !text.includes("<items node=")) return false;
      const start = ids.indexOf(/<after>(.*)<\/after>/.exec(text)?.[1] ?? "") + 1;
      const page = ids.slice(start, start + 10);
      const last = page.map((id) => `<last>${id}</last>`).at(-1) ?? "";
      const set = `<set xmlns='http://jabber.org/protocol/rsm'>${last}</set>`;
      const names = page.map((id) => `<item name='${id}' id='${id}'/>`).join("");
      const of = "http://jabber.org/protocol";
      const list = isNames
        ? `<query xmlns='${of}/disco#items'>${names}${set}</query>`
        : `<pubsub xmlns='${of}/pubsub'><items>${names}</items>${set}</pubsub>`;
      const isRefused = isNames && kind === "items";
      const error = `<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`;
      connection.say(
        `<iq xmlns='jabber:client' type='${isRefused ? "error" : "result"}' id='${element.attrs["id"]}' from='ann@hostile.example'>${isRefused ? error : list}</iq>`,
      );
      return true;
    });
    expect(await listItems(session, NODE)).toEqual(ids);
  },
);

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
