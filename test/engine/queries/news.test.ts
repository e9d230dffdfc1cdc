/** Of which mail there may be a notice. */
import { xml } from "@xmpp/xml";
import { beforeAll, expect, test, vi } from "vitest";
import { ingest } from "../../../src/engine/ingest.ts";
import { takeRoster } from "../../../src/engine/live.ts";
import { readNews } from "../../../src/engine/queries/news.ts";
import { openServerClock } from "../../../src/engine/server-clock.ts";
import { WORKING_STORES } from "../../../src/engine/working-set.ts";
import type { AccountContext } from "../../../src/engine/context.ts";
import type { Jid } from "../../../src/mail/address.ts";
import { arrivalOf } from "../../../src/mail/message.ts";
import type { Received } from "../../../src/mail/received.ts";
import type { Session } from "../../../src/xmpp/session.ts";
import { accountOnTrial, me } from "../store-on-trial.ts";

beforeAll(() => {
  vi.stubGlobal("navigator", {
    locks: {
      query: async () => ({ held: [] }),
      request: async (_name: string, hold: () => Promise<unknown>) => hold(),
    },
  });
});

function received(from: string, part: Partial<Received>): Received {
  return {
    from: from as Jid,
    fromResource: "",
    to: me,
    toResource: "",
    type: "normal",
    id: crypto.randomUUID(),
    stanzaIds: [],
    subject: "Boat",
    body: "When?",
    thread: { id: `t-${from}` },
    references: [],
    headers: {},
    fallbacks: [],
    addresses: [],
    attachments: [],
    receiptWanted: false,
    ...part,
  };
}

async function arrives(
  context: AccountContext,
  from: string,
  at: number,
  part: Partial<Received> = {},
): Promise<void> {
  const arrival = arrivalOf(received(from, part), { me, at, unread: true });
  if (arrival === undefined) throw new Error("no message");
  await context.store.write(WORKING_STORES, (tx) => ingest(tx, me, [arrival]));
}

test("of contacts and of those I wrote to, never of strangers; chats are none", async () => {
  const context = await accountOnTrial();
  await takeRoster(context, [{ jid: "nadia@x.example" as Jid, subscription: "both" }]);
  await arrives(context, me, 1, { from: me, to: "tom@x.example" as Jid });
  await arrives(context, "nadia@x.example", 10);
  await arrives(context, "tom@x.example", 20);
  await arrives(context, "eve@x.example", 30);
  await arrives(context, "nadia@x.example", 40, { type: "chat", subject: "", thread: { id: "c" } });
  const { items, latestAt } = await readNews(context);
  expect(items.map(({ from, at }) => [from, at])).toEqual([
    ["tom@x.example", 20],
    ["nadia@x.example", 10],
  ]);
  expect(latestAt).toBe(30);
});

test("one item a conversation, its newest message; what strangers named it is fit to be shown", async () => {
  const context = await accountOnTrial();
  await takeRoster(context, [{ jid: "nadia@x.example" as Jid, subscription: "to" }]);
  await arrives(context, "nadia@x.example", 10);
  await arrives(context, "nadia@x.example", 20, {
    subject: "Boat\u202Etaob",
    body: "Now\u200B or never",
    nick: "bank@x.example\u202E",
  });
  const { items } = await readNews(context);
  expect(items).toEqual([
    {
      id: "c1",
      href: "#/t/t-nadia%40x.example?with=nadia%40x.example",
      at: 20,
      from: "nadia@x.example",
      subject: "Boat",
      snippet: "Now or never",
    },
  ]);
});

test("who leaves my roster is a stranger again", async () => {
  const context = await accountOnTrial();
  await takeRoster(context, [{ jid: "nadia@x.example" as Jid, subscription: "both" }]);
  await arrives(context, "nadia@x.example", 10);
  await takeRoster(context, [{ jid: "nadia@x.example" as Jid, subscription: "remove" }]);
  expect((await readNews(context)).items).toEqual([]);
});

test("how old it is goes by the server's time, once it told it: this device's clock may be hours off", async () => {
  const context = await accountOnTrial();
  const there = Date.UTC(2026, 10, 27, 10);
  const device = { ...context, now: () => there + 2 * 3_600_000 };
  await takeRoster(context, [{ jid: "nadia@x.example" as Jid, subscription: "both" }]);
  await arrives(context, "nadia@x.example", there - 60_000);
  expect((await readNews(device)).items).toMatchObject([{ isOld: true }]);
  const time = xml("time", { xmlns: "urn:xmpp:time" }, xml("utc", {}, "2026-11-27T10:00:00Z"));
  const session: Pick<Session, "iq" | "domain"> = {
    domain: "example.org",
    iq: async () => xml("iq", {}, time),
  };
  await openServerClock(device).ask(session as Session);
  expect((await readNews(device)).items[0]).not.toHaveProperty("isOld");
});
