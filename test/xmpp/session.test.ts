/** What a stream does with servers that are slow, broken or hostile. */
import { xml } from "@xmpp/xml";
import { expect, onTestFinished, test, vi } from "vitest";
import { probeEndpoint, type WaitingStream } from "../../src/xmpp/discovery.ts";
import { idOf, openScripted, PLAIN, scriptServer, settle } from "./scripted-server.ts";

const CLIENT = "xmlns='jabber:client'";
const message = (body: string, from = "bob@x.test/a") =>
  `<message ${CLIENT} from='${from}' to='me@example.org'><body>${body}</body></message>`;
const ASK = "<r xmlns='urn:xmpp:sm:3'/>";
const sm = (name: string, attrs: string) => `<${name} xmlns='urn:xmpp:sm:3' ${attrs}/>`;
const answerTo = (got: readonly string[]) => got.filter((frame) => frame.startsWith("<a "));

function fakeTime(): void {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
}

/** The usual course, and the stream can be resumed. */
const resumableStream = (frame: string): string[] | undefined =>
  frame.startsWith("<enable") ? [sm("enabled", "id='s1' resume='true'")] : undefined;

/** Stanzas by hand, so that their ids are known. */
const note = (id: string) => xml("message", { id, to: "bob@x.test" }, xml("body", {}, id));

test.each([
  ["SCRAM was seen before", { scramSeen: true }, PLAIN],
  ["the channel is open to everybody", { service: "ws://example.org/ws" }, PLAIN],
  ["the server does not offer it", {}, "<mechanism>EXTERNAL</mechanism>"],
])("no password by PLAIN where %s", async (_why, options, mechanisms) => {
  const server = scriptServer({ mechanisms });
  await expect(openScripted(options)).rejects.toMatchObject({ problem: "too-old" });
  expect(server.got.some((frame) => frame.startsWith("<auth"))).toBe(false);
  expect(server.isClosed()).toBe(true);
});

test("SCRAM is taken where PLAIN is offered first, the strongest of them", async () => {
  const server = scriptServer({
    mechanisms: `${PLAIN}<mechanism>SCRAM-SHA-1</mechanism><mechanism>SCRAM-SHA-512</mechanism>`,
    answer: (frame) =>
      frame.startsWith("<auth")
        ? ["<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>"]
        : undefined,
  });
  await expect(openScripted()).rejects.toMatchObject({ problem: "wrong-password" });
  const tries = server.got.filter((frame) => frame.startsWith("<auth"));
  expect(tries).toHaveLength(1);
  expect(tries[0]).toContain("SCRAM-SHA-512");
});

test.each([
  ["account-disabled", "disabled"],
  ["not-authorized", "wrong-password"],
  ["credentials-expired", "wrong-password"],
  ["temporary-auth-failure", "busy"],
  ["encryption-required", "too-old"],
])("a refusal with %s is %s, after one try", async (condition, problem) => {
  const server = scriptServer({
    answer: (frame) =>
      frame.startsWith("<auth")
        ? [`<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><${condition}/></failure>`]
        : undefined,
  });
  await expect(openScripted()).rejects.toMatchObject({ problem });
  expect(server.got.filter((frame) => frame.startsWith("<auth"))).toHaveLength(1);
  expect(server.urls).toHaveLength(1);
});

test("a server that accepts without proving that it knows the account is not believed", async () => {
  const challenge = (frame: string) => {
    const first = atob(/>([^<]+)</.exec(frame)?.[1] ?? "");
    const nonce = /r=(.*)$/.exec(first)?.[1] ?? "";
    return btoa(`r=${nonce}more,s=QSXCR+Q6sek8bf92,i=4096`);
  };
  const server = scriptServer({
    mechanisms: "<mechanism>SCRAM-SHA-1</mechanism>",
    answer(frame) {
      const sasl = "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'";
      if (frame.startsWith("<auth")) return [`<challenge ${sasl}>${challenge(frame)}</challenge>`];
      if (frame.startsWith("<response"))
        return [`<success ${sasl}>${btoa("v=AAAAAAAAAAAAAAAAAAAAAAAAAAA=")}</success>`];
      return undefined;
    },
  });
  await expect(openScripted()).rejects.toMatchObject({ problem: "too-old" });
  expect(server.isClosed()).toBe(true);
});

const streamError = (inner: string) =>
  `<stream:error xmlns:stream='http://etherx.jabber.org/streams'>${inner}</stream:error>`;
const STREAMS = "xmlns='urn:ietf:params:xml:ns:xmpp-streams'";

test("a redirect is not followed, before sign-in or after", async () => {
  const redirect = streamError(`<see-other-host ${STREAMS}>evil.test</see-other-host>`);
  const early = scriptServer({ answer: () => [redirect] });
  await expect(openScripted()).rejects.toMatchObject({
    problem: "redirect",
    detail: expect.stringContaining("see-other-host") as string,
  });
  expect(early.urls).toHaveLength(1);
  const late = scriptServer();
  const { closed } = await openScripted();
  late.say(redirect);
  expect(closed).toMatchObject([{ problem: "redirect" }]);
  expect(late.urls).toHaveLength(1);
});

test.each([
  ["host-unknown", "host-unknown"],
  ["conflict", "conflict"],
  ["policy-violation", "policy"],
  ["system-shutdown", "shutdown"],
  ["resource-constraint", "busy"],
  ["see-other-host", "redirect"],
  ["reset", "lost"],
])("stream error %s is %s", async (condition, problem) => {
  const server = scriptServer();
  const { session, closed } = await openScripted();
  session.send(note("1"));
  server.say(streamError(`<${condition} ${STREAMS}/>`));
  expect(closed).toMatchObject([{ problem }]);
});

test("what the server acknowledges is told in order, once", async () => {
  const server = scriptServer();
  const { session, acked } = await openScripted();
  for (const id of ["1", "2", "3"]) session.send(note(id));
  server.say(sm("a", "h='2'"));
  expect(acked).toEqual(["1", "2"]);
  server.say(sm("a", "h='2'"));
  expect(acked).toEqual(["1", "2"]);
});

test.each(["5", "0x1", "-1", "4294967296", ""])(
  "an acknowledgement of what was not sent (h=%j) ends the stream",
  async (h) => {
    const server = scriptServer();
    const { session, acked, closed } = await openScripted({ resumable: true });
    session.send(note("1"));
    server.say(sm("a", `h='${h}'`));
    expect(acked).toEqual([]);
    expect(closed).toHaveLength(1);
    expect(server.got.some((frame) => frame.includes("handled-count-too-high"))).toBe(true);
    expect(await session.resumeState()).toBeUndefined();
  },
);

test("nothing is acknowledged before it is kept", async () => {
  const server = scriptServer();
  let commit: () => void = () => undefined;
  await openScripted({ onInbound: () => new Promise<void>((resolve) => (commit = resolve)) });
  server.say(message("1"));
  server.say(ASK);
  await settle();
  expect(answerTo(server.got)).toEqual([]);
  commit();
  await settle();
  expect(answerTo(server.got)).toEqual([`<a xmlns="urn:xmpp:sm:3" h="1"/>`]);
});

test("what cannot be kept ends the stream unacknowledged, with everything behind it", async () => {
  const server = scriptServer();
  const seen: string[] = [];
  const { session, closed } = await openScripted({
    onInbound(event) {
      const body = event.kind === "message" ? (event.received.body ?? "") : "";
      seen.push(body);
      if (body === "2") throw new Error("disk full");
    },
  });
  for (const body of ["1", "2", "3"]) server.say(message(body));
  server.say(ASK);
  await settle();
  expect(seen).toEqual(["1", "2"]);
  expect(answerTo(server.got)).toEqual([]);
  expect(closed).toMatchObject([{ problem: "lost", detail: "disk full" }]);
  expect(() => session.send(note("x"))).toThrow("disk full");
});

test("what could not be kept is not handled in a resumed stream either", async () => {
  const server = scriptServer({
    answer: (frame) =>
      frame.startsWith("<enable") ? [sm("enabled", "id='s1' resume='1'")] : undefined,
  });
  const { session } = await openScripted({
    resumable: true,
    onInbound: () => Promise.reject(new Error("disk full")),
  });
  server.say(message("1"));
  await settle();
  expect(await session.resumeState()).toMatchObject({ id: "s1", inbound: 0 });
});

test("a clean close of a stream that could be resumed leaves nothing to resume", async () => {
  scriptServer({ answer: resumableStream });
  const { session } = await openScripted({ resumable: true });
  session.send(note("1"));
  await session.close();
  expect(await session.resumeState()).toBeUndefined();
});

test("the answer to a request for an acknowledgement waits until its count is noted", async () => {
  const server = scriptServer({ answer: resumableStream });
  let noted: () => void = () => undefined;
  const counts: number[] = [];
  await openScripted({
    resumable: true,
    onAnswer(kept) {
      counts.push(kept);
      return new Promise<void>((resolve) => (noted = resolve));
    },
  });
  server.say(message("1"));
  server.say(ASK);
  await settle();
  expect(counts).toEqual([1]);
  expect(answerTo(server.got)).toEqual([]);
  noted();
  await settle();
  expect(answerTo(server.got)).toEqual([`<a xmlns="urn:xmpp:sm:3" h="1"/>`]);
});

test("a reserved place keeps its number: what is sent meanwhile goes behind it", async () => {
  const server = scriptServer();
  const { session } = await openScripted();
  session.send(note("1"));
  const place = session.reserve();
  session.send(note("3"));
  expect(place.number).toBe(2);
  place.send(note("2"));
  const given = session.reserve();
  session.send(note("4"));
  given.release();
  const ids = server.got.flatMap((f) => (f.startsWith("<message") ? [idOf(f)] : []));
  expect(ids).toEqual(["1", "2", "3", "4"]);
});

test("a stanza nested absurdly deep is read as far as it is sane", async () => {
  const server = scriptServer();
  const { events } = await openScripted();
  const deep = `${"<x>".repeat(3000)}${"</x>".repeat(3000)}`;
  server.say(message("deep").replace("</message>", `${deep}</message>`));
  server.say(message("fine"));
  server.say(ASK);
  await settle();
  expect(events).toMatchObject([{ received: { body: "deep" } }, { received: { body: "fine" } }]);
  expect(answerTo(server.got)).toEqual([`<a xmlns="urn:xmpp:sm:3" h="2"/>`]);
});

test.each([
  ["a NUL", [`<message ${CLIENT} from='a@x.test'><body>&#0;</body></message>`]],
  ["half a stanza", [`<message ${CLIENT} from='a@x.test'><forwarded>`]],
  ["a stanza in two frames", [`<message ${CLIENT}><body>x`, `</body></message>`]],
  ["two stanzas", [`${message("1")}${message("2")}`]],
  ["an undeclared prefix", [`<message ${CLIENT}><x:y/></message>`]],
  ["no stanza at all", ["hello"]],
])("%s in a frame is skipped, not counted, and the next one comes", async (_what, frames) => {
  const server = scriptServer();
  const { events, closed } = await openScripted();
  for (const frame of frames) server.say(frame);
  server.say(message("behind it"));
  server.say(ASK);
  await settle();
  expect(events.filter((e) => e.kind !== "unreadable")).toMatchObject([
    { received: { body: "behind it" } },
  ]);
  expect(events).toHaveLength(frames.length + 1);
  expect(answerTo(server.got)).toEqual([`<a xmlns="urn:xmpp:sm:3" h="1"/>`]);
  expect(closed).toEqual([]);
});

test("a server that talks nothing but nonsense is left", async () => {
  const server = scriptServer();
  const { closed } = await openScripted();
  for (let i = 0; i < 100; i++) server.say("<message><body>&#0;");
  await settle();
  expect(closed).toMatchObject([{ problem: "lost" }]);
  expect(server.isClosed()).toBe(true);
});

test("stanzas that come with the answer to <enable/> are neither lost nor miscounted", async () => {
  const server = scriptServer({
    answer: (frame) =>
      frame.startsWith("<enable")
        ? [message("before"), sm("enabled", ""), message("behind"), ASK]
        : undefined,
  });
  const { events } = await openScripted();
  await settle();
  expect(events).toMatchObject([
    { received: { body: "before" } },
    { received: { body: "behind" } },
  ]);
  expect(answerTo(server.got)).toEqual([`<a xmlns="urn:xmpp:sm:3" h="1"/>`]);
});

const RESUME = {
  id: "s1",
  fullJid: "me@example.org/old" as never,
  inbound: 4294967295,
  sent: 1,
};

test("a resumed stream says how far the server had come, and counts on", async () => {
  const server = scriptServer({
    answer: (frame) =>
      frame.startsWith("<resume")
        ? [sm("resumed", "previd='s1' h='4294967295'"), message("kept")]
        : undefined,
  });
  const { session, acked, events } = await openScripted({ resumable: true, resume: RESUME });
  expect(server.got.find((f) => f.startsWith("<resume"))).toContain('h="4294967295"');
  expect(session).toMatchObject({
    resumed: true,
    streamId: "s1",
    earlierHandled: 4294967295,
    fullJid: "me@example.org/old",
  });
  expect(server.got.filter((f) => f.startsWith("<message"))).toHaveLength(0);
  await settle();
  expect(events).toMatchObject([{ received: { body: "kept" } }]);
  expect(session.reserve().number).toBe(0);
  await expect.poll(() => acked).toEqual([]);
  session.abort();
  expect(await session.resumeState()).toMatchObject({ id: "s1", inbound: 0, sent: 4294967295 });
});

test.each([
  ["more than was sent", "h='2'"],
  ["nothing that is a number", "h='x'"],
  ["nothing", ""],
])("a server that resumes and counts %s is not believed", async (_what, attrs) => {
  scriptServer({
    answer: (frame) =>
      frame.startsWith("<resume") ? [sm("resumed", `previd='s1' ${attrs}`)] : undefined,
  });
  await expect(openScripted({ resumable: true, resume: RESUME })).rejects.toMatchObject({
    problem: "lost",
  });
});

test.each([
  ["h='1'", 1],
  ["h='2'", undefined],
  ["", undefined],
])("a stream that is refused with %s", async (attrs, handled) => {
  scriptServer({
    answer: (frame) =>
      frame.startsWith("<resume")
        ? [
            `<failed xmlns='urn:xmpp:sm:3' ${attrs}><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>`,
          ]
        : undefined,
  });
  const { session } = await openScripted({ resumable: true, resume: RESUME });
  expect(session).toMatchObject({ resumed: false, fullJid: "me@example.org/here" });
  expect(session.earlierHandled).toBe(handled);
});

test("a dead peer is noticed within half a minute", async () => {
  fakeTime();
  const server = scriptServer();
  const { closed } = await openScripted();
  await vi.advanceTimersByTimeAsync(26_000);
  expect(server.got.at(-1)).toContain("<r ");
  expect(closed).toEqual([]);
  await vi.advanceTimersByTimeAsync(2000);
  expect(closed).toMatchObject([{ problem: "timeout" }]);
});

test("a large stanza gets the time that a slow server needs for it", async () => {
  fakeTime();
  scriptServer();
  const { session, closed } = await openScripted();
  session.send(xml("message", { id: "1" }, xml("body", {}, "x".repeat(300_000))));
  await vi.advanceTimersByTimeAsync(150_000);
  expect(closed).toEqual([]);
  // What is written behind it prolongs the wait by its own share only.
  session.send(xml("message", { id: "2" }, xml("body", {}, "x".repeat(20_000))));
  await vi.advanceTimersByTimeAsync(15_000);
  expect(closed).toEqual([]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(closed).toHaveLength(1);
});

test("a server that answers lives on", async () => {
  fakeTime();
  const server = scriptServer({
    answer: (frame) => (frame.startsWith("<r ") ? [sm("a", "h='0'")] : undefined),
  });
  const { closed } = await openScripted();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(closed).toEqual([]);
  expect(server.got.filter((f) => f.startsWith("<r ")).length).toBeGreaterThan(25);
});

test("without stream management silence is no answer to a ping", async () => {
  fakeTime();
  const server = scriptServer({ features: "<x xmlns='x'/>" });
  const { session } = await openScripted();
  expect(session.hasStreamManagement).toBe(false);
  const ping = expect(session.ping(5000)).rejects.toMatchObject({ problem: "timeout" });
  await vi.advanceTimersByTimeAsync(4000);
  server.say(message("still here"));
  await vi.advanceTimersByTimeAsync(2000);
  await ping;
});

test("a server that says nothing is waited for, not for ever", async () => {
  fakeTime();
  const server = scriptServer({ answer: () => [] });
  const end = expect(openScripted({ timeoutMs: 1000 })).rejects.toMatchObject({
    problem: "timeout",
  });
  await vi.advanceTimersByTimeAsync(1100);
  await end;
  expect(server.isClosed()).toBe(true);
});

test("whoever cancels is obeyed", async () => {
  const server = scriptServer({ answer: () => [] });
  const stop = new AbortController();
  const opening = openScripted({ signal: stop.signal });
  await settle();
  stop.abort();
  await expect(opening).rejects.toMatchObject({ problem: "lost", detail: "cancelled" });
  expect(server.isClosed()).toBe(true);
});

test.each([
  ["a ping gets a pong", "get", "<ping xmlns='urn:xmpp:ping'/>", 'type="result"'],
  [
    "a question for our features gets them",
    "get",
    "<query xmlns='http://jabber.org/protocol/disco#info'/>",
    'var="urn:xmpp:reply:0"',
  ],
  [
    "a question for our version gets none",
    "get",
    "<query xmlns='jabber:iq:version'/>",
    "service-unavailable",
  ],
  ["an order gets none", "set", "<query xmlns='http://x'/>", "service-unavailable"],
  [
    "a stranger's roster push is refused",
    "set",
    "<query xmlns='jabber:iq:roster'><item jid='a@b'/></query>",
    "service-unavailable",
  ],
])("%s", async (_what, type, child, expected) => {
  const server = scriptServer();
  const { events } = await openScripted();
  server.say(`<iq ${CLIENT} type='${type}' id='q1' from='evil@x.test/e'>${child}</iq>`);
  await settle();
  const answer = server.got.find((frame) => frame.includes('id="q1"'));
  expect(answer).toContain(expected);
  expect(answer).toContain('to="evil@x.test/e"');
  expect(events.filter((e) => e.kind !== "rejected")).toEqual([]);
});

test("whether somebody looks is told where the server wants to know, and not counted", async () => {
  const server = scriptServer({
    features: "<sm xmlns='urn:xmpp:sm:3'/><csi xmlns='urn:xmpp:csi:0'/>",
  });
  const { session, acked, closed } = await openScripted();
  session.setActive(false);
  session.send(note("1"));
  server.say(sm("a", "h='1'"));
  expect(server.got).toContain(`<inactive xmlns="urn:xmpp:csi:0"/>`);
  expect(acked).toEqual(["1"]);
  expect(closed).toEqual([]);
  const plain = scriptServer();
  (await openScripted()).session.setActive(false);
  expect(plain.got.some((frame) => frame.includes("csi"))).toBe(false);
});

test("archive results belong to the query that is open, and to no other", async () => {
  const server = scriptServer();
  const { session, events } = await openScripted();
  const taken: string[] = [];
  const stop = session.onArchiveResult("q1", {
    take: (result) => taken.push(result.attrs["id"] ?? ""),
    unreadable: ({ archiveId }) => taken.push(`unreadable ${archiveId}`),
  });
  const result = (queryId: string, id: string, from = "me@example.org") =>
    `<message ${CLIENT} from='${from}'><result xmlns='urn:xmpp:mam:2' queryid='${queryId}' id='${id}'/></message>`;
  server.say(result("q1", "mine"));
  server.say(result("q2", "of no query"));
  server.say(result("q1", "of a stranger", "evil@x.test"));
  server.say(`${result("q1", "poison")}&#0;`);
  server.say(`${result("q2", "poison of no query")}&#0;`);
  server.say(`${result("q1", "poison of a stranger", "evil@x.test")}&#0;`);
  stop();
  server.say(result("q1", "too late"));
  await settle();
  expect(taken).toEqual(["mine", "unreadable poison"]);
  expect(events.map((e) => e.kind)).toEqual([
    "rejected",
    "rejected",
    "unreadable",
    "unreadable",
    "rejected",
  ]);
});

test("what waits for an answer is told when the stream ends", async () => {
  const server = scriptServer();
  const { session } = await openScripted();
  const answer = session.iq({ type: "get", child: xml("query", { xmlns: "x" }) });
  server.say("<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>");
  await expect(answer).rejects.toMatchObject({
    problem: "lost",
    detail: "the server closed the stream",
  });
  expect(idOf(server.got.find((f) => f.startsWith("<iq") && f.includes('"x"')) ?? "")).toMatch(
    /^[\da-f-]{36}$/,
  );
});

test("a server that takes 20 s for every answer is got through to, and kept", async () => {
  fakeTime();
  const server = scriptServer({
    delayMs: 20_000,
    answer: (frame) => (frame.startsWith("<r ") ? [sm("a", "h='0'")] : undefined),
  });
  const opening = openScripted();
  await vi.advanceTimersByTimeAsync(20_000 * 8);
  const { closed } = await opening;
  await vi.advanceTimersByTimeAsync(600_000);
  expect(closed).toEqual([]);
  expect(server.urls).toHaveLength(1);
});

const SCRAM = "<mechanism>SCRAM-SHA-256</mechanism>";

/** Looks who is there and keeps the stream, as signing in does. */
async function look(): Promise<WaitingStream | undefined> {
  let kept: WaitingStream | undefined;
  const keep = (stream: WaitingStream): void => void (kept = stream);
  expect(await probeEndpoint("ws://127.0.0.1/ws", "example.org", { timeoutMs: 1000, keep })).toBe(
    "xmpp",
  );
  return kept;
}

test("signing in goes on with the stream of the look: one socket, one opening, and nobody was named", async () => {
  const server = scriptServer({
    mechanisms: SCRAM,
    answer: (frame) =>
      frame.startsWith("<auth")
        ? ["<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>"]
        : undefined,
  });
  const waiting = await look();
  expect(waiting).toBeDefined();
  if (waiting === undefined) return;
  await expect(openScripted({ waiting })).rejects.toMatchObject({ problem: "wrong-password" });
  expect(server.urls).toHaveLength(1);
  expect(server.got.map((frame) => /^<([\w:]+)/.exec(frame)?.[1])).toEqual([
    "open",
    "auth",
    "close",
  ]);
  expect(server.got[0]).not.toContain("me@");
});

test.each([
  ["the password itself would be the first word", PLAIN, undefined],
  [
    "the server has newer ways, for those with a name",
    `${SCRAM}</mechanisms><authentication xmlns='urn:xmpp:sasl:2'><mechanism>SCRAM-SHA-256</mechanism></authentication><mechanisms xmlns='x'>`,
    undefined,
  ],
  ["the server closed it meanwhile", SCRAM, "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>"],
])("signing in opens a stream of its own where %s", async (_why, mechanisms, said) => {
  const server = scriptServer({
    mechanisms,
    answer: (frame) =>
      frame.startsWith("<auth")
        ? ["<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>"]
        : undefined,
  });
  const waiting = await look();
  if (waiting === undefined) throw new Error("no stream was kept");
  if (said !== undefined) server.say(said);
  const opened = server.answerWith((frame) =>
    frame.startsWith("<open")
      ? [
          `<stream:features xmlns:stream='http://etherx.jabber.org/streams'><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>${PLAIN}</mechanisms></stream:features>`,
        ]
      : undefined,
  );
  await expect(openScripted({ waiting })).rejects.toMatchObject({ problem: "wrong-password" });
  opened();
  expect(server.urls).toHaveLength(2);
  expect(server.got.filter((frame) => frame.startsWith("<auth"))).toHaveLength(1);
});

test("a look without anybody to go on closes its stream", async () => {
  const server = scriptServer();
  await probeEndpoint("ws://127.0.0.1/ws", "example.org", { timeoutMs: 1000 });
  expect(server.isClosed()).toBe(true);
});
