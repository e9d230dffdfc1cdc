/** SCRAM by WebCrypto: RFC 5802, RFC 7677; SHA-512 as registered. Runs in workers and in Node. */
import { base64ToBytes, bytesToBase64 } from "../base/base64.ts";
import { isSameBytes } from "../base/same-bytes.ts";

export type ScramName = "SCRAM-SHA-512" | "SCRAM-SHA-256" | "SCRAM-SHA-1";

/** Good for one server and salt only, unlike the password (RFC 5802 section 9). Base64. */
export type ScramKeys = {
  mechanism: ScramName;
  salt: string;
  iterations: number;
  clientKey: string;
  serverKey: string;
};

export type ScramCredential =
  | { kind: "password"; password: string }
  | { kind: "scram"; keys: ScramKeys[] };

/** Strongest first. */
export const SCRAM_NAMES: readonly ScramName[] = ["SCRAM-SHA-512", "SCRAM-SHA-256", "SCRAM-SHA-1"];

const HASH: Record<ScramName, string> = {
  "SCRAM-SHA-512": "SHA-512",
  "SCRAM-SHA-256": "SHA-256",
  "SCRAM-SHA-1": "SHA-1",
};
/** Fewer invite guessing, more are an attack on this computer (RFC 7677 section 4 asks for 4096). */
const MIN_ITERATIONS = 1000;
const MAX_ITERATIONS = 10_000_000;

export type ScramProblem = "bad-server" | "keys-do-not-fit";

export class ScramError extends Error {
  override readonly name = "ScramError";
  readonly problem: ScramProblem;
  constructor(problem: ScramProblem, message: string) {
    super(message);
    this.problem = problem;
  }
}

export interface ScramExchange {
  readonly mechanism: ScramName;
  /** First message of the client. */
  first: string;
  /** Answer to the server's first message. Rejects with ScramError. */
  final(serverFirst: string): Promise<string>;
  /** Checks the server's proof that it knows the account: true or the server is not who it says. */
  verify(serverFinal: string): boolean;
  /** What may be kept instead of the password; after `final`. */
  keys(): ScramKeys | undefined;
}

/** What the server offered, as it reached us: somebody on the way may have taken the stronger things out. */
export type Offer = {
  mechanisms: readonly string[];
  /** XEP-0440; absent where the server lists none. */
  channelBindings?: readonly string[];
};

/** Begins an exchange. `nonce` only for tests. */
export function startScram(
  mechanism: ScramName,
  username: string,
  credential: ScramCredential,
  offer: Offer,
  nonce: string = bytesToBase64(crypto.getRandomValues(new Uint8Array(24))),
): ScramExchange {
  const bare = `n=${escapeName(username.normalize("NFC"))},r=${nonce}`;
  let keys: ScramKeys | undefined;
  let expected: Uint8Array | undefined;
  return {
    mechanism,
    first: `n,,${bare}`,
    async final(serverFirst) {
      const fields = parseFields(serverFirst);
      const serverNonce = fields.get("r") ?? "";
      const salt = fields.get("s") ?? "";
      const iterations = Number(fields.get("i"));
      if (fields.has("m"))
        throw new ScramError("bad-server", "the server asks for an unknown extension");
      if (
        !serverNonce.startsWith(nonce) ||
        serverNonce.length <= nonce.length ||
        salt === "" ||
        base64ToBytes(salt) === undefined
      ) {
        throw new ScramError("bad-server", "the server's challenge does not continue ours");
      }
      if (
        !Number.isInteger(iterations) ||
        iterations < MIN_ITERATIONS ||
        iterations > MAX_ITERATIONS
      ) {
        throw new ScramError(
          "bad-server",
          `the server asks for ${fields.get("i") ?? "no"} iterations`,
        );
      }
      const offerHash = fields.get("h");
      if (offerHash !== undefined && !(await isHashOf(offerHash, offer, HASH[mechanism]))) {
        throw new ScramError("bad-server", "somebody changed what the server offers (XEP-0474)");
      }
      keys = await keysFor(mechanism, credential, salt, iterations);
      const withoutProof = `c=biws,r=${serverNonce}`;
      const message = encode(`${bare},${serverFirst},${withoutProof}`);
      const hash = HASH[mechanism];
      const clientKey = bytesOf(keys.clientKey);
      const storedKey = new Uint8Array(await crypto.subtle.digest(hash, clientKey));
      const signature = await hmac(hash, storedKey, message);
      const proof = clientKey.map((byte, i) => byte ^ (signature[i] ?? 0));
      expected = await hmac(hash, bytesOf(keys.serverKey), message);
      return `${withoutProof},p=${bytesToBase64(proof)}`;
    },
    verify: (serverFinal) =>
      expected !== undefined &&
      isSameBytes(bytesOf(parseFields(serverFinal).get("v") ?? ""), expected),
    keys: () => keys,
  };
}

/** XEP-0474 0.5: the server signs the list of what it offered. Delimiters that XML cannot carry keep names apart. */
async function isHashOf(hash: string, offer: Offer, algorithm: string): Promise<boolean> {
  const lists = [offer.mechanisms, offer.channelBindings].flatMap((list) =>
    list === undefined ? [] : [list.toSorted().join("\u001e")],
  );
  const digest = await crypto.subtle.digest(algorithm, encode(lists.join("\u001f")));
  return bytesToBase64(new Uint8Array(digest)) === hash;
}

async function keysFor(
  mechanism: ScramName,
  credential: ScramCredential,
  salt: string,
  iterations: number,
): Promise<ScramKeys> {
  if (credential.kind === "scram") {
    const kept = credential.keys.find((k) => k.mechanism === mechanism);
    if (kept?.salt !== salt || kept.iterations !== iterations) {
      throw new ScramError("keys-do-not-fit", "the saved sign-in no longer fits the account");
    }
    return kept;
  }
  const hash = HASH[mechanism];
  const password = encode(prepared(credential.password));
  const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
  const bits = mechanism === "SCRAM-SHA-512" ? 512 : mechanism === "SCRAM-SHA-256" ? 256 : 160;
  const salted = new Uint8Array(
    await crypto.subtle.deriveBits(
      { name: "PBKDF2", hash, salt: bytesOf(salt), iterations },
      key,
      bits,
    ),
  );
  return {
    mechanism,
    salt,
    iterations,
    clientKey: bytesToBase64(await hmac(hash, salted, encode("Client Key"))),
    serverKey: bytesToBase64(await hmac(hash, salted, encode("Server Key"))),
  };
}

/** Characters that SASLprep takes out (RFC 3454 table B.1): soft hyphen, joiners, variation selectors, marks of order. */
const MAPPED_TO_NOTHING =
  /\u034F|[\u180B-\u180D]|[\uFE00-\uFE0F]|[\u00AD\u1806\u200B-\u200D\u2060\uFEFF]/gu;

/**
 * SASLprep (RFC 4013 section 2), as RFC 5802 asks for: spaces of every script become U+0020, invisible characters go,
 * compatibility forms become one (NFKC). Both servers we know derive their keys this way. What it forbids is left in:
 * the server has the last word on that.
 */
export function prepared(password: string): string {
  return password
    .replaceAll(/[\u00A0\u1680\u2000-\u200A\u202F\u205F\u3000]/g, " ")
    .replaceAll(MAPPED_TO_NOTHING, "")
    .normalize("NFKC");
}

export async function hmac(
  hash: string,
  key: Uint8Array<ArrayBuffer>,
  data: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const imported = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash }, false, [
    "sign",
  ]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, data));
}

function escapeName(name: string): string {
  return name.replaceAll("=", "=3D").replaceAll(",", "=2C");
}

function parseFields(message: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const part of message.split(",")) {
    if (part[1] === "=" && part[0] !== undefined) fields.set(part[0], part.slice(2));
  }
  return fields;
}

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return base64ToBytes(base64) ?? new Uint8Array();
}
