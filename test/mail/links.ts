/** Links for tests: what one may be made of, and runs whose seed is told. */
import fc from "fast-check";
import type { Jid } from "../../src/mail/address.ts";
import { harmlessLine, harmlessText } from "../../src/mail/person-link.ts";

/** `SEED=N` plays a run again. */
export function seeded<T>(options: fc.Parameters<T> = {}): fc.Parameters<T> {
  const seed = Number(process.env["SEED"] ?? Date.now() % 2 ** 31);
  console.log(`fast-check seed ${seed}`);
  return { ...options, seed };
}

const text = fc.string({ unit: "grapheme", maxLength: 60 });
const line = text.map((t) => harmlessLine(t, 100));
const jid = fc.constantFrom(
  "a@x.test",
  "ü,%+@x.test",
  "b;c=d@x.test",
  "x.test",
) as fc.Arbitrary<Jid>;
const maybe = <N extends string>(name: N, value: fc.Arbitrary<string>) =>
  value.map((v) => (v === "" ? {} : ({ [name]: v } as Record<N, string>)));

/** An inbox link as somebody makes one. */
export const link = fc
  .tuple(
    fc.uniqueArray(jid, { minLength: 1 }),
    fc.uniqueArray(fc.constantFrom("a@x.test", "b@x.test") as fc.Arbitrary<Jid>),
    line,
    text.map((t) => harmlessText(t, 8000)),
    maybe("called", line),
    maybe("thread", line),
  )
  .map(([to, cc, subject, body, called, thread]) => ({
    to,
    cc,
    subject,
    body,
    ...(called as { called?: string }),
    ...(thread as { thread?: string }),
  }));
