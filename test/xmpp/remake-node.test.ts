/** Several devices that make a node anew at once, request by request, on a server that hides who joined it. */
import { xml } from "@xmpp/xml";
import { expect, test } from "vitest";
import type { FullJid } from "../../src/mail/address.ts";
import { createPepCarrier } from "../../src/xmpp/account-state/pep-carrier.ts";
import type { IqRequest } from "../../src/xmpp/iq.ts";
import { NODE_STATE } from "../../src/xmpp/nodes.ts";
import { listItems, type NodeRefusal, type PrivateNode, retractItems } from "../../src/xmpp/pep.ts";
import { createPrivateNode } from "../../src/xmpp/private-node.ts";
import type { Session } from "../../src/xmpp/session.ts";
import { parseStanzaError, StanzaError } from "../../src/xmpp/stanza-error.ts";
import type { PepNode } from "../hostile/pep.ts";
import { answerIq } from "../hostile/requests.ts";
import { HostileServer } from "../hostile/server.ts";
import { Session as Resource } from "../hostile/session.ts";
import { parseXml } from "../hostile/xml.ts";
import { type Random, randomFrom } from "../sim/random.ts";
import { ANN, annOn, heard, pepServer } from "./pep-stage.ts";

const NODE = NODE_STATE;
const SPARE = `${NODE}#kept`;
const RIGHT = {
  access_model: "whitelist",
  persist_items: "1",
  max_items: "max",
  send_last_published_item: "never",
  notify_retract: "1",
};

/** `joined`: who is in it. */
function nodeOf(config: object, ids: readonly string[], joined: readonly string[] = []): PepNode {
  return {
    config: new Map(Object.entries(config)),
    items: new Map(ids.map((id) => [id, `<item id='${id}'>${payloadOf(id)}</item>`])),
    affiliations: new Map(),
    subscriptions: new Map(joined.map((jid) => [jid, "subscribed"])),
  };
}

const TURN = "urn:envoi:turn:0";
const payloadOf = (id: string): string =>
  id.startsWith(TURN) ? `<turn xmlns='${TURN}'/>` : `<state xmlns='${NODE}'>QQ==</state>`;

const opened = (): PepNode =>
  nodeOf({ ...RIGHT, access_model: "open" }, ["a", "b", "c"], ["mallory@x.test/phone"]);

async function stage() {
  const server = pepServer();
  server.faults.pep.strangers = "hidden";
  return { server, ...(await annOn(server)) };
}

function refuse(server: HostileServer, pattern: RegExp, type: string, condition: string): void {
  server.on((frame) => {
    if (!pattern.test(frame.text)) return false;
    const { id } = frame.element.attrs;
    frame.connection.say(
      `<iq xmlns='jabber:client' type='error' id='${id}'><error type='${type}'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`,
    );
    return true;
  });
}

test("what a publish makes of the name between delete and create gets room for all, and keeps its own item", async () => {
  const { server, session, nodes } = await stage();
  nodes.set(NODE, opened());
  const stop = server.on(({ text }) => {
    if (!/<create[^>]*node="urn:envoi:state:0"/.test(text)) return;
    stop();
    nodes.set(NODE, nodeOf({ ...RIGHT, max_items: "1" }, ["other"]));
  });
  expect(await createPrivateNode(session, NODE)).toEqual({ node: NODE, wasOpen: true });
  expect((await listItems(session, NODE)).sort()).toEqual(["a", "b", "c", "other"]);
  expect([...nodes.keys()]).toEqual([NODE]);
});

test("an item that is refused for good stays kept apart, nothing comes back beside it, and nobody is told again that others could read", async () => {
  const { server, session, nodes } = await stage();
  nodes.set(NODE, nodeOf(RIGHT, ["new"]));
  nodes.set(SPARE, nodeOf(RIGHT, ["huge", "discarded"]));
  refuse(server, /<publish node="urn:envoi:state:0"><item id="huge"/, "modify", "not-acceptable");
  expect(await createPrivateNode(session, NODE)).toEqual({ node: NODE, wasOpen: true });
  expect(await listItems(session, NODE)).toEqual(["new", "discarded"]);
  await retractItems(session, NODE, ["discarded"]);
  expect(await createPrivateNode(session, NODE)).toEqual({ node: NODE });
  expect(await listItems(session, NODE)).toEqual(["new"]);
  expect(await listItems(session, SPARE)).toEqual(["huge"]);
});

test("no more is brought back than there is room for", async () => {
  const { session, nodes } = await stage();
  nodes.set(
    NODE,
    nodeOf(
      { ...RIGHT, max_items: "300" },
      Array.from({ length: 299 }, (_, i) => `n${i}`),
    ),
  );
  nodes.set(SPARE, nodeOf(RIGHT, ["a", "b"]));
  await createPrivateNode(session, NODE);
  expect(nodes.get(NODE)?.items.has("n0")).toBe(true);
  expect(await listItems(session, SPARE)).toEqual(["b"]);
});

test("while another device is at it nothing is touched, and once its stream is gone the next goes on", async () => {
  const { server, session, nodes } = await stage();
  const { session: other } = await annOn(server);
  nodes.set(NODE, opened());
  nodes.set(SPARE, nodeOf(RIGHT, [`${TURN}#${other.fullJid.split("/")[1]}`]));
  const taken = heard(server, /<(delete|publish|retract|configure node)[^>]*>.*type="set"/);
  expect(await createPrivateNode(session, NODE)).toMatchObject({ refused: "failed" });
  expect(taken).toEqual([]);
  expect(await listItems(session, NODE)).toEqual(["a", "b", "c"]);
  other.abort();
  await session.ping();
  expect(await createPrivateNode(session, NODE)).toEqual({ node: NODE, wasOpen: true });
  expect(await listItems(session, NODE)).toEqual(["a", "b", "c"]);
  expect([...nodes.keys()]).toEqual([NODE]);
});

test("what another account left of such a node, and nobody can take away, is in nobody's way", async () => {
  const { server, session, nodes } = await stage();
  nodes.set(NODE, opened());
  const left = `${TURN}#stranger`;
  nodes.set(SPARE, { ...nodeOf(RIGHT, [left]), uncounted: new Set([left]) });
  refuse(server, /<gone /, "auth", "forbidden");
  expect(await createPrivateNode(session, NODE)).toEqual({ node: NODE, wasOpen: true });
  expect(await listItems(session, NODE)).toEqual(["a", "b", "c"]);
});

test("what the server does not take away, and shows in the new node written over, is brought back as it was", async () => {
  const { session, nodes } = await stage();
  nodes.set(NODE, { ...opened(), uncounted: new Set(["b"]) });
  expect(await createPrivateNode(session, NODE)).toEqual({ node: NODE, wasOpen: true });
  const payloads = await createPepCarrier(session, { node: NODE }).fetch(["a", "b", "c"]);
  expect(payloads.map(({ payload }) => payload)).toEqual(["QQ==", "QQ==", "QQ=="]);
  expect([...nodes.keys()]).toEqual([NODE]);
});

test("a turn that outlives what was kept apart keeps no other device out", async () => {
  const { server, session, nodes } = await stage();
  const { session: other } = await annOn(server);
  server.faults.pep.uncounts = (id) => id.startsWith(TURN);
  nodes.set(NODE, opened());
  await createPrivateNode(session, NODE);
  nodes.set(NODE, opened());
  expect(await createPrivateNode(other, NODE)).toEqual({ node: NODE, wasOpen: true });
});

test("nothing that another account left where things are kept apart comes into the node", async () => {
  const { server, session, nodes } = await stage();
  nodes.set(NODE, opened());
  server.faults.pep.left = [
    new Map([["x", "<item id='x'><state xmlns='urn:envoi:state:0'>QQ==</state></item>"]]),
  ];
  expect(await createPrivateNode(session, NODE)).toEqual({ node: NODE, wasOpen: true });
  expect(await listItems(session, NODE)).toEqual(["a", "b", "c"]);
});

test("what is only written over keeps nobody from making a node anew", async () => {
  const { session, nodes } = await stage();
  const node = opened();
  node.items.set("shell", "<item id='shell'><gone xmlns='urn:envoi:gone:0'/></item>");
  nodes.set(NODE, node);
  expect(await createPrivateNode(session, NODE)).toEqual({ node: NODE, wasOpen: true });
  expect(await listItems(session, NODE)).toEqual(["a", "b", "c"]);
});

test("what was kept apart before the stream ended is not sent again", async () => {
  const { server, session, nodes } = await stage();
  nodes.set(NODE, opened());
  nodes.set(SPARE, nodeOf(RIGHT, ["a", "b"]));
  const sent = heard(server, /<publish node="urn:envoi:state:0#kept"><item id="[abc]"><state /);
  expect(await createPrivateNode(session, NODE)).toEqual({ node: NODE, wasOpen: true });
  expect(sent.map((text) => /<item id="([abc])"/.exec(text)?.[1])).toEqual(["c"]);
  expect(await listItems(session, NODE)).toEqual(["a", "b", "c"]);
});

test("a server too busy to keep an item apart is asked again, and nothing is deleted", async () => {
  const { server, session, nodes } = await stage();
  nodes.set(NODE, opened());
  const busy = /<publish node="urn:envoi:state:0#kept"><item id="b"/;
  refuse(server, busy, "wait", "resource-constraint");
  expect(await createPrivateNode(session, NODE)).toMatchObject({ refused: "failed" });
  expect(await listItems(session, NODE)).toEqual(["a", "b", "c"]);
});

test("devices that make it anew, publish and crash at any request lose nothing and leave nobody in", async () => {
  for (let seed = 0; seed < 400; seed++) {
    const world = new World(randomFrom(`remake ${seed}`));
    await world.run();
    expect(world.faults, `seed ${seed}`).toEqual([]);
  }
}, 60_000);

/** Something a device waits for. `go`: what then happens. */
type Step = { device: Device; go: () => void };
const NOT_YET: NodeRefusal = { refused: "failed", detail: "not looked at" };

type Device = { session: Session; resource: Resource; read: Set<string> };

/** One account, and devices of which one request at a time is carried out, in any order. */
class World {
  readonly faults: string[] = [];
  private readonly server = new HostileServer({ accounts: { ann: "p" }, pep: true });
  private readonly random: Random;
  private readonly account = this.server.account(ANN) ?? this.server.addAccount("ann", "p");
  private readonly nodes = this.account.nodes;
  /** What has to be in the node in the end. */
  private readonly safe = new Set(["a", "b", "c"]);
  private steps: Step[] = [];
  private crashes = 0;
  private devices = 0;
  private last: Device | undefined;
  private steadiness = 0;

  constructor(random: Random) {
    this.random = random;
  }

  async run(): Promise<void> {
    this.server.faults.pep.strangers = this.random.pick(["hidden", "hidden", "stay", "leave"]);
    // Prosody does not.
    const knowsAuthorize = this.random.chance(0.5);
    if (!knowsAuthorize) this.server.faults.pep.refuses = new Set(["access_model=authorize"]);
    const uncounts = this.random.pick([0, 0.2, 0.6]);
    if (uncounts > 0) this.server.faults.pep.uncounts = () => this.random.chance(uncounts);
    const node = opened();
    if (uncounts > 0) node.uncounted = new Set(["b"]);
    this.nodes.set(NODE, node);
    this.crashes = this.random.int(0, 4);
    this.steadiness = this.random.pick([0, 0.8, 0.95]);
    for (let left = this.random.int(2, 3); left > 0; left--) this.begin(this.random.chance(0.3));
    await this.carryOut();
    this.crashes = 0;
    this.begin(false);
    await this.carryOut();
    this.look();
  }

  /** `hasLooked`: it made sure of the node before that was opened. */
  private begin(hasLooked: boolean): void {
    const device = this.device();
    if (hasLooked) device.read.add(NODE);
    this.live(device, hasLooked).catch((error) => this.faults.push(String(error)));
  }

  private device(): Device {
    const fullJid = `${ANN}/r${++this.devices}` as FullJid;
    const resource = new Resource(this.account, fullJid);
    this.account.sessions.add(resource);
    const asking: Pick<Session, "jid" | "fullJid" | "iq"> = {
      jid: ANN,
      fullJid,
      iq: (request) => this.iq(device, request),
    };
    const device: Device = {
      session: asking as Session,
      resource,
      read: new Set(),
    };
    return device;
  }

  /** Publishes two items, each until the list has it, as who uses a carrier does. */
  private async live(device: Device, hasLooked: boolean): Promise<void> {
    const { session } = device;
    let made: PrivateNode | NodeRefusal = hasLooked ? { node: NODE } : NOT_YET;
    for (let count = 0; count < 2;) {
      if ("refused" in made) made = await createPrivateNode(session, NODE);
      if ("refused" in made) {
        // It only ever has to be tried again.
        if (made.refused !== "failed") this.faults.push(made.detail);
        await this.pause(device);
        continue;
      }
      const id = `${device.resource.jid} ${count}`;
      try {
        const carrier = createPepCarrier(session, made);
        await carrier.publish({ id, payload: "QQ==" });
        if (!(await carrier.list()).includes(id)) throw notThere();
        this.safe.add(id);
        count++;
      } catch (error) {
        if (!(error instanceof StanzaError)) throw error;
        made = NOT_YET;
      }
    }
  }

  private pause(device: Device): Promise<void> {
    return new Promise((go) => this.steps.push({ device, go }));
  }

  private iq(device: Device, { type, to, child }: IqRequest) {
    const id = crypto.randomUUID();
    const from = device.resource.jid;
    const asked = xml("iq", { xmlns: "jabber:client", type, id, from, to }, child);
    return new Promise<typeof asked>((resolve, reject) => {
      const go = (): void => {
        const answer = this.answer(device, asked);
        if (answer.attrs["type"] === "error") reject(new StanzaError(parseStanzaError(answer)));
        else resolve(answer);
      };
      this.steps.push({ device, go });
    });
  }

  private answer(device: Device, asked: ReturnType<typeof xml>) {
    const { to, id } = asked.attrs;
    const isPing = asked.getChild("ping") !== undefined;
    if (isPing && this.server.sessionAt(to ?? "") !== undefined)
      return xml("iq", { type: "result", id });
    const [text = ""] = answerIq(this.server, device.resource, parsed(asked.toString()));
    const answer = parsed(text);
    this.watch(device, asked.toString(), answer.attrs["type"] === "result");
    return answer;
  }

  /** Nothing is written but where this device read that it is private, and is. */
  private watch(device: Device, text: string, isDone: boolean): void {
    if (!isDone) return;
    const [, node = ""] = /<(?:configure|publish) node="([^"]*)"/.exec(text) ?? [];
    const found = this.nodes.get(node);
    const isPrivate = found?.config.get("access_model") === "whitelist";
    if (/type="get".*<configure/.test(text) && isPrivate) device.read.add(node);
    if (!text.includes("<publish ") || text.includes("<gone ")) return;
    if (!isPrivate) this.faults.push(`published to an open node: ${text}`);
    if (!device.read.has(node)) this.faults.push(`published before it was read: ${text}`);
  }

  private async carryOut(): Promise<void> {
    for (let count = 0; count < 3000; count++) {
      await new Promise((resolve) => void setImmediate(resolve));
      if (this.steps.length === 0) return;
      const step = this.next();
      if (this.crashes > 0 && this.random.chance(0.04)) this.crash(step?.device);
      else step?.go();
    }
    this.faults.push("it never ends");
  }

  /** Mostly of the device that was on before: the others hang in the middle of something. */
  private next(): Step | undefined {
    const going = this.steps.findIndex(({ device }) => device === this.last);
    const isStaying = going >= 0 && this.random.chance(this.steadiness);
    const at = isStaying ? going : this.random.int(0, this.steps.length - 1);
    const [step] = this.steps.splice(at, 1);
    this.last = step?.device;
    return step;
  }

  /** What it asked for last is done or not; nobody hears the answer. */
  private crash(device: Device | undefined): void {
    this.crashes--;
    const asked = this.steps.filter((step) => step.device === device);
    this.steps = this.steps.filter((step) => step.device !== device);
    for (const { go } of asked) if (this.random.chance(0.5)) go();
    if (device === undefined) return;
    this.account.sessions.delete(device.resource);
    if (this.random.chance(0.7)) this.begin(false);
  }

  private look(): void {
    const left = this.server.faults.pep.left.flatMap((items) => [...items.values()]);
    const told = left.filter((text) => /<state|@/.test(text));
    if (told.length > 0) this.faults.push(`left for others: ${told.join()}`);
    const node = this.nodes.get(NODE);
    const lost = [...this.safe].filter((id) => node?.items.get(id)?.includes("QQ==") !== true);
    if (lost.length > 0) this.faults.push(`lost: ${lost.join()}`);
    const others = [...this.nodes.keys()].filter(
      (name) => name !== NODE && !name.includes("#cover-"),
    );
    if (others.length > 0) this.faults.push(`left: ${others.join()}`);
    if (node?.config.get("access_model") !== "whitelist") this.faults.push("not private");
    if (node !== undefined && node.subscriptions.size > 0) this.faults.push("others are in it");
  }
}

function notThere(): StanzaError {
  return new StanzaError({ type: "cancel", condition: "item-not-found" });
}

function parsed(text: string) {
  const element = parseXml(text);
  if (element === undefined) throw new Error(`no XML: ${text}`);
  return element;
}
