/**
 * A small correct XMPP server in memory, without sockets and with a clock from outside, that a test can make wrong
 * frame by frame. `websocket.ts` gives it real sockets, `in-process.ts` none at all. See README.md.
 */
import { randomUUID } from "node:crypto";
import type { Element } from "@xmpp/xml";
import { Account } from "./account.ts";
import { type Clock, systemClock } from "./clock.ts";
import { Connection, type Wire } from "./connection.ts";
import { type Faults, noFaults } from "./faults.ts";
import { StanzaLog } from "./log.ts";
import { deliverTo, routeMessage } from "./routing.ts";
import type { Mechanism } from "./sasl.ts";
import type { Session } from "./session.ts";
import { attribute, bareOf, escapeXml, parseXml } from "./xml.ts";

export type HostileOptions = {
  domain?: string;
  /** Local part to password. */
  accounts?: Record<string, string>;
  mechanisms?: Mechanism[];
  /** SCRAM's; low ones make quick tests. */
  iterations?: number;
  streamManagement?: boolean;
  /** How long a lost session may be resumed; 0 for never. ms */
  resumeForMs?: number;
  archive?: boolean;
  /** Who gets a message to a bare address: every available session, or the one that came last. */
  toBare?: "all" | "one";
  /** Nodes of the account (XEP-0163). */
  pep?: boolean;
  /** XEP-0049. */
  privateXml?: boolean;
  /** More that disco#info names. */
  features?: string[];
  /** XEP-0478, said and not kept to. */
  maxStanzaBytes?: number;
  clock?: Clock;
  newId?: () => string;
};

export type ClientFrame = {
  text: string;
  element: Element;
  connection: Connection;
  is(name: string, ns?: string): boolean;
  /** Does what the server would have done; for what has to happen around it. */
  proceed(): void;
};

/** stored: in the archives, and nobody got it yet. delivered: written to everybody, and not acknowledged yet. */
export type Moment = "stored" | "delivered";
export type MomentEvent = { stanza: Element; sender: Session | undefined };

export type PlainMail = {
  from: string;
  to: string;
  subject?: string;
  body?: string;
  id?: string;
  type?: string;
  /** Raw XML beside subject and body. */
  more?: string;
};

export class HostileServer {
  readonly options: HostileOptions;
  readonly domain: string;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly faults: Faults = noFaults();
  readonly log = new StanzaLog();
  readonly connections = new Set<Connection>();
  hasArchive: boolean;
  private readonly accounts = new Map<string, Account>();
  private readonly frameHandlers = new Set<(frame: ClientFrame) => boolean | void>();
  private readonly writeHandlers = new Set<
    (text: string, connection: Connection) => readonly string[] | undefined
  >();
  private readonly momentHandlers = new Map<Moment, Set<(event: MomentEvent) => void>>();
  private connected = 0;

  constructor(options: HostileOptions = {}) {
    this.options = options;
    this.domain = options.domain ?? "hostile.example";
    this.clock = options.clock ?? systemClock;
    this.newId = options.newId ?? randomUUID;
    this.hasArchive = options.archive ?? true;
    for (const [local, password] of Object.entries(options.accounts ?? {}))
      this.addAccount(local, password);
  }

  addAccount(local: string, password: string): Account {
    const account = new Account(`${local}@${this.domain}`, password);
    this.accounts.set(account.jid, account);
    return account;
  }

  /** By address; undefined where nobody has it. */
  account(jid: string): Account | undefined {
    return this.accounts.get(bareOf(jid));
  }

  sessionAt(fullJid: string): Session | undefined {
    const sessions = this.account(fullJid)?.sessions ?? [];
    return [...sessions].find((session) => session.jid === fullJid);
  }

  /** Sees every frame of every client first; true: handled, the server does nothing more about it. */
  on(handler: (frame: ClientFrame) => boolean | void): () => void {
    this.frameHandlers.add(handler);
    return () => this.frameHandlers.delete(handler);
  }

  /** Sees every frame to a client; what it returns is written instead, `[]` for nothing. */
  onWrite(
    handler: (text: string, connection: Connection) => readonly string[] | undefined,
  ): () => void {
    this.writeHandlers.add(handler);
    return () => this.writeHandlers.delete(handler);
  }

  /** Called when a message gets that far. */
  at(moment: Moment, handler: (event: MomentEvent) => void): () => void {
    const handlers = this.momentHandlers.get(moment) ?? new Set();
    this.momentHandlers.set(moment, handlers.add(handler));
    return () => handlers.delete(handler);
  }

  /** Raw text to every connection of an account, well-formed or not. */
  say(jid: string, raw: string): void {
    for (const connection of this.connectionsOf(jid)) connection.say(raw);
  }

  connectionsOf(jid: string): Connection[] {
    return [...this.connections].filter((c) => c.session?.account.jid === bareOf(jid));
  }

  /** Mail from anybody, routed as if another server had sent it. Returns its id. */
  mail({ from, to, subject, body, id = this.newId(), type, more = "" }: PlainMail): string {
    const part = (name: string, text: string | undefined): string =>
      text === undefined ? "" : `<${name}>${escapeXml(text)}</${name}>`;
    const stanza = parseXml(
      `<message xmlns='jabber:client' id='${id}'${attribute("from", from)}${attribute("to", to)}` +
        `${attribute("type", type)}>${part("subject", subject)}${part("body", body)}${more}</message>`,
    );
    if (stanza === undefined) throw new Error("that is no message");
    this.log.took(stanza, from, this.clock.now());
    routeMessage(this, stanza, undefined);
    return id;
  }

  /** Puts raw text into an archive, well-formed or not. Returns its id there. */
  remember(
    jid: string,
    text: string,
    more: { with?: string; at?: number; id?: string } = {},
  ): string {
    const account = this.account(jid);
    if (account === undefined) throw new Error(`no account ${jid}`);
    const id = more.id ?? this.newId();
    const at = more.at ?? this.clock.now();
    account.archive.add({ id, at, with: more.with ?? "", text });
    return id;
  }

  /** Ends every stream with this error. */
  fail(condition: string, text = ""): void {
    for (const connection of this.connections) connection.fail(condition, text);
  }

  /** Killed and started again: every socket breaks and every session is forgotten. */
  restart(options: { archive?: "kept" | "lost"; downForMs?: number } = {}): void {
    for (const connection of this.connections) connection.cut();
    for (const account of this.accounts.values()) {
      for (const session of account.sessions) this.end(session);
      if (options.archive === "lost") account.archive.messages = [];
    }
    if (options.downForMs === undefined) return;
    this.faults.refuseConnections = true;
    this.clock.after(options.downForMs, () => (this.faults.refuseConnections = false));
  }

  /** A transport has a new socket; undefined where the server refuses it. */
  connect(wire: Wire): Connection | undefined {
    if (this.faults.refuseConnections) return undefined;
    const connection = new Connection(this, wire, ++this.connected);
    this.connections.add(connection);
    return connection;
  }

  /** A session without its connection: it waits to be resumed, or ends. */
  leave(session: Session, isClean: boolean): void {
    session.line = undefined;
    if (isClean || session.sm?.id === undefined) return this.end(session);
    const wait = this.options.resumeForMs ?? 300_000;
    session.cancelEnd = this.clock.after(wait, () => this.end(session));
  }

  /** The end of a session. What it never acknowledged goes to the account's others where no archive has it. */
  end(session: Session, why?: string): void {
    session.cancelEnd?.();
    if (!session.account.sessions.delete(session)) return;
    const { line } = session;
    session.line = undefined;
    if (line instanceof Connection && why !== undefined) line.fail(why);
    if (this.hasArchive) return;
    const unread = session.sm?.queue.filter((text) => text.startsWith("<message")) ?? [];
    const own = unread.filter((text) => !text.includes("urn:xmpp:carbons:2"));
    for (const text of own) {
      const stanza = text.includes("type='error'") ? undefined : parseXml(text);
      if (stanza !== undefined) deliverTo(this, session.account, stanza, undefined);
    }
  }

  isHandled(frame: ClientFrame): boolean {
    return [...this.frameHandlers].some((handler) => handler(frame) === true);
  }

  rewritten(text: string, connection: Connection): readonly string[] {
    for (const handler of this.writeHandlers) {
      const frames = handler(text, connection);
      if (frames !== undefined) return frames;
    }
    return [text];
  }

  reached(moment: Moment, event: MomentEvent): void {
    for (const handler of this.momentHandlers.get(moment) ?? []) handler(event);
  }
}
