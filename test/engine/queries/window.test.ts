/** A list is read in pieces, from wherever somebody scrolled to: they are the list. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { AccountContext } from "../../../src/engine/context.ts";
import { ingest } from "../../../src/engine/ingest.ts";
import { readWindow } from "../../../src/engine/queries/window.ts";
import { WORKING_STORES } from "../../../src/engine/working-set.ts";
import type { Jid } from "../../../src/mail/address.ts";
import { arrivalOf } from "../../../src/mail/message.ts";
import { accountOnTrial, me } from "../store-on-trial.ts";
import { BARE } from "../bare-received.ts";

async function mailAt(context: AccountContext, at: number): Promise<void> {
  const arrival = arrivalOf(
    {
      from: "ann@example.org" as Jid,
      fromResource: "",
      to: me,
      toResource: "",
      type: "normal",
      id: `mail-of-the-hour-${at}`,
      ...BARE,
      body: `text ${at}`,
    },
    { me, at, archiveId: `a${at}`, unread: true },
  );
  if (arrival === undefined) throw new Error("no message");
  await context.store.write(WORKING_STORES, (tx) => ingest(tx, me, [arrival]));
  context.bus.touch(["mail"]);
}

test("windows asked for in any order are pieces of the list, also when mail comes in between", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ offset: fc.nat(35), arrives: fc.boolean() }), { maxLength: 15 }),
      async (steps) => {
        const context = await accountOnTrial();
        let newest = 0;
        for (; newest < 30; newest++) await mailAt(context, newest * 1000);
        for (const { offset, arrives } of steps) {
          if (arrives) await mailAt(context, newest++ * 1000);
          const all = await readWindow(context, { mailbox: "inbox", offset: 0, limit: 100 });
          const some = await readWindow(context, { mailbox: "inbox", offset, limit: 7 });
          expect(all.total).toBe(newest);
          expect(some.rows).toEqual(all.rows.slice(offset, offset + 7));
        }
        context.store.close();
      },
    ),
    { numRuns: 12 },
  );
});
