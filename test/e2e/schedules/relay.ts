/** A WebSocket between a device and its server that carries frame by frame, and does to them what a schedule says. */
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import type { WebSocket as Socket } from "ws";
import { createFaultyNetwork, type FaultyNetwork } from "../../sim/faulty-network.ts";

// By path: the test runner resolves names as for browsers, where this package has no server.
const require = createRequire(import.meta.url);
const { WebSocket, WebSocketServer } = require(
  join(dirname(require.resolve("ws/package.json")), "index.js"),
) as typeof import("ws");

/** What goes unanswered: requests, archive queries, their ends, acknowledgements (XEP-0198). */
export type Mute = "iq" | "mam" | "fin" | "sm";

/** Long enough for a server on this machine to deliver what it was just handed. */
const DELIVERED_MS = 200;

type Line = {
  near: Socket;
  far: Socket;
  /** Something got lost in it: nothing gets through any more, and neither end hears of it. */
  isSilent: boolean;
  waiting: Set<NodeJS.Timeout>;
};

export class Relay {
  readonly faults: FaultyNetwork<Line>;
  readonly mute = new Set<Mute>();
  /** Down: new sockets are refused, and those there are fall silent. */
  isUp = true;
  /** One way, not to be changed while anything is connected. ms */
  latencyMs = 0;
  hasStreamManagement = true;
  refusesResume = false;
  /** Hears every frame that goes on to the server. */
  onUp: (text: string) => void = () => undefined;
  private cutAfterMessage: "stored" | "delivered" | undefined;
  private readonly lines = new Set<Line>();
  private readonly server;
  private readonly target: () => string;

  private constructor(name: string, target: () => string, note: (text: string) => void) {
    this.target = target;
    this.faults = createFaultyNetwork({ name, open: () => this.lines, note });
    this.server = new WebSocketServer({
      host: "127.0.0.1",
      port: 0,
      handleProtocols: (offered) => (offered.has("xmpp") ? "xmpp" : false),
      verifyClient: () => this.isUp,
    });
    this.server.on("connection", (near) => this.connect(near));
  }

  /** `target`: the server's URL, asked for with every connection. */
  static async start(
    name: string,
    target: () => string,
    note: (text: string) => void,
  ): Promise<Relay> {
    const relay = new Relay(name, target, note);
    await new Promise<void>((resolve) => relay.server.once("listening", resolve));
    return relay;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.server.address() as AddressInfo).port}/ws`;
  }

  setUp(isUp: boolean): void {
    this.isUp = isUp;
    if (!isUp) this.silence();
  }

  /** The device is gone, and its server does not notice. */
  silence(): void {
    for (const line of this.lines) line.isSilent = true;
  }

  /** Every socket breaks, now or when the next message got that far. */
  cut(when: "now" | "stored" | "delivered"): void {
    if (when !== "now") this.cutAfterMessage = when;
    else for (const line of this.lines) this.end(line);
  }

  /** What a server says before it ends a stream (RFC 6120 section 4.9). */
  fail(condition: string): void {
    for (const line of this.lines) {
      if (line.isSilent) continue;
      line.near.send(
        `<stream:error xmlns:stream='http://etherx.jabber.org/streams'>` +
          `<${condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>`,
      );
      line.near.send("<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>");
      line.isSilent = true;
      line.near.close();
      line.far.terminate();
    }
  }

  /** No more faults; what is lost stays lost. */
  mend(): void {
    this.isUp = true;
    this.refusesResume = false;
    this.cutAfterMessage = undefined;
    this.mute.clear();
    this.faults.mend();
  }

  async close(): Promise<void> {
    for (const line of this.lines) this.end(line);
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private connect(near: Socket): void {
    const far = new WebSocket(this.target(), "xmpp");
    const line: Line = { near, far, isSilent: false, waiting: new Set() };
    this.lines.add(line);
    const early: string[] = [];
    far.on("open", () => early.splice(0).forEach((text) => this.up(line, text)));
    far.on("message", (data) => this.down(line, textOf(data)));
    near.on("message", (data) => {
      if (far.readyState === WebSocket.CONNECTING) early.push(textOf(data));
      else this.up(line, textOf(data));
    });
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      socket.on("error", () => undefined);
      socket.on("close", () => {
        if (line.isSilent && socket === far) return;
        if (!line.isSilent) this.later(line, () => other.terminate());
        if (other.readyState === WebSocket.CLOSED) this.lines.delete(line);
      });
    }
  }

  private up(line: Line, text: string): void {
    if (line.isSilent) return;
    const isResume = text.startsWith("<resume ");
    const said =
      isResume && this.refusesResume ? text.replace(/previd=(['"]).*?\1/, "previd='gone'") : text;
    const frames = this.faults.carry("up", said, line);
    this.later(line, () => {
      for (const frame of frames) {
        this.onUp(frame);
        line.far.send(frame);
      }
    });
    if (frames.length === 0 || !text.startsWith("<message")) return;
    const when = this.cutAfterMessage;
    if (when === undefined) return;
    this.cutAfterMessage = undefined;
    // Whatever the server says to it does not come back.
    this.later(line, () => {
      line.isSilent = true;
      setTimeout(() => this.end(line), when === "stored" ? 0 : DELIVERED_MS);
    });
  }

  private down(line: Line, text: string): void {
    if (line.isSilent || this.isMute(text)) return;
    const frames = this.faults.carry("down", this.asOffered(text), line);
    this.later(line, () => frames.forEach((frame) => line.near.send(frame)));
  }

  private asOffered(text: string): string {
    if (this.hasStreamManagement || !/^<(stream:)?features/.test(text)) return text;
    return text.replace(/<sm xmlns=(['"])urn:xmpp:sm:\d\1\s*(\/>|>.*?<\/sm>)/g, "");
  }

  private isMute(text: string): boolean {
    const isAnswer = /^<iq[^>]*\stype=(['"])(result|error)\1/.test(text);
    const isEnd = text.startsWith("<iq") && text.includes("<fin");
    const isArchive = isEnd || (text.startsWith("<message") && text.includes("<result"));
    return (
      (this.mute.has("iq") && isAnswer) ||
      (this.mute.has("mam") && isArchive) ||
      (this.mute.has("fin") && isEnd) ||
      (this.mute.has("sm") && text.startsWith("<a "))
    );
  }

  private later(line: Line, run: () => void): void {
    if (this.latencyMs === 0 && line.waiting.size === 0) return run();
    const timer = setTimeout(() => {
      line.waiting.delete(timer);
      run();
    }, this.latencyMs);
    line.waiting.add(timer);
  }

  private end(line: Line): void {
    for (const timer of line.waiting) clearTimeout(timer);
    line.near.terminate();
    line.far.terminate();
    this.lines.delete(line);
  }
}

function textOf(data: unknown): string {
  return (data as Buffer).toString("utf8");
}
