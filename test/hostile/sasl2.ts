/** SASL2, Bind2 and FAST (XEP-0388, 0386, 0484) for the hostile server: as they should be, and as they should not. */
import { createHmac, randomUUID } from "node:crypto";
import type { Element } from "@xmpp/xml";
import type { Connection } from "./connection.ts";
import { type SaslExchange, type SaslStep, startSasl } from "./sasl.ts";
import type { ClientFrame, HostileServer } from "./server.ts";
import { Session } from "./session.ts";
import { NS } from "./xml.ts";

const SASL2 = "urn:xmpp:sasl:2";
const BIND2 = "urn:xmpp:bind:0";
const FAST = "urn:xmpp:fast:0";
const CARBONS = "urn:xmpp:carbons:2";

/** What it does with `<authenticate/>` instead of what it should. */
export type Sasl2Fault = "hang" | "nonsense" | "cut" | "continue" | "malformed" | "bad-proof";

export type Sasl2Options = {
  /** Names beside `<authentication/>`; the server's own where absent. */
  mechanisms?: string[];
  /** Mechanisms of FAST; none switches it off. */
  fast?: string[];
  /** XEP-0386 and what it does inline. */
  bind?: boolean;
  /** How long a token lasts. ms */
  tokenMs?: number;
};

export interface Sasl2 {
  fault: Sasl2Fault | undefined;
  /** Every token use brings a successor. */
  rotates: boolean;
  /** Every `<authenticate/>`, in order. */
  readonly seen: { mechanism: string; clientId: string; text: string }[];
  /** Tokens that are good now. */
  readonly tokens: Set<string>;
}

type Asked = { element: Element; mechanism: string; exchange: SaslExchange };

/** Adds the features and takes the frames. */
export function addSasl2(server: HostileServer, options: Sasl2Options = {}): Sasl2 {
  const asked = new Map<Connection, Asked>();
  const state: Sasl2 = { fault: undefined, rotates: false, seen: [], tokens: new Set() };
  server.onWrite((text, connection) =>
    connection.account === undefined && text.startsWith("<stream:features")
      ? [text.replace("</stream:features>", `${offer(server, options)}</stream:features>`)]
      : undefined,
  );
  server.on((frame) => {
    if (frame.is("authenticate", SASL2)) begin(frame);
    else if (frame.is("response", SASL2)) go(frame.connection, frame.element.text());
    else return frame.is("abort", SASL2);
    return true;
  });

  function begin({ element, connection, text }: ClientFrame): void {
    const mechanism = element.attrs["mechanism"] ?? "";
    const clientId = element.getChild("user-agent")?.attrs["id"] ?? "";
    state.seen.push({ mechanism, clientId, text });
    switch (state.fault) {
      case "hang":
        return;
      case "nonsense":
        return connection.write("<message xmlns='jabber:client'><body>Hello?</body></message>");
      case "cut":
        return connection.cut();
      case "continue":
        return connection.write(
          `<continue xmlns='${SASL2}'><tasks><task>TOTP-EXAMPLE</task></tasks></continue>`,
        );
      case "malformed":
        return refuse(connection, "malformed-request");
      default:
    }
    const initial = element.getChildText("initial-response") ?? "";
    if (mechanism.startsWith("HT-")) return useToken(connection, element, initial);
    const exchange = startSasl(mechanism, {
      passwordOf: (local) => server.account(`${local}@${server.domain}`)?.password,
      iterations: server.options.iterations ?? 4096,
      nonce: () => server.newId(),
    });
    if (exchange === undefined) return refuse(connection, "invalid-mechanism");
    asked.set(connection, { element, mechanism, exchange });
    go(connection, initial);
  }

  function go(connection: Connection, base64: string): void {
    const ask = asked.get(connection);
    if (ask === undefined) return refuse(connection, "malformed-request");
    const step: SaslStep = ask.exchange.take(Buffer.from(base64, "base64").toString("utf8"));
    if (step.kind === "failure") return refuse(connection, step.condition);
    const data = Buffer.from(step.text, "utf8").toString("base64");
    if (step.kind === "challenge")
      return connection.write(`<challenge xmlns='${SASL2}'>${data}</challenge>`);
    const wanted = ask.element.getChild("request-token", FAST) !== undefined;
    const proof = state.fault === "bad-proof" ? btoa("v=AAAA") : data;
    succeed(connection, ask.element, step.local, proof, wanted ? newToken() : "");
  }

  function useToken(connection: Connection, element: Element, initial: string): void {
    const message = Buffer.from(initial, "base64");
    const end = message.indexOf(0);
    const given = message.subarray(end + 1);
    const mac = (token: string, side: string) =>
      createHmac(element.attrs["mechanism"] === "HT-SHA-512-NONE" ? "sha512" : "sha256", token)
        .update(side)
        .digest();
    const token = [...state.tokens].find((t) => mac(t, "Initiator").equals(given));
    const fast = element.getChild("fast", FAST);
    if (token === undefined || fast === undefined) return refuse(connection, "not-authorized");
    // XEP-0484 section 3.5: tokens issued earlier are over once a later one is used.
    for (const older of state.tokens) {
      if (older === token) break;
      state.tokens.delete(older);
    }
    const isLast = fast.attrs["invalidate"] === "true";
    if (isLast) state.tokens.delete(token);
    const proof = state.fault === "bad-proof" ? "AAAA" : mac(token, "Responder").toString("base64");
    const successor = state.rotates && !isLast ? newToken() : "";
    succeed(connection, element, message.subarray(0, end).toString("utf8"), proof, successor);
  }

  function newToken(): string {
    const token = `secret-token:${randomUUID()}`;
    state.tokens.add(token);
    const expiry = new Date(Date.now() + (options.tokenMs ?? 86_400_000)).toISOString();
    return `<token xmlns='${FAST}' expiry='${expiry}' token='${token}'/>`;
  }

  function succeed(
    connection: Connection,
    element: Element,
    local: string,
    proof: string,
    token: string,
  ): void {
    asked.delete(connection);
    const account = server.account(`${local}@${server.domain}`);
    if (account === undefined) return refuse(connection, "not-authorized");
    connection.account = account;
    const bind = element.getChild("bind", BIND2);
    const bound = bind === undefined ? "" : bindInline(connection, bind);
    const jid = connection.session?.jid ?? account.jid;
    connection.write(
      `<success xmlns='${SASL2}'><additional-data>${proof}</additional-data>` +
        `<authorization-identifier>${jid}</authorization-identifier>${bound}${token}</success>`,
    );
    connection.write(
      `<stream:features xmlns:stream='${NS.stream}'><bind xmlns='${NS.bind}'/><sm xmlns='${NS.sm}'/></stream:features>`,
    );
  }

  function bindInline(connection: Connection, bind: Element): string {
    const { account } = connection;
    if (account === undefined) return "";
    const session = new Session(account, `${account.jid}/${bind.getChildText("tag")}~1`);
    const old = server.sessionAt(session.jid);
    if (old !== undefined) server.end(old, "conflict");
    session.line = connection;
    connection.session = session;
    account.sessions.add(session);
    session.hasCarbons = bind.getChild("enable", CARBONS) !== undefined;
    const enable = bind.getChild("enable", NS.sm);
    if (enable === undefined) return `<bound xmlns='${BIND2}'/>`;
    const id = enable.attrs["resume"] === "true" ? server.newId() : undefined;
    session.sm = { id, taken: 0, acked: 0, queue: [] };
    const more = id === undefined ? "" : ` resume='true' id='${id}'`;
    return `<bound xmlns='${BIND2}'><enabled xmlns='${NS.sm}'${more}/></bound>`;
  }

  return state;
}

function refuse(connection: Connection, condition: string): void {
  connection.write(`<failure xmlns='${SASL2}'><${condition} xmlns='${NS.sasl}'/></failure>`);
}

function offer(server: HostileServer, { mechanisms, fast, bind }: Sasl2Options): string {
  const names = mechanisms ??
    server.options.mechanisms ?? ["SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN"];
  const list = (all: readonly string[]): string =>
    all.map((name) => `<mechanism>${name}</mechanism>`).join("");
  const features = [CARBONS, NS.sm].map((name) => `<feature var='${name}'/>`).join("");
  const inline =
    (bind === true ? `<bind xmlns='${BIND2}'><inline>${features}</inline></bind>` : "") +
    (fast === undefined ? "" : `<fast xmlns='${FAST}'>${list(fast)}</fast>`);
  return `<authentication xmlns='${SASL2}'>${list(names)}<inline>${inline}</inline></authentication>`;
}
