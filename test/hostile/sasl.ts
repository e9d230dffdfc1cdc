/** The server's side of SASL: PLAIN (RFC 4616) and SCRAM (RFC 5802, RFC 7677). */
import { createHash, createHmac, pbkdf2Sync, timingSafeEqual } from "node:crypto";

export type Mechanism = "PLAIN" | "SCRAM-SHA-1" | "SCRAM-SHA-256";

export type SaslStep =
  | { kind: "challenge"; text: string }
  | { kind: "success"; local: string; text: string }
  | { kind: "failure"; condition: string };

export interface SaslExchange {
  /** What the client said, base64 already undone. */
  take(text: string): SaslStep;
}

export type SaslOptions = {
  passwordOf: (local: string) => string | undefined;
  iterations: number;
  nonce: () => string;
};

/** Undefined where nobody knows the mechanism. */
export function startSasl(mechanism: string, options: SaslOptions): SaslExchange | undefined {
  switch (mechanism) {
    case "PLAIN":
      return { take: (text) => takePlain(text, options) };
    case "SCRAM-SHA-1":
      return scramExchange("sha1", 20, options);
    case "SCRAM-SHA-256":
      return scramExchange("sha256", 32, options);
    default:
      return undefined;
  }
}

function takePlain(text: string, { passwordOf }: SaslOptions): SaslStep {
  const [, local = "", password = ""] = text.split("\0");
  const right = passwordOf(local);
  return right !== undefined && right === password
    ? { kind: "success", local, text: "" }
    : { kind: "failure", condition: "not-authorized" };
}

function scramExchange(hash: string, length: number, options: SaslOptions): SaslExchange {
  const hmac = (key: Buffer, text: string): Buffer =>
    createHmac(hash, key).update(text, "utf8").digest();
  let first: { bare: string; server: string; local: string; salted: Buffer } | undefined;

  function begin(text: string): SaslStep {
    // gs2-header "n,," or "y,,", then the part that is signed.
    const bare = text.split(",").slice(2).join(",");
    const local = attributeOf(bare, "n").replaceAll("=2C", ",").replaceAll("=3D", "=");
    const password = options.passwordOf(local);
    if (password === undefined) return { kind: "failure", condition: "not-authorized" };
    // A salt of the account's own and always the same: saved keys must fit the next time, too.
    const salt = createHash("sha256").update(`salt of ${local}`).digest().subarray(0, 16);
    const salted = pbkdf2Sync(password.normalize("NFC"), salt, options.iterations, length, hash);
    const nonce = attributeOf(bare, "r") + options.nonce();
    const server = `r=${nonce},s=${salt.toString("base64")},i=${options.iterations}`;
    first = { bare, server, local, salted };
    return { kind: "challenge", text: server };
  }

  function finish(text: string, known: NonNullable<typeof first>): SaslStep {
    const withoutProof = text.slice(0, text.lastIndexOf(",p="));
    const signed = `${known.bare},${known.server},${withoutProof}`;
    const clientKey = hmac(known.salted, "Client Key");
    const storedKey = createHash(hash).update(clientKey).digest();
    const signature = hmac(storedKey, signed);
    const proof = Buffer.from(attributeOf(text, "p"), "base64");
    const wanted = Buffer.from(clientKey.map((byte, i) => byte ^ (signature[i] ?? 0)));
    const isRight = proof.length === wanted.length && timingSafeEqual(proof, wanted);
    if (!isRight) return { kind: "failure", condition: "not-authorized" };
    const verifier = hmac(hmac(known.salted, "Server Key"), signed).toString("base64");
    return { kind: "success", local: known.local, text: `v=${verifier}` };
  }

  return { take: (text) => (first === undefined ? begin(text) : finish(text, first)) };
}

function attributeOf(text: string, name: string): string {
  const part = text.split(",").find((piece) => piece.startsWith(`${name}=`));
  return part?.slice(2) ?? "";
}
