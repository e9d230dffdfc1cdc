import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** PEM files of one domain, absolute paths. */
export type Certificate = { key: string; certificate: string };

/** A certificate authority of our own: `authority` is the file servers trust. */
export type Authority = { authority: string; issue(domain: string): Promise<Certificate> };

/**
 * Makes an authority in a folder with the openssl program.
 * @throws Error of the openssl command when it fails or is missing.
 */
export async function createAuthority(folder: string): Promise<Authority> {
  const inFolder = (name: string) => join(folder, name);
  await mkdir(folder, { recursive: true });
  const key = inFolder("authority.key");
  const authority = inFolder("authority.pem");
  await openssl(
    "req",
    "-x509",
    ...newKey(key),
    "-subj",
    "/CN=Envoi test authority",
    "-days",
    "30",
    "-out",
    authority,
  );
  const issue = async (domain: string): Promise<Certificate> => {
    const made = { key: inFolder(`${domain}.key`), certificate: inFolder(`${domain}.pem`) };
    const request = inFolder(`${domain}.csr`);
    const extensions = inFolder(`${domain}.ext`);
    // The upload service is a host of its own.
    await writeFile(
      extensions,
      `subjectAltName=DNS:${domain},DNS:*.${domain}\nextendedKeyUsage=serverAuth,clientAuth\n`,
    );
    await openssl("req", ...newKey(made.key), "-subj", `/CN=${domain}`, "-out", request);
    const signer = [
      "-CA",
      authority,
      "-CAkey",
      key,
      // Two certificates made at once would fight for the file in which openssl counts.
      "-set_serial",
      `0x1${randomBytes(8).toString("hex")}`,
      "-days",
      "30",
      "-extfile",
      extensions,
    ];
    await openssl("x509", "-req", "-in", request, ...signer, "-out", made.certificate);
    return made;
  };
  return { authority, issue };
}

/** Elliptic curve: RSA keys would take most of the start-up time. */
function newKey(path: string): string[] {
  return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", path];
}

async function openssl(...args: string[]): Promise<void> {
  await run("openssl", args);
}
