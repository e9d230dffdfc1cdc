// The least XMPP client that can test a server: text in, text out, no XML parser. It answers no
// pings and keeps no state, so it is no base for an application.
import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";

const framing = "urn:ietf:params:xml:ns:xmpp-framing";
const sasl = "urn:ietf:params:xml:ns:xmpp-sasl";
const probeTimeoutMs = 2_000;
const answerTimeoutMs = 10_000;

/** Whether a WebSocket answers `<open/>` (RFC 7395) for a domain; false on every failure. */
export async function answersOpen(wsUrl: string, domain: string): Promise<boolean> {
  const client = new TinyClient(wsUrl);
  try {
    await client.opened;
    await client.open(domain, probeTimeoutMs);
    return true;
  } catch {
    // A module that breaks the list of features is no reason to wait for ever.
    return client.frames.length === 1 && client.frames[0]?.startsWith("<open") === true;
  } finally {
    client.close();
  }
}

/** Signs in with SCRAM, binds a resource and sends presence. */
export async function signIn(
  wsUrl: string,
  domain: string,
  local: string,
  password: string,
  resource = "test",
): Promise<TinyClient> {
  const client = new TinyClient(wsUrl);
  try {
    await client.opened;
    const features = await client.open(domain);
    await scram(client, features, local, password);
    await client.open(domain);
    const bind = `<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>${resource}</resource></bind>`;
    await client.iq(`<iq type='set' id='bind'>${bind}</iq>`);
    client.send("<presence xmlns='jabber:client'/>");
    return client;
  } catch (error) {
    client.close();
    throw error;
  }
}

/** One WebSocket; every frame received is kept in `frames`. */
export class TinyClient {
  readonly frames: string[] = [];
  readonly opened: Promise<void>;
  readonly #socket: WebSocket;
  #isClosed = false;
  #wake: () => void = () => undefined;

  constructor(wsUrl: string) {
    this.#socket = new WebSocket(wsUrl, "xmpp");
    this.opened = new Promise((resolve, reject) => {
      this.#socket.addEventListener("open", () => resolve());
      this.#socket.addEventListener("error", () =>
        reject(new Error(`${wsUrl} refused the connection`)),
      );
    });
    this.opened.catch(() => undefined);
    this.#socket.addEventListener("message", (event) => {
      this.frames.push(String(event.data));
      this.#wake();
    });
    this.#socket.addEventListener("close", () => {
      this.#isClosed = true;
      this.#wake();
    });
  }

  send(text: string): void {
    this.#socket.send(text);
  }

  /** The first frame that matches, from `after` on; rejects on a closed socket or after the time. */
  async next(pattern: RegExp, { after = 0, timeoutMs = answerTimeoutMs } = {}): Promise<string> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const found = this.frames.slice(after).find((frame) => pattern.test(frame));
      if (found !== undefined) return found;
      const leftMs = deadline - Date.now();
      if (this.#isClosed || leftMs <= 0) {
        throw new Error(
          `no ${pattern} ${this.#isClosed ? "before the socket closed" : "in time"}; got ${this.frames.slice(after).join("\n")}`,
        );
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** Opens a stream and returns its features. */
  open(domain: string, timeoutMs = answerTimeoutMs): Promise<string> {
    const after = this.frames.length;
    this.send(`<open xmlns='${framing}' to='${domain}' version='1.0'/>`);
    return this.next(/<(stream:)?features/, { after, timeoutMs });
  }

  /** Sends an IQ with an id attribute in single quotes and returns the answer, result or error. */
  iq(text: string): Promise<string> {
    const id = /id='([^']*)'/.exec(text)?.[1] ?? "";
    const after = this.frames.length;
    this.send(text.replace("<iq", "<iq xmlns='jabber:client'"));
    return this.next(new RegExp(`^<iq[^>]*id=['"]${id}['"]`), { after });
  }

  /** Features of an address, or of the account without one. */
  async features(to?: string): Promise<string[]> {
    const target = to === undefined ? "" : ` to='${to}'`;
    const answer = await this.iq(
      `<iq type='get' id='d${this.frames.length}'${target}><query xmlns='http://jabber.org/protocol/disco#info'/></iq>`,
    );
    return [...answer.matchAll(/<feature[^>]*var=['"]([^'"]*)['"]/g)].map(
      (match) => match[1] ?? "",
    );
  }

  close(): void {
    this.#socket.close();
  }
}

/** SCRAM without channel binding (RFC 5802, RFC 7677), SHA-256 where offered, else SHA-1. */
async function scram(
  client: TinyClient,
  features: string,
  local: string,
  password: string,
): Promise<void> {
  const name = ["SCRAM-SHA-256", "SCRAM-SHA-1"].find((mechanism) =>
    features.includes(`>${mechanism}<`),
  );
  if (!name) throw new Error(`no SCRAM offered: ${features}`);
  const hash = name === "SCRAM-SHA-1" ? "sha1" : "sha256";
  const mac = (key: Buffer, data: string) => createHmac(hash, key).update(data).digest();
  const first = `n=${local},r=${randomBytes(16).toString("base64url")}`;
  client.send(`<auth xmlns='${sasl}' mechanism='${name}'>${encode(`n,,${first}`)}</auth>`);
  const challenge = decode(await client.next(/<(challenge|failure)/));
  const [, nonce = "", salt = "", rounds = ""] =
    /^r=([^,]*),s=([^,]*),i=(\d+)/.exec(challenge) ?? [];
  const salted = pbkdf2Sync(
    password,
    Buffer.from(salt, "base64"),
    Number(rounds),
    hash === "sha1" ? 20 : 32,
    hash,
  );
  const clientKey = mac(salted, "Client Key");
  const message = `${first},${challenge},c=biws,r=${nonce}`;
  const signature = mac(createHash(hash).update(clientKey).digest(), message);
  const proof = clientKey.map((byte, index) => byte ^ (signature[index] ?? 0));
  client.send(
    `<response xmlns='${sasl}'>${encode(`c=biws,r=${nonce},p=${Buffer.from(proof).toString("base64")}`)}</response>`,
  );
  const success = decode(await client.next(/<(success|failure)/));
  if (success !== `v=${mac(mac(salted, "Server Key"), message).toString("base64")}`)
    throw new Error("the server's signature is wrong");
}

function encode(text: string): string {
  return Buffer.from(text).toString("base64");
}

function decode(frame: string): string {
  if (frame.includes("<failure")) throw new Error(`sign-in refused: ${frame}`);
  return Buffer.from(/>([^<]*)</.exec(frame)?.[1] ?? "", "base64").toString();
}
