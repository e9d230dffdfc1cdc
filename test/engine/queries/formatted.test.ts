/** HTML is asked for by itself, but for the message that is shown first: that comes with its conversation. */
import { expect, test } from "vitest";
import { ingest } from "../../../src/engine/ingest.ts";
import { readConversation } from "../../../src/engine/queries/conversation.ts";
import { readFormatted } from "../../../src/engine/queries/formatted.ts";
import { WORKING_STORES } from "../../../src/engine/working-set.ts";
import type { Jid } from "../../../src/mail/address.ts";
import { arrivalOf } from "../../../src/mail/message.ts";
import { accountOnTrial, me } from "../store-on-trial.ts";
import { BARE } from "../bare-received.ts";

const bob = "bob@example.net" as Jid;

async function conversationOf(htmls: readonly string[], limit = 10) {
  const context = await accountOnTrial();
  for (const [i, html] of htmls.entries()) {
    const arrival = arrivalOf(
      {
        from: bob,
        fromResource: "",
        to: me,
        toResource: "",
        type: "normal",
        originId: `message-number-${i}`,
        thread: { id: "t" },
        body: `words ${i}`,
        content: { type: "text/html", text: html },
        ...BARE,
      },
      { me, at: i + 1, unread: true },
    );
    if (arrival === undefined) throw new Error("no message");
    await context.store.write(WORKING_STORES, (tx) => ingest(tx, me, [arrival]));
    // Other mail arrives between: their keys do not follow each other.
    if (i % 2 === 0)
      await context.store.write(WORKING_STORES, (tx) =>
        ingest(tx, me, [
          {
            ...arrival,
            message: { ...arrival.message, mid: `other-number-${i}`, thread: `other-${i}` },
          },
        ]),
      );
  }
  const view = await readConversation(context, { thread: "t", limit });
  if (view.state !== "found") throw new Error("not found");
  return { context, view };
}

test("the newest message brings its HTML, the others are asked", async () => {
  const { context, view } = await conversationOf(["<p>0</p>", "<p>1</p>", "<p>2</p>", "<p>3</p>"]);
  expect(view.messages.map((m) => [m.body, m.formatted?.html])).toEqual([
    ["words 0", undefined],
    ["words 1", undefined],
    ["words 2", undefined],
    ["words 3", "<p>3</p>"],
  ]);
  const [first] = view.messages;
  expect(await readFormatted(context, { key: first?.key ?? 0 })).toMatchObject({
    html: "<p>0</p>",
  });
});

test("HTML that is a load does not travel with every answer", async () => {
  const { view } = await conversationOf([`<p>${"x".repeat(100_000)}</p>`]);
  expect(view.messages[0]).toMatchObject({ hasHtml: true });
  expect(view.messages[0]).not.toHaveProperty("formatted");
});

test("the newest of a long conversation, in their order", async () => {
  const { view } = await conversationOf(["0", "1", "2", "3", "4"], 3);
  expect(view.messages.map((m) => m.body)).toEqual(["words 2", "words 3", "words 4"]);
  expect(view.older).toBe(2);
});
