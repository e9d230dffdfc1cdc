/** With the sieve the database comes out as without it, also where others write in between. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { AccountContext } from "../../src/engine/context.ts";
import { createIdSieve, type IdSieve } from "../../src/engine/id-sieve.ts";
import { ingest } from "../../src/engine/ingest.ts";
import { WORKING_STORES } from "../../src/engine/working-set.ts";
import type { Jid } from "../../src/mail/address.ts";
import { type Arrival, arrivalOf } from "../../src/mail/message.ts";
import { accountOnTrial, me } from "./store-on-trial.ts";

const PEOPLE = ["bob@example.net", "carol@example.net"] as Jid[];
const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;

const arrivals: fc.Arbitrary<Arrival> = fc
  .record({
    n: fc.nat(11),
    person: fc.nat(1),
    isMine: fc.boolean(),
    isChat: fc.boolean(),
    isWeak: fc.boolean(),
    parent: fc.option(fc.nat(11), { nil: undefined }),
    thread: fc.option(fc.nat(2), { nil: undefined }),
  })
  .map(({ n, person, isMine, isChat, isWeak, parent, thread }) => {
    const other = PEOPLE[person] as Jid;
    const made = arrivalOf(
      {
        from: isMine ? me : other,
        fromResource: "",
        to: isMine ? other : me,
        toResource: "",
        type: isChat ? "chat" : "normal",
        id: isWeak ? String(n) : id(n),
        stanzaIds: [],
        references: parent === undefined ? [] : [id(parent)],
        headers: {},
        fallbacks: [],
        addresses: [],
        attachments: [],
        receiptWanted: false,
        body: `text ${n}`,
        ...(thread === undefined ? {} : { thread: { id: `thread-${thread}` } }),
      },
      { me, at: n * 3_600_000, archiveId: `a${n}-${isWeak}`, unread: true },
    );
    if (made === undefined) throw new Error("no message");
    return made;
  });

async function take(context: AccountContext, batch: Arrival[], sieve?: IdSieve): Promise<void> {
  await context.store.write(WORKING_STORES, (tx) => ingest(tx, me, batch, sieve));
}

async function everything(context: AccountContext) {
  return context.store.read(["messages", "conversations", "entries", "timeline"], async (tx) => [
    await tx.objectStore("messages").getAll(),
    await tx.objectStore("conversations").getAll(),
    await tx.objectStore("entries").getAllKeys(),
    await tx.objectStore("timeline").getAllKeys(),
  ]);
}

test("what the sieve spares is only what would have found nothing", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ batch: fc.array(arrivals, { maxLength: 6 }), isOther: fc.boolean() }), {
        maxLength: 6,
      }),
      async (batches) => {
        const [plain, sieved] = [await accountOnTrial(), await accountOnTrial()];
        const sieve = createIdSieve(me);
        for (const { batch, isOther } of batches) {
          await take(plain, batch);
          // Live mail and other tabs write without it.
          await take(sieved, batch, isOther ? undefined : sieve);
        }
        expect(await everything(sieved)).toEqual(await everything(plain));
        const late = createIdSieve(me);
        await late.load(sieved.store);
        for (const { batch } of batches)
          for (const { message } of batch) expect(late.mayHave("mid", message.mid)).toBe(true);
      },
    ),
    { numRuns: 100 },
  );
});
