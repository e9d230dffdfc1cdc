/**
 * One socket's way through RFC 7395, SASL, binding and stream management. It knows nothing of sockets: a transport
 * gives it frames and takes frames.
 */
import type { Element } from "@xmpp/xml";
import { createPipe, type Pipe } from "./pipe.ts";
import { answerIq } from "./requests.ts";
import { pourOffline, routeMessage } from "./routing.ts";
import { type SaslExchange, type SaslStep, startSasl } from "./sasl.ts";
import type { ClientFrame, HostileServer } from "./server.ts";
import { Session } from "./session.ts";
import type { Account } from "./account.ts";
import { attribute, escapeXml, NS, parseXml } from "./xml.ts";

/** What a transport does for a connection. */
export interface Wire {
  write(text: string): void;
  /** A clean WebSocket close. */
  close(code: number, reason: string): void;
  /** The socket breaks. */
  cut(): void;
}

/** A client that says nothing this long is asked, and let go when it stays silent once more. */
const SILENCE_MS = 60_000;

export class Connection {
  /** Counts from 1. */
  readonly number: number;
  isOpen = true;
  account: Account | undefined;
  session: Session | undefined;
  private readonly server: HostileServer;
  private readonly wire: Wire;
  private readonly inbound: Pipe;
  private readonly outbound: Pipe;
  private sasl: { exchange: SaslExchange } | undefined;
  private wasClosedCleanly = false;
  private heardAt: number;
  private cancelWatch: () => void = () => undefined;

  constructor(server: HostileServer, wire: Wire, number: number) {
    this.server = server;
    this.wire = wire;
    this.number = number;
    this.heardAt = server.clock.now();
    this.inbound = createPipe(server.clock, server.faults, (text) => this.take(text));
    this.outbound = createPipe(server.clock, server.faults, (text) => {
      if (this.isOpen) this.wire.write(text);
    });
    this.watch();
  }

  /** The transport read a frame. */
  receive(text: string): void {
    if (this.isOpen) this.inbound.send(text);
  }

  /** The transport lost the socket. */
  lost(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.cancelWatch();
    this.inbound.stop();
    this.outbound.stop();
    this.server.connections.delete(this);
    const { session } = this;
    if (session?.line === this) this.server.leave(session, this.wasClosedCleanly);
  }

  /** Writes as a server would: hooks and the fault "everything" apply. */
  write(text: string): void {
    if (!this.isOpen || this.server.faults.mute.has("everything")) return;
    for (const frame of this.server.rewritten(text, this)) this.outbound.send(frame);
  }

  /** Writes this and nothing else: uncounted, unchanged, well-formed or not. */
  say(raw: string): void {
    if (this.isOpen) this.outbound.send(raw);
  }

  /** The socket breaks without a word; what was being written is lost. */
  cut(): void {
    if (!this.isOpen) return;
    this.lost();
    this.wire.cut();
  }

  close(code = 1000, reason = ""): void {
    if (!this.isOpen) return;
    this.lost();
    this.wire.close(code, reason);
  }

  /** RFC 6120 section 4.9: the error, `<close/>`, and the socket. */
  fail(condition: string, text = ""): void {
    const words = text === "" ? "" : `<text xmlns='${NS.streams}'>${escapeXml(text)}</text>`;
    this.write(
      `<stream:error xmlns:stream='${NS.stream}'><${condition} xmlns='${NS.streams}'/>${words}</stream:error>`,
    );
    this.write(`<close xmlns='${NS.framing}'/>`);
    this.wasClosedCleanly = true;
    this.server.clock.after(this.server.faults.latencyMs, () => this.close());
  }

  private watch(): void {
    this.cancelWatch = this.server.clock.after(SILENCE_MS, () => {
      const silent = this.server.clock.now() - this.heardAt;
      if (silent >= 2 * SILENCE_MS) return this.cut();
      if (silent >= SILENCE_MS && this.session?.sm !== undefined)
        this.write(`<r xmlns='${NS.sm}'/>`);
      this.watch();
    });
  }

  private take(text: string): void {
    if (!this.isOpen) return;
    this.heardAt = this.server.clock.now();
    const element = parseXml(text);
    if (element === undefined) return this.fail("not-well-formed");
    const frame: ClientFrame = {
      text,
      element,
      connection: this,
      is: (name, ns) => element.is(name, ns),
      proceed: () => this.proceed(element),
    };
    if (!this.server.isHandled(frame)) this.proceed(element);
  }

  private proceed(element: Element): void {
    if (!this.isOpen) return;
    switch (element.name) {
      case "open":
        return this.open();
      case "close":
        this.wasClosedCleanly = true;
        this.write(`<close xmlns='${NS.framing}'/>`);
        return this.close();
      case "auth":
      case "response":
        return this.authenticate(element);
      case "iq":
      case "message":
      case "presence":
        return this.takeStanza(element);
      case "enable":
      case "resume":
      case "r":
      case "a":
        return this.manage(element);
      default:
        // Client state and the like ask for no answer.
        return undefined;
    }
  }

  private open(): void {
    const { server } = this;
    this.write(
      `<open xmlns='${NS.framing}' from='${server.domain}' id='${server.newId()}' version='1.0'/>`,
    );
    if (server.faults.streamError !== undefined) return this.fail(server.faults.streamError);
    const inner = this.account === undefined ? mechanisms(server) : features(server);
    this.write(`<stream:features xmlns:stream='${NS.stream}'>${inner}</stream:features>`);
  }

  private authenticate(element: Element): void {
    const { server } = this;
    if (server.faults.mute.has("sasl")) return;
    if (server.faults.saslFailure !== undefined) return this.refuse(server.faults.saslFailure);
    if (element.name === "auth") {
      const exchange = startSasl(element.attrs["mechanism"] ?? "", {
        passwordOf: (local) => server.account(`${local}@${server.domain}`)?.password,
        iterations: server.options.iterations ?? 4096,
        nonce: () => server.newId(),
      });
      this.sasl = exchange === undefined ? undefined : { exchange };
    }
    if (this.sasl === undefined) return this.refuse("invalid-mechanism");
    const said = element.text().trim();
    const text = said === "=" ? "" : Buffer.from(said, "base64").toString("utf8");
    this.answerSasl(this.sasl.exchange.take(text));
  }

  private answerSasl(step: SaslStep): void {
    if (step.kind === "failure") return this.refuse(step.condition);
    if (step.kind === "success")
      this.account = this.server.account(`${step.local}@${this.server.domain}`);
    const payload = Buffer.from(step.text, "utf8").toString("base64");
    this.write(`<${step.kind} xmlns='${NS.sasl}'>${payload}</${step.kind}>`);
  }

  private refuse(condition: string): void {
    this.write(`<failure xmlns='${NS.sasl}'><${condition}/></failure>`);
  }

  private takeStanza(stanza: Element): void {
    const { server, account } = this;
    if (account === undefined) return this.fail("not-authorized");
    if (this.session === undefined) return this.bind(stanza, account);
    const { session } = this;
    if (session.sm !== undefined) session.sm.taken += 1;
    stanza.attrs["from"] = session.jid;
    if (stanza.name === "iq") {
      for (const answer of answerIq(server, session, stanza)) session.deliver(answer);
    } else if (stanza.name === "message") {
      server.log.took(stanza, session.jid, server.clock.now());
      routeMessage(server, stanza, session);
    } else if (stanza.attrs["type"] === "unavailable") {
      session.priority = undefined;
    } else if (stanza.attrs["type"] === undefined) {
      const isFirst = session.priority === undefined;
      session.priority = Number(stanza.getChildText("priority") ?? 0);
      if (isFirst) pourOffline(server, session);
    }
  }

  private bind(stanza: Element, account: Account): void {
    const bind = stanza.getChild("bind", NS.bind);
    if (bind === undefined) return this.fail("not-authorized");
    if (this.server.faults.mute.has("bind")) return;
    const resource = bind.getChildText("resource") ?? this.server.newId();
    const jid = `${account.jid}/${resource}`;
    // RFC 6120 section 7.7.2.2: who binds a resource again takes it over.
    const old = this.server.sessionAt(jid);
    if (old !== undefined) this.server.end(old, "conflict");
    this.session = new Session(account, jid);
    this.session.line = this;
    account.sessions.add(this.session);
    this.write(
      `<iq xmlns='jabber:client' type='result'${attribute("id", stanza.attrs["id"])}>` +
        `<bind xmlns='${NS.bind}'><jid>${escapeXml(jid)}</jid></bind></iq>`,
    );
  }

  private manage(element: Element): void {
    const { server, session } = this;
    if (element.name === "resume") return this.resume(element);
    if (session === undefined) return this.fail("not-authorized");
    if (element.name === "enable") {
      const canResume = server.options.resumeForMs !== 0 && element.attrs["resume"] === "true";
      const id = canResume ? server.newId() : undefined;
      session.sm = { id, taken: 0, acked: 0, queue: [] };
      const more = canResume ? ` resume='true' id='${id}'` : "";
      this.write(`<enabled xmlns='${NS.sm}'${more}/>`);
    } else if (element.name === "r") {
      if (server.faults.mute.has("sm")) return;
      const taken = session.sm?.taken ?? 0;
      this.write(`<a xmlns='${NS.sm}' h='${server.faults.ackOf?.(taken) ?? taken}'/>`);
    } else if (!session.acknowledged(Number(element.attrs["h"]))) {
      this.fail("undefined-condition", "handled-count-too-high");
    }
  }

  private resume(element: Element): void {
    const { server, account } = this;
    const session = [...(account?.sessions ?? [])].find(
      ({ sm }) => sm?.id !== undefined && sm.id === element.attrs["previd"],
    );
    if (session?.sm === undefined || server.faults.refuseResume) {
      const h = session?.sm === undefined ? "" : ` h='${session.sm.taken}'`;
      if (session !== undefined) server.end(session);
      return this.write(
        `<failed xmlns='${NS.sm}'${h}><item-not-found xmlns='${NS.stanzas}'/></failed>`,
      );
    }
    if (!session.acknowledged(Number(element.attrs["h"])))
      return this.fail("undefined-condition", "handled-count-too-high");
    const old = session.line;
    session.line = this;
    this.session = session;
    session.cancelEnd?.();
    if (old instanceof Connection) old.close();
    const { id, taken, queue } = session.sm;
    this.write(
      `<resumed xmlns='${NS.sm}' previd='${id}' h='${server.faults.ackOf?.(taken) ?? taken}'/>`,
    );
    for (const text of queue) this.write(text);
    if (queue.length > 0) this.write(`<r xmlns='${NS.sm}'/>`);
  }
}

function mechanisms(server: HostileServer): string {
  const list = server.options.mechanisms ?? ["SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN"];
  const items = list.map((name) => `<mechanism>${name}</mechanism>`).join("");
  return `<mechanisms xmlns='${NS.sasl}'>${items}</mechanisms>`;
}

function features({ options }: HostileServer): string {
  const sm = options.streamManagement === false ? "" : `<sm xmlns='${NS.sm}'/>`;
  const limits =
    options.maxStanzaBytes === undefined
      ? ""
      : `<limits xmlns='${NS.limits}'><max-bytes>${options.maxStanzaBytes}</max-bytes></limits>`;
  return `<bind xmlns='${NS.bind}'/>${sm}${limits}`;
}
