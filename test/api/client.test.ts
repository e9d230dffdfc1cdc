import { expect, test } from "vitest";
import { createApiClient, type Port } from "../../src/api/client.ts";
import type { FromWorker, ToWorker } from "../../src/api/contract.ts";

const inbox = { mailbox: "inbox", offset: 0, limit: 90 } as const;
const view = { mailbox: "inbox", offset: 0, rows: [], total: 0, unread: 0 } as const;

function openPort(): { port: Port; said: ToWorker[]; answer: (message: FromWorker) => void } {
  const said: ToWorker[] = [];
  let listener: (event: { data: FromWorker }) => void = () => undefined;
  return {
    said,
    port: {
      postMessage: (message) => void said.push(message),
      addEventListener: (_type, made) => void (listener = made),
    },
    answer: (data) => listener({ data }),
  };
}

test("what was asked ahead is asked once, and answered at once where the answer is there", async () => {
  const { port, said, answer } = openPort();
  const client = createApiClient(port);
  client.askAhead("window", inbox);
  answer({ type: "answer", id: 1, value: view });
  const heard: unknown[] = [];
  const stop = client.subscribe("window", inbox, (found) => heard.push(found));
  await Promise.resolve();
  expect(heard).toEqual([view]);
  answer({ type: "answer", id: 1, value: { ...view, total: 1 } });
  expect(heard).toEqual([view, { ...view, total: 1 }]);
  stop();
  expect(said.map(({ type }) => type)).toEqual(["subscribe", "unsubscribe"]);
});

test("another question is asked anew", () => {
  const { port, said } = openPort();
  const client = createApiClient(port);
  client.askAhead("window", inbox);
  client.subscribe("window", { ...inbox, mailbox: "sent" }, () => undefined);
  expect(said.filter(({ type }) => type === "subscribe")).toHaveLength(2);
});

test("asked ahead twice is asked once, and what is asked ahead instead ends what was before", () => {
  const { port, said } = openPort();
  const client = createApiClient(port);
  client.askAhead("window", inbox);
  client.askAhead("window", inbox);
  client.askAhead("window", { ...inbox, mailbox: "sent" });
  expect(said.map((message) => [message.type, "id" in message ? message.id : 0])).toEqual([
    ["subscribe", 1],
    ["unsubscribe", 1],
    ["subscribe", 2],
  ]);
});
