import { type Element, xml } from "@xmpp/xml";
import { beforeEach, expect, test, vi } from "vitest";
import { createBlocking, takeBlockChange } from "../../src/engine/blocking.ts";
import { block, unblock } from "../../src/engine/commands/block.ts";
import { ingest } from "../../src/engine/ingest.ts";
import { readConversation } from "../../src/engine/queries/conversation.ts";
import { readBlocked, readSender } from "../../src/engine/queries/sender.ts";
import { WORKING_STORES } from "../../src/engine/working-set.ts";
import type { Jid } from "../../src/mail/address.ts";
import { arrivalOf } from "../../src/mail/message.ts";
import { putMeta } from "../../src/store/meta.ts";
import { ConnectionError } from "../../src/xmpp/connection-error.ts";
import { parseFrame } from "../../src/xmpp/frame.ts";
import { parseMessage } from "../../src/xmpp/message.ts";
import type { IqRequest } from "../../src/xmpp/iq.ts";
import type { Session } from "../../src/xmpp/session.ts";
import { StanzaError } from "../../src/xmpp/stanza-error.ts";
import { accountOnTrial, me } from "./store-on-trial.ts";

const evil = "evil@bad.example" as Jid;
const bob = "bob@bank.example" as Jid;
let context: Awaited<ReturnType<typeof accountOnTrial>>;
/** What a server was asked, and what it says to that. */
let asked: string[];
let list: string[];
let answer: (child: Element) => Element | undefined;

function session(): Session {
  return {
    jid: me,
    iq: async ({ child }: IqRequest) => {
      asked.push(child.toString());
      const refused = answer(child);
      if (refused !== undefined) return refused;
      const items = list.map((jid) => xml("item", { jid }));
      return xml("iq", { type: "result" }, xml("blocklist", { xmlns: "urn:xmpp:blocking" }, items));
    },
  } as unknown as Session;
}

function online(isNew = true, reports = false): { nudge: () => void; errors: unknown[] } {
  const errors: unknown[] = [];
  const blocking = createBlocking(context, session(), {
    isNew,
    reports,
    signal: new AbortController().signal,
    onError: (error) => void errors.push(error),
  });
  blocking.nudge();
  return { nudge: () => blocking.nudge(), errors };
}

const entries = async () => (await readBlocked(context)).entries;
const becomes = (wanted: unknown) =>
  vi.waitFor(async () => expect(await entries()).toEqual(wanted));

async function features(part: { blocking?: boolean; reporting?: boolean } = {}): Promise<void> {
  await context.store.write(["meta"], async (tx) =>
    putMeta(tx, "serverFeatures", {
      archive: true,
      carbons: true,
      resumption: true,
      privateState: true,
      blocking: true,
      ...part,
    }),
  );
}

async function mail(
  from: string,
  inner: string,
  archiveId: string = crypto.randomUUID(),
): Promise<number> {
  const frame = parseFrame(
    `<message xmlns='jabber:client' from='${from}' to='${me}' id='${crypto.randomUUID()}'><body>x</body>${inner}</message>`,
  );
  const received = frame.ok ? parseMessage(frame.element, me) : undefined;
  const arrival =
    received === undefined
      ? undefined
      : arrivalOf(received, { me, at: context.now(), archiveId, unread: true });
  if (arrival === undefined) throw new Error("no message");
  await context.store.write(WORKING_STORES, (tx) => ingest(tx, me, [arrival]));
  const keys = await context.store.read(["messages"], (tx) =>
    tx.objectStore("messages").getAllKeys(),
  );
  return Math.max(...keys);
}

beforeEach(async () => {
  context = await accountOnTrial();
  asked = [];
  list = [];
  answer = () => undefined;
});

test("a wish made offline is kept, told once when there is a stream, and true when the server says so", async () => {
  expect(await block(context, { jid: evil })).toEqual({ ok: true, host: "example.org" });
  expect(await entries()).toEqual([{ entry: evil, state: "blocking" }]);
  online();
  await becomes([{ entry: evil, state: "blocked" }]);
  expect(asked).toEqual([
    '<blocklist xmlns="urn:xmpp:blocking"/>',
    `<block xmlns="urn:xmpp:blocking"><item jid="${evil}"/></block>`,
  ]);
});

test("a stream that breaks leaves the wish for the next one; the resumed one asks for no list", async () => {
  await block(context, { jid: evil });
  answer = () => {
    throw new ConnectionError("lost", "gone");
  };
  const first = online(false);
  await vi.waitFor(() => expect(first.errors).toHaveLength(1));
  expect(await entries()).toEqual([{ entry: evil, state: "blocking" }]);
  answer = () => undefined;
  asked = [];
  online(false);
  await becomes([{ entry: evil, state: "blocked" }]);
  expect(asked).toEqual([`<block xmlns="urn:xmpp:blocking"><item jid="${evil}"/></block>`]);
});

test("block and unblock before there is a stream come out as the last of them", async () => {
  await block(context, { jid: evil });
  await unblock(context, { entry: evil });
  online();
  const unblocks = `<unblock xmlns="urn:xmpp:blocking"><item jid="${evil}"/></unblock>`;
  await vi.waitFor(() => expect(asked.at(-1)).toBe(unblocks));
  await becomes([]);
});

test("what another device changes is taken from a push; none named means all", async () => {
  list = [bob, evil];
  online();
  await becomes([
    { entry: bob, state: "blocked" },
    { entry: evil, state: "blocked" },
  ]);
  await takeBlockChange(context, { blocks: false, entries: [bob] });
  await becomes([{ entry: evil, state: "blocked" }]);
  await takeBlockChange(context, { blocks: true, entries: ["spam.example"] });
  await becomes([
    { entry: evil, state: "blocked" },
    { entry: "spam.example", state: "blocked" },
  ]);
  await takeBlockChange(context, { blocks: false });
  await becomes([]);
});

test("a refusal is said and not repeated; asking again tries again", async () => {
  answer = (child) => {
    if (child.name === "blocklist") return undefined;
    throw new StanzaError({ type: "cancel", condition: "not-allowed" });
  };
  const stream = online();
  await block(context, { jid: evil });
  stream.nudge();
  await becomes([{ entry: evil, state: "refused", problem: "not-allowed" }]);
  stream.nudge();
  answer = () => undefined;
  await block(context, { jid: evil });
  stream.nudge();
  await becomes([{ entry: evil, state: "blocked" }]);
  expect(asked.filter((child) => child.startsWith("<block "))).toHaveLength(2);
});

test("a server that cannot block refuses the command, and says so of an older wish", async () => {
  await block(context, { jid: evil });
  await features({ blocking: false });
  expect(await block(context, { jid: bob })).toEqual({ ok: false, host: "example.org" });
  expect(await entries()).toEqual([{ entry: evil, state: "refused", problem: "not-offered" }]);
});

test("a report names the message, and goes only where the server takes it", async () => {
  const key = await mail(evil, "", "archive-1");
  await block(context, { jid: evil, report: key });
  online(true, false);
  await becomes([{ entry: evil, state: "blocked" }]);
  expect(asked.at(-1)).not.toContain("report");
  await block(context, { jid: evil, report: key });
  online(false, true);
  await vi.waitFor(() =>
    expect(asked.at(-1)).toBe(
      `<block xmlns="urn:xmpp:blocking"><item jid="${evil}">` +
        '<report xmlns="urn:xmpp:reporting:1" reason="urn:xmpp:reporting:spam">' +
        `<stanza-id xmlns="urn:xmpp:sid:0" by="${me}" id="archive-1"/></report></item></block>`,
    ),
  );
});

test("a sender is blocked by their own entry, or by their domain's", async () => {
  const key = await mail(evil, "");
  expect((await readSender(context, { key }))?.block).toBeUndefined();
  await takeBlockChange(context, { blocks: true, entries: ["bad.example"] });
  expect((await readSender(context, { key }))?.block).toEqual({
    entry: "bad.example",
    state: "blocked",
  });
});

test("a stranger is held against my contacts and conversations, and against those of later", async () => {
  const contact = (jid: Jid, rosterName: string) =>
    context.store.write(["people"], async (tx) => {
      void tx.objectStore("people").put({ jid, rosterName, lastAt: 1, written: 2 });
    });
  const opened = async (other: string) => {
    const view = await readConversation(context, { thread: "plans", with: other, limit: 9 });
    return view.state === "found" ? view.messages.map((m) => m.stranger) : [];
  };
  await contact(bob, "Bob Banks");
  await mail(bob, "<thread>plans</thread>");
  const nick = "<nick xmlns='http://jabber.org/protocol/nick'>bob  Banks</nick>";
  await mail("b0b@bank.example", `<thread>plans</thread>${nick}`);
  expect(await opened("b0b@bank.example")).toEqual([
    { namesakes: [bob], lookAlikes: [bob], isOutsider: true },
  ]);
  expect(await opened(bob)).toEqual([undefined]);
  const other = "bob@elsewhere.example" as Jid;
  await contact(other, "Bob Banks");
  context.bus.touch(["people"]);
  expect(await opened("b0b@bank.example")).toMatchObject([{ namesakes: [bob, other] }]);
});
