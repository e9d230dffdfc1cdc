/** A server that says what a test tells it to, in place of the WebSocket: for what no real server does on request. */
import { onTestFinished, vi } from "vitest";
import type { Jid } from "../../src/mail/address.ts";
import type { ConnectionError } from "../../src/xmpp/connection-error.ts";
import type { Inbound } from "../../src/xmpp/inbound.ts";
import { openSession, type SessionOptions } from "../../src/xmpp/session.ts";

const FEATURES = "<stream:features xmlns:stream='http://etherx.jabber.org/streams'";
export const PLAIN = "<mechanism>PLAIN</mechanism>";

export interface ScriptedServer {
  /** Everything the client wrote, frame by frame, over all its sockets. */
  readonly got: string[];
  /** URLs of the sockets the client opened. */
  readonly urls: string[];
  say(frame: string): void;
  isClosed(): boolean;
  /** Before all else, until the returned function is called. */
  answerWith(answer: (frame: string) => string[] | undefined): () => void;
}

export type Script = {
  mechanisms?: string;
  /** Features after authentication. */
  features?: string;
  /** Answers to a frame; undefined leaves it to the usual course. More than one arrive in the same turn. */
  answer?: (frame: string) => string[] | undefined;
  /** How long each answer takes, for a test whose time is false. */
  delayMs?: number;
};

/** Takes the place of the global WebSocket until the test is over. */
export function scriptServer(script: Script = {}): ScriptedServer {
  const server = { got: [] as string[], urls: [] as string[] };
  let current: ScriptedSocket | undefined;
  let opens = 0;
  let first: ((frame: string) => string[] | undefined) | undefined;

  function usual(frame: string): string[] {
    if (frame.startsWith("<open"))
      return opens++ % 2 === 0
        ? [
            `${FEATURES}><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>${script.mechanisms ?? PLAIN}</mechanisms></stream:features>`,
          ]
        : [`${FEATURES}>${script.features ?? "<sm xmlns='urn:xmpp:sm:3'/>"}</stream:features>`];
    if (frame.startsWith("<auth")) return ["<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"];
    if (frame.includes("xmpp-bind"))
      return [
        `<iq xmlns='jabber:client' type='result' id='${idOf(frame)}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>me@example.org/here</jid></bind></iq>`,
      ];
    if (frame.startsWith("<enable")) return ["<enabled xmlns='urn:xmpp:sm:3'/>"];
    return [];
  }

  class ScriptedSocket extends EventTarget {
    static readonly OPEN = 1;
    readyState = 0;
    constructor(url: string) {
      super();
      server.urls.push(url);
      // oxlint-disable-next-line no-this-alias
      current = this;
      queueMicrotask(() => {
        this.readyState = 1;
        this.dispatchEvent(new Event("open"));
      });
    }
    send(frame: string): void {
      server.got.push(frame);
      const frames = first?.(frame) ?? script.answer?.(frame) ?? usual(frame);
      const answer = (): void => frames.forEach((text) => this.receive(text));
      if (script.delayMs === undefined) queueMicrotask(answer);
      else setTimeout(answer, script.delayMs);
    }
    receive(data: string): void {
      if (this.readyState === 1) this.dispatchEvent(Object.assign(new Event("message"), { data }));
    }
    close(): void {
      this.readyState = 3;
    }
  }

  vi.stubGlobal("WebSocket", ScriptedSocket);
  onTestFinished(() => {
    vi.unstubAllGlobals();
  });
  return {
    ...server,
    say: (frame) => current?.receive(frame),
    isClosed: () => current?.readyState === 3,
    answerWith(answer) {
      first = answer;
      return () => (first = undefined);
    },
  };
}

export function idOf(frame: string): string {
  return /\bid="([^"]*)"/.exec(frame)?.[1] ?? "";
}

/** Signs in to the scripted server and notes everything that comes out. */
export async function openScripted(more: Partial<SessionOptions> = {}) {
  const notes = {
    events: [] as Inbound[],
    acked: [] as string[],
    closed: [] as ConnectionError[],
  };
  const session = await openSession({
    service: "ws://127.0.0.1/ws",
    jid: "me@example.org" as Jid,
    credential: { kind: "password", password: "p" },
    scramSeen: false,
    clientId: "test",
    software: "test",
    onInbound: (event) => void notes.events.push(event),
    onAcked: (ids) => notes.acked.push(...ids),
    onClosed: (error) => notes.closed.push(error),
    ...more,
  });
  onTestFinished(() => session.abort());
  return { session, ...notes };
}

/** Until everything that is ready to run has run. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}
