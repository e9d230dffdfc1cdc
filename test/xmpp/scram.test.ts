import { expect, test } from "vitest";
import { prepared, type ScramName, startScram } from "../../src/xmpp/scram.ts";

const PENCIL = { kind: "password" as const, password: "pencil" };
const NO_OFFER = { mechanisms: [] };

/** RFC 5802 section 5, RFC 7677 section 3: user "user", password "pencil". */
const VECTORS: {
  mechanism: ScramName;
  nonce: string;
  serverFirst: string;
  final: string;
  proof: string;
}[] = [
  {
    mechanism: "SCRAM-SHA-1",
    nonce: "fyko+d2lbbFgONRv9qkxdawL",
    serverFirst: "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
    final: "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
    proof: "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
  },
  {
    mechanism: "SCRAM-SHA-256",
    nonce: "rOprNGfwEbeRWgbNEkqO",
    serverFirst:
      "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
    final:
      "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
    proof: "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
  },
];

for (const { mechanism, nonce, serverFirst, final, proof } of VECTORS) {
  test(`${mechanism} as the RFC has it, and again from the kept keys`, async () => {
    const first = startScram(mechanism, "user", PENCIL, NO_OFFER, nonce);
    expect(first.first).toBe(`n,,n=user,r=${nonce}`);
    expect(await first.final(serverFirst)).toBe(final);
    expect(first.verify(proof)).toBe(true);
    const keys = first.keys();
    if (keys === undefined) throw new Error("no keys");
    expect(JSON.stringify(keys)).not.toContain("pencil");
    const second = startScram(mechanism, "user", { kind: "scram", keys: [keys] }, NO_OFFER, nonce);
    expect(await second.final(serverFirst)).toBe(final);
    expect(second.verify(proof)).toBe(true);
  });
}

test("a server that cannot prove itself is not believed", async () => {
  const exchange = startScram("SCRAM-SHA-1", "user", PENCIL, NO_OFFER, VECTORS[0]?.nonce);
  expect(exchange.verify(VECTORS[0]?.proof ?? "")).toBe(false);
  await exchange.final(VECTORS[0]?.serverFirst ?? "");
  expect(exchange.verify("v=AAAAAAAAAAAAAAAAAAAAAAAAAAA=")).toBe(false);
  expect(exchange.verify("")).toBe(false);
});

test.each([
  ["another nonce", "r=somebody-elses,s=QSXCR+Q6sek8bf92,i=4096"],
  ["our nonce unextended", "r=abc,s=QSXCR+Q6sek8bf92,i=4096"],
  ["one iteration", "r=abcdef,s=QSXCR+Q6sek8bf92,i=1"],
  ["endless iterations", "r=abcdef,s=QSXCR+Q6sek8bf92,i=4000000000"],
  ["no salt", "r=abcdef,s=,i=4096"],
  ["an unknown extension", "m=x,r=abcdef,s=QSXCR+Q6sek8bf92,i=4096"],
])("a challenge with %s is refused", async (_what, serverFirst) => {
  const exchange = startScram("SCRAM-SHA-1", "user", PENCIL, NO_OFFER, "abc");
  await expect(exchange.final(serverFirst)).rejects.toMatchObject({ problem: "bad-server" });
});

/** XEP-0474's own example: what the hash in "h" stands for. */
const OFFER = {
  mechanisms: ["SCRAM-SHA-1-PLUS", "SCRAM-SHA-1"],
  channelBindings: ["tls-server-end-point", "tls-exporter"],
};
const sha1 = async (text: string) =>
  Buffer.from(await crypto.subtle.digest("SHA-1", Buffer.from(text))).toString("base64");

test.each([
  ["as it was sent", OFFER, "G6k/rBLDqgOhRRaCuuatSDFkJ08=", true],
  ["without channel bindings", { mechanisms: ["B", "A"] }, await sha1("A\u001eB"), true],
  ["weakened", { ...OFFER, mechanisms: ["SCRAM-SHA-1"] }, "G6k/rBLDqgOhRRaCuuatSDFkJ08=", false],
  ["without its bindings", { mechanisms: OFFER.mechanisms }, "G6k/rBLDqgOhRRaCuuatSDFkJ08=", false],
  ["with two names made one", { mechanisms: ["A,B"] }, await sha1("A\u001eB"), false],
])("an offer %s: %#", async (_what, offer, hash, isGood) => {
  const exchange = startScram("SCRAM-SHA-1", "user", PENCIL, offer, "abc");
  const final = exchange.final(`r=abcd,s=QSXCR+Q6sek8bf92,i=4096,h=${hash}`);
  if (isGood) expect(await final).toContain("p=");
  else await expect(final).rejects.toMatchObject({ problem: "bad-server" });
});

test("kept keys do not fit another salt", async () => {
  const keys = {
    mechanism: "SCRAM-SHA-1" as const,
    salt: "AAAA",
    iterations: 4096,
    clientKey: "",
    serverKey: "",
  };
  const exchange = startScram(
    "SCRAM-SHA-1",
    "user",
    { kind: "scram", keys: [keys] },
    NO_OFFER,
    "abc",
  );
  await expect(exchange.final("r=abcd,s=QSXCR+Q6sek8bf92,i=4096")).rejects.toMatchObject({
    problem: "keys-do-not-fit",
  });
});

test("names and passwords of every script are prepared, not broken", () => {
  expect(startScram("SCRAM-SHA-1", "a=b,c", PENCIL, NO_OFFER, "n").first).toBe(
    "n,,n=a=3Db=2Cc,r=n",
  );
  expect(prepared("pa\u00A0ss e\u0301 密码")).toBe("pa ss \u00e9 密码");
  // The examples of RFC 4013 section 3.
  expect(prepared("I\u00ADX")).toBe("IX");
  expect(prepared("USER")).toBe("USER");
  expect(prepared("\u00AA")).toBe("a");
  expect(prepared("\u2168")).toBe("IX");
});
