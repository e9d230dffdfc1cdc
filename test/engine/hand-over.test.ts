import { expect, test } from "vitest";
import { createHandOver, type StreamEnds } from "../../src/engine/hand-over.ts";
import type { SignedIn } from "../../src/engine/sign-in.ts";
import { ConnectionError } from "../../src/xmpp/connection-error.ts";
import type { Inbound } from "../../src/xmpp/inbound.ts";

const event = { kind: "rejected", why: "test" } as Inbound;

function openStream(): { signedIn: SignedIn; closed: () => number } {
  let closings = 0;
  const session = { close: async () => void closings++, abort: () => undefined };
  return {
    signedIn: { session, endpoint: "wss://example.org/" } as unknown as SignedIn,
    closed: () => closings,
  };
}

function listen(): { ends: StreamEnds; heard: unknown[] } {
  const heard: unknown[] = [];
  return {
    heard,
    ends: {
      onInbound: (inbound) => void heard.push(inbound),
      onClosed: (reason) => void heard.push(reason),
    },
  };
}

test("what came before anybody took the stream waits for whoever does, and is handled then", async () => {
  const handOver = createHandOver();
  const { signedIn, closed } = openStream();
  const { ends, heard } = listen();
  handOver.offer(signedIn);
  const handled = Promise.resolve(handOver.ends.onInbound(event));
  expect(handOver.take(ends)).toBe(signedIn);
  await handled;
  expect(heard).toEqual([event]);
  expect(handOver.take(ends)).toBeUndefined();
  handOver.drop();
  expect(closed()).toBe(0);
  const end = new ConnectionError("lost", "over");
  handOver.ends.onClosed(end);
  expect(heard.at(-1)).toBe(end);
});

test("a stream nobody takes is closed, and what came on it is not handled", async () => {
  const handOver = createHandOver();
  const { signedIn, closed } = openStream();
  handOver.offer(signedIn);
  const handled = expect(Promise.resolve(handOver.ends.onInbound(event))).rejects.toThrow(/nobody/);
  handOver.drop();
  await handled;
  expect(closed()).toBe(1);
  expect(handOver.take(listen().ends)).toBeUndefined();
});

test("a stream that ended meanwhile is nothing to go on with", () => {
  const handOver = createHandOver();
  handOver.offer(openStream().signedIn);
  handOver.ends.onClosed(new ConnectionError("lost", "over"));
  expect(handOver.take(listen().ends)).toBeUndefined();
});
