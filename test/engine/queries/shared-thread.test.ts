/** A thread id that several conversations have: the address says which is meant, or the one of people I know is. */
import { beforeEach, expect, test } from "vitest";
import { ingest } from "../../../src/engine/ingest.ts";
import { readConversation } from "../../../src/engine/queries/conversation.ts";
import { readPerson } from "../../../src/engine/queries/person.ts";
import { WORKING_STORES } from "../../../src/engine/working-set.ts";
import type { Jid } from "../../../src/mail/address.ts";
import { arrivalOf } from "../../../src/mail/message.ts";
import { accountOnTrial, me } from "../store-on-trial.ts";
import { BARE } from "../bare-received.ts";

const ann = "ann@example.org" as Jid;
const bob = "bob@example.org" as Jid;
const eve = "eve@bad.example" as Jid;

let context: Awaited<ReturnType<typeof accountOnTrial>>;
beforeEach(async () => {
  context = await accountOnTrial();
});

async function mail(from: Jid, to: Jid, subject: string, at: number): Promise<void> {
  const arrival = arrivalOf(
    {
      from,
      fromResource: "",
      to,
      toResource: "",
      type: "normal",
      id: `mail-about-${subject}`,
      thread: { id: "shared" },
      ...BARE,
      subject,
      body: subject,
    },
    { me, at, archiveId: `a${at}`, unread: true },
  );
  if (arrival === undefined) throw new Error("no message");
  await context.store.write(WORKING_STORES, (tx) => ingest(tx, me, [arrival]));
}

const read = (more: { with?: string; message?: string } = {}) =>
  readConversation(context, { thread: "shared", limit: 10, ...more });

async function three(): Promise<void> {
  await mail(me, ann, "mine", 1000);
  await mail(eve, me, "forged", 2000);
  await mail(bob, me, "stranger", 3000);
}

test("the one with people I know, and the others by name", async () => {
  await three();
  const view = await read();
  expect(view).toMatchObject({ subject: "mine" });
  const others = view.state === "found" ? (view.others ?? []) : [];
  expect(others.map((o) => o.subject).toSorted()).toEqual(["forged", "stranger"]);
  for (const other of others) expect(other.href).toMatch(/^#\/t\/shared\?with=/);
});

test("`with` wins, and then nobody else is named", async () => {
  await three();
  expect(await read({ with: eve })).toMatchObject({ subject: "forged" });
  expect(await read({ with: bob })).not.toHaveProperty("others");
  expect(await read({ with: ann })).toMatchObject({ subject: "mine" });
  // A link of mine, which I open myself.
  expect(await read({ with: me })).toMatchObject({ subject: "mine" });
});

test("the message a link names says which conversation it means", async () => {
  await three();
  expect(await read({ message: "mail-about-forged" })).toMatchObject({ subject: "forged" });
  expect(await read({ message: "mail-about-forged", with: ann })).toMatchObject({
    subject: "mine",
  });
});

test("one conversation alone names no others", async () => {
  await mail(me, ann, "mine", 1000);
  expect(await read()).not.toHaveProperty("others");
});

test("a person's page has their conversations, newest first, and nobody else's", async () => {
  await three();
  await mail(ann, me, "later", 4000);
  const view = await readPerson(context, { jid: ann, limit: 10 });
  expect(view.conversations.map((c) => c.subject)).toEqual(["mine"]);
  expect((await readPerson(context, { jid: "x@y.z" as Jid, limit: 10 })).conversations).toEqual([]);
});

test("a link to an old message of a long conversation shows it, and the conversation's own address its newest", async () => {
  for (let i = 0; i < 150; i++)
    await mail(i % 2 === 0 ? me : ann, i % 2 === 0 ? ann : me, `n${i}`, 1000 + i);
  const shown = async (more: { message?: string }) => {
    const view = await readConversation(context, { thread: "shared", limit: 100, ...more });
    return view.state === "found" ? view.messages.map((m) => m.subject) : [];
  };
  expect((await shown({}))[0]).toBe("n50");
  expect((await shown({ message: "mail-about-n9" }))[0]).toBe("n9");
  expect(await shown({ message: "mail-about-n9" })).toHaveLength(141);
  expect((await shown({ message: "mail-about-n0" }))[0]).toBe("n50");
});
