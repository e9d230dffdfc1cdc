/** Every duty of who may say what, with the forgery beside the real thing. */
import { type Element, xml } from "@xmpp/xml";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Jid } from "../../src/mail/address.ts";
import { parseFrame } from "../../src/xmpp/frame.ts";
import { readBlockPush, readInbound, readRosterPush } from "../../src/xmpp/inbound.ts";
import { createIqCaller } from "../../src/xmpp/iq.ts";

const me = "me@example.org" as Jid;

function element(text: string) {
  const frame = parseFrame(text);
  if (!frame.ok) throw new Error(`${frame.reason}: ${text}`);
  return frame.element;
}
const read = (text: string) => readInbound(element(text), me);
const CLIENT = "xmlns='jabber:client'";

function carbon(outer: string, direction: string, from: string, to: string, more = ""): string {
  const inner = `<message ${CLIENT} from='${from}' to='${to}'><body>x</body>${more}</message>`;
  return `<message ${CLIENT} ${outer}><${direction} xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>${inner}</forwarded></${direction}></message>`;
}

test("carbons count from my own account only", () => {
  expect(
    read(carbon("from='me@example.org'", "sent", "me@example.org/phone", "bob@x.test")),
  ).toMatchObject({ kind: "carbon", direction: "sent" });
  expect(
    read(carbon("from='me@example.org'", "received", "bob@x.test/a", "me@example.org")),
  ).toMatchObject({ kind: "carbon", direction: "received" });
  for (const outer of [
    "evil@x.test",
    "me@example.org/phone",
    "room@muc.x.test/me",
    "example.org",
  ]) {
    expect(
      read(carbon(`from='${outer}'`, "sent", "me@example.org/phone", "bob@x.test")),
    ).toMatchObject({ kind: "rejected" });
  }
});

test("a sent carbon is of mine, a received one is to me, none is inside another", () => {
  expect(
    read(carbon("from='me@example.org'", "sent", "bob@x.test", "me@example.org")),
  ).toMatchObject({ kind: "rejected" });
  expect(
    read(carbon("from='me@example.org'", "received", "bob@x.test", "eve@x.test")),
  ).toMatchObject({ kind: "rejected" });
  const nested = carbon(
    "from='me@example.org'",
    "received",
    "bob@x.test",
    "me@example.org",
    "<sent xmlns='urn:xmpp:carbons:2'/>",
  );
  expect(read(nested)).toMatchObject({ kind: "rejected" });
});

test("archive results count from my own account only", () => {
  const result = "<result xmlns='urn:xmpp:mam:2' queryid='q' id='1'/>";
  expect(read(`<message ${CLIENT}>${result}</message>`)).toMatchObject({
    kind: "archive-result",
    queryId: "q",
  });
  expect(read(`<message ${CLIENT} from='me@example.org'>${result}</message>`)).toMatchObject({
    kind: "archive-result",
  });
  for (const from of ["evil@x.test", "example.org", "me@example.org/x"]) {
    expect(read(`<message ${CLIENT} from='${from}'>${result}</message>`)).toMatchObject({
      kind: "rejected",
    });
  }
});

test("a delay around a carbon is my server's word, one inside is the sender's", () => {
  const sender = "<delay xmlns='urn:xmpp:delay' stamp='2001-01-01T00:00:00Z' from='evil@x.test'/>";
  const text = carbon("from='me@example.org'", "received", "evil@x.test", "me@example.org", sender);
  const server = "<delay xmlns='urn:xmpp:delay' stamp='2026-05-05T05:05:05Z'/><message ";
  const outer = text.replace(/(<forwarded [^>]*>)<message /, `$1${server}`);
  expect(read(text)).toMatchObject({ received: { delay: { from: "evil@x.test" } } });
  expect(read(outer)).toMatchObject({ received: { delay: { from: me, at: 1777957505000 } } });
});

test("what a stranger wraps is neither carbon nor archive, and no mail of mine either", () => {
  const inner = `<message ${CLIENT} from='me@example.org' to='bank@x.test'><body>pay</body></message>`;
  const forwarded = `<forwarded xmlns='urn:xmpp:forward:0'>${inner}</forwarded>`;
  for (const wrapped of [
    forwarded,
    `<sent xmlns='urn:xmpp:carbons:1'>${forwarded}</sent>`,
    `<result xmlns='urn:xmpp:mam:1' queryid='q' id='1'>${forwarded}</result>`,
    `<x xmlns='jabber:client'>${inner}</x>`,
  ]) {
    const event = read(`<message ${CLIENT} from='evil@x.test'><body>hi</body>${wrapped}</message>`);
    expect(event).toMatchObject({ kind: "message", received: { from: "evil@x.test", body: "hi" } });
  }
});

test("a sender that is no address is rejected", () => {
  expect(read(`<message ${CLIENT} from='@'><body>x</body></message>`)).toMatchObject({
    kind: "rejected",
  });
  expect(read(`<presence ${CLIENT} from='a b@x.test'/>`)).toMatchObject({ kind: "rejected" });
});

test("no stanza makes it throw", () => {
  const names = fc.constantFrom(
    "message",
    "sent",
    "received",
    "forwarded",
    "result",
    "event",
    "items",
    "item",
    "body",
    "thread",
    "reply",
    "fallback",
    "addresses",
    "address",
    "delay",
    "headers",
    "header",
    "x",
    "url",
    "data",
    "file-sharing",
    "sources",
    "error",
  );
  const spaces = fc.constantFrom(
    "jabber:client",
    "urn:xmpp:carbons:2",
    "urn:xmpp:forward:0",
    "urn:xmpp:mam:2",
    "http://jabber.org/protocol/pubsub#event",
    "urn:xmpp:reply:0",
    "urn:xmpp:fallback:0",
    "http://jabber.org/protocol/address",
    "urn:xmpp:delay",
    "jabber:x:oob",
    "urn:xmpp:bob",
    "urn:xmpp:sfs:0",
  );
  const attrs = fc.dictionary(
    fc.constantFrom(
      "from",
      "to",
      "id",
      "type",
      "by",
      "stamp",
      "start",
      "end",
      "jid",
      "for",
      "name",
    ),
    fc.oneof(fc.constantFrom("me@example.org", "evil@x.test", "error", "-1"), fc.string()),
  );
  const { tree } = fc.letrec<{ tree: Element }>((tie) => ({
    tree: fc
      .tuple(
        names,
        spaces,
        attrs,
        fc.array(fc.oneof({ depthSize: "small" }, fc.string(), tie("tree")), { maxLength: 4 }),
      )
      .map(([name, xmlns, more, children]) => xml(name, { ...more, xmlns }, ...children)),
  }));
  fc.assert(
    fc.property(
      fc.constantFrom("message", "presence"),
      attrs,
      fc.array(tree),
      (name, more, inner) => {
        const stanza = xml(name, { ...more, xmlns: "jabber:client" }, ...inner);
        expect(typeof readInbound(stanza, me).kind).toBe("string");
      },
    ),
    { numRuns: 1000 },
  );
});

test("a roster push counts from my own account only", () => {
  const push = (from: string) =>
    element(
      `<iq ${CLIENT} type='set' id='1' ${from}><query xmlns='jabber:iq:roster'><item jid='new@x.test' name='Mum'/></query></iq>`,
    );
  expect(readRosterPush(push(""), me)).toMatchObject({
    kind: "roster",
    items: [{ jid: "new@x.test", name: "Mum" }],
  });
  expect(readRosterPush(push("from='me@example.org'"), me)).toMatchObject({ kind: "roster" });
  expect(readRosterPush(push("from='evil@x.test'"), me)).toMatchObject({ kind: "rejected" });
});

const EVENT = "http://jabber.org/protocol/pubsub#event";
const event = (from: string, inner: string, more = "") =>
  read(
    `<message ${CLIENT} type='headline' ${from}>${more}<event xmlns='${EVENT}'>${inner}</event></message>`,
  );
const STATE = "urn:envoi:state:0";
const published = `<items node='${STATE}'><item id='j.a'><state xmlns='${STATE}'>QUJD</state></item></items>`;

test("an event of the private state counts from my own account only", () => {
  const known = { kind: "account-state", items: [{ id: "j.a", payload: "QUJD" }], isGone: false };
  for (const from of ["", "from='me@example.org'", "from='ME@example.org'"])
    expect(event(from, published)).toEqual({ ...known, retracted: [] });
  for (const from of [
    "bob@x.test",
    "bob@x.test/phone",
    "me@example.org/phone",
    "example.org",
    "me@example.org.evil.test",
    "pubsub.example.org",
    "@",
  ])
    expect(event(`from='${from}'`, published)).toMatchObject({ kind: "rejected" });
});

test("a stranger's event takes nothing away of what is written beside it", () => {
  expect(event("from='bob@x.test'", published, "<body>hi</body>")).toMatchObject({
    kind: "message",
    received: { from: "bob@x.test", body: "hi" },
  });
});

test("an event tells what came, what went, and that the node is gone", () => {
  const none = { kind: "account-state", items: [], retracted: [], isGone: false };
  expect(event("", `<items node='${STATE}'><retract id='a'/><retract id='b'/></items>`)).toEqual({
    ...none,
    retracted: ["a", "b"],
  });
  const gone = "<gone xmlns='urn:envoi:gone:0'/>";
  const wiped = `<items node='${STATE}'><item id='c'>${gone}</item><retract id='a'/></items>`;
  expect(event("", wiped)).toEqual({ ...none, retracted: ["a", "c"] });
  expect(event("", `<delete node='${STATE}'/>`)).toEqual({ ...none, isGone: true });
  expect(event("", `<purge node='${STATE}'/>`)).toEqual({ ...none, isGone: true });
  expect(event("", `<configuration node='${STATE}'/>`)).toMatchObject({ kind: "rejected" });
  const draft = `<items node='urn:envoi:drafts:0'><item id='d'><draft xmlns='x'/></item><item/></items>`;
  expect(event("", draft)).toMatchObject({
    kind: "pep",
    node: "urn:envoi:drafts:0",
    items: [{ id: "d", payload: { name: "draft" } }],
    isGone: false,
  });
});

test.each([
  ["another element", "<entry xmlns='http://www.w3.org/2005/Atom'>QUJD</entry>"],
  ["another version", "<state xmlns='urn:envoi:state:1'>QUJD</state>"],
  ["elements in it", `<state xmlns='${STATE}'>QUJD<more/></state>`],
  ["more than 64 kB", `<state xmlns='${STATE}'>${"A".repeat(64 * 1024 + 1)}</state>`],
  ["nothing", ""],
])("an item of the state with %s is there, and says nothing", (_what, payload) => {
  const items = `<items node='${STATE}'><item id='m.1'>${payload}</item></items>`;
  expect(event("", items)).toMatchObject({ items: [{ id: "m.1", payload: "" }] });
});

test("a delay and a stanza-id are what somebody claims, with who claims it", () => {
  const message = read(
    `<message ${CLIENT} from='evil@x.test'><body>x</body><delay xmlns='urn:xmpp:delay' stamp='2001-01-01T00:00:00Z' from='evil@x.test'/><stanza-id xmlns='urn:xmpp:sid:0' by='me@example.org' id='forged'/></message>`,
  );
  expect(message).toMatchObject({
    kind: "message",
    received: { delay: { from: "evil@x.test" }, stanzaIds: [{ id: "forged" }] },
  });
});

test.each([
  [
    "the account itself",
    undefined,
    [undefined, "me@example.org", "example.org", "me@example.org/here"],
    ["evil@x.test", "me@example.org/other", "org"],
  ],
  [
    "my server",
    "example.org",
    ["example.org"],
    [undefined, "evil@x.test", "me@example.org", "example.org/x"],
  ],
  [
    "somebody else",
    "bob@x.test",
    ["bob@x.test"],
    [undefined, "evil@x.test", "bob@x.test/phone", "x.test"],
  ],
])("an answer to a question to %s counts from there only", async (_whom, to, good, bad) => {
  for (const from of good) {
    const sent: string[] = [];
    const iq = createIqCaller(
      () => me,
      () => "me@example.org/here",
      (stanza) => sent.push(stanza.attrs["id"] ?? ""),
    );
    const answer = iq.request({
      type: "get",
      ...(to === undefined ? {} : { to }),
      child: element("<query xmlns='x'/>"),
    });
    const reply = (who: string | undefined) =>
      element(
        `<iq ${CLIENT} type='result' id='${sent[0] ?? ""}'${who === undefined ? "" : ` from='${who}'`}/>`,
      );
    for (const who of bad) expect(iq.take(reply(who))).toBe("forged");
    expect(iq.take(reply(from))).toBe("answered");
    expect((await answer).attrs["from"]).toBe(from);
  }
});

test("an answer about my own account by its name may come without a sender", async () => {
  let id = "";
  const iq = createIqCaller(
    () => me,
    () => "me@example.org/here",
    (stanza) => (id = stanza.attrs["id"] ?? ""),
  );
  const answer = iq.request({ type: "get", to: me, child: element("<query xmlns='x'/>") });
  expect(iq.take(element(`<iq ${CLIENT} type='result' id='${id}' from='evil@x.test'/>`))).toBe(
    "forged",
  );
  expect(iq.take(element(`<iq ${CLIENT} type='result' id='${id}'/>`))).toBe("answered");
  expect((await answer).attrs["id"]).toBe(id);
  // A second answer to the same question is nobody's.
  expect(iq.take(element(`<iq ${CLIENT} type='result' id='${id}'/>`))).toBe("unknown");
});

test("ids of questions cannot be guessed", () => {
  const ids = new Set<string>();
  const iq = createIqCaller(
    () => me,
    () => "",
    (stanza) => ids.add(stanza.attrs["id"] ?? ""),
  );
  for (let i = 0; i < 50; i++)
    iq.request({ type: "get", child: element("<q xmlns='x'/>"), timeoutMs: 1 }).catch(
      () => undefined,
    );
  expect(ids.size).toBe(50);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
});

test("block pushes count from my own account only", () => {
  const push = (from: string, change: string) =>
    readBlockPush(element(`<iq ${CLIENT} type='set' id='1' ${from}>${change}</iq>`), me);
  const block = "<block xmlns='urn:xmpp:blocking'><item jid='Evil@X.test'/><item jid='@'/></block>";
  for (const from of ["", "from='me@example.org'"])
    expect(push(from, block)).toEqual({
      kind: "blocking",
      change: { blocks: true, entries: ["evil@x.test"] },
    });
  for (const from of [
    "evil@x.test",
    "me@example.org/phone",
    "example.org",
    "me@example.org.x.test",
  ])
    expect(push(`from='${from}'`, block)).toMatchObject({ kind: "rejected" });
  expect(push("", "<unblock xmlns='urn:xmpp:blocking'/>")).toEqual({
    kind: "blocking",
    change: { blocks: false },
  });
  // An item that is no address must not turn into "all of them".
  expect(push("", "<unblock xmlns='urn:xmpp:blocking'><item jid='@'/></unblock>")).toEqual({
    kind: "blocking",
    change: { blocks: false, entries: [] },
  });
  expect(push("", "<block xmlns='other'/>")).toBeUndefined();
});
