import { createRoot, createSignal } from "solid-js";
import { expect, test } from "vitest";
import type { ApiClient } from "../../src/api/client.ts";
import type { WindowArgs, WindowView } from "../../src/api/contract.ts";
import { createAnswer } from "../../src/ui/answer.ts";

/** Answers when told to. */
function slowApi() {
  const asked: { offset: number; answer: () => void }[] = [];
  const subscribe = (_query: string, args: WindowArgs, onAnswer: (view: WindowView) => void) => {
    const view = { ...args, rows: [], total: 900, unread: 0 };
    asked.push({ offset: args.offset, answer: () => onAnswer(view) });
    return () => undefined;
  };
  return { asked, api: { subscribe } as unknown as ApiClient };
}

test("a list that flies past asks for where it is now, not for everywhere it was", async () => {
  const { asked, api } = slowApi();
  const [offset, setOffset] = createSignal(0);
  const [mailbox, setMailbox] = createSignal<WindowArgs["mailbox"]>("inbox");
  const { answer, dispose } = createRoot((end) => ({
    dispose: end,
    answer: createAnswer(
      api,
      "window",
      () => ({ mailbox: mailbox(), offset: offset(), limit: 90 }),
      { keeps: (before, now) => before.mailbox === now.mailbox },
    ),
  }));
  for (const place of [30, 60, 90, 120]) setOffset(place);
  expect(asked.map((a) => a.offset)).toEqual([0]);
  asked[0]?.answer();
  expect(answer()?.offset).toBe(0);
  expect(asked.map((a) => a.offset)).toEqual([0, 120]);
  // Another list is asked for at once, and nothing of the one before stands.
  setMailbox("sent");
  expect(answer()).toBeUndefined();
  expect(asked).toHaveLength(3);
  dispose();
});
