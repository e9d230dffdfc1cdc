//  a@foo.test --ws-- Prosody 127.x.y.2 ==s2s, TLS, both certificates verified== ejabberd 127.x.y.3 --ws-- b@bar.test
//                         both on port 5269: without SRV records no other port is tried
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { signIn } from "./tiny-client.ts";
import { createAuthority } from "./certificates.ts";
import { startChildServer, type FederationLink } from "./child-server.ts";
import { ejabberdRecipe } from "./ejabberd.ts";
import { s2sPort } from "./ejabberd-config.ts";
import { isPortFree } from "./ports.ts";
import { prosodyRecipe } from "./prosody.ts";
import type { Profile, Server, ServerOptions } from "./server.ts";

export type FederationOptions = {
  /** of both servers, default `generous` */
  profile?: Profile;
  accounts?: { foo?: Record<string, string>; bar?: Record<string, string> };
};

/** `foo` is Prosody for foo.test, `bar` is ejabberd for bar.test; stop() stops both and removes their data. */
export type Federation = { foo: Server; bar: Server; stop(): Promise<void> };

const fooDomain = "foo.test";
const barDomain = "bar.test";

/**
 * Starts two servers that reach each other and nobody else. Several federations can run at once:
 * each takes loopback addresses of its own.
 */
export async function startFederation(options: FederationOptions = {}): Promise<Federation> {
  const folder = await mkdtemp(join(tmpdir(), "envoi-federation-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const [foo, bar] = await startBoth(folder, options);
    await Promise.all([meet(foo, bar.domain), meet(bar, foo.domain)]);
    const stop = async () => {
      await Promise.all([foo.stop(), bar.stop()]);
      await remove();
    };
    return { foo, bar, stop };
  } catch (error) {
    await remove();
    throw error;
  }
}

/**
 * Waits until a server has reached the other one: what is sent meanwhile would bounce from one that just starts.
 */
async function meet(server: Server, domain: string): Promise<void> {
  const local = "first-contact";
  await server.addAccount(local, local);
  const client = await signIn(server.wsUrl, server.domain, local, local);
  const ping = "<ping xmlns='urn:xmpp:ping'/>";
  for (let attempt = 0; attempt < 30; attempt++) {
    const question = `<iq type='get' to='${domain}' id='meet${attempt}'>${ping}</iq>`;
    // Asked of a server that just starts a question may go unanswered; the next one is not.
    const answer = await client.iq(question).catch(() => "");
    if (/type=['"]result/.test(answer)) {
      client.close();
      return server.removeAccount(local);
    }
    await sleep(500);
  }
  throw new Error(`${server.domain} does not reach ${domain}`);
}

async function startBoth(folder: string, options: FederationOptions): Promise<[Server, Server]> {
  const [fooAddress, barAddress] = await pickAddresses();
  const hosts = {
    [fooDomain]: fooAddress,
    [`upload.${fooDomain}`]: fooAddress,
    [barDomain]: barAddress,
    [`upload.${barDomain}`]: barAddress,
  };
  const made = await createAuthority(join(folder, "certificates"));
  const [fooCertificate, barCertificate] = await Promise.all([
    made.issue(fooDomain),
    made.issue(barDomain),
  ]);
  const profile = options.profile ?? "generous";
  const link = (certificate: typeof fooCertificate, address: string): FederationLink => ({
    ...certificate,
    authority: made.authority,
    address,
    hosts,
  });
  const fooOptions: ServerOptions = {
    profile,
    domain: fooDomain,
    dataFolder: join(folder, "foo"),
  };
  const barOptions: ServerOptions = {
    profile,
    domain: barDomain,
    dataFolder: join(folder, "bar"),
  };
  const started = await Promise.allSettled([
    startChildServer(
      prosodyRecipe,
      { ...fooOptions, accounts: options.accounts?.foo ?? {} },
      link(fooCertificate, fooAddress),
    ),
    startChildServer(
      ejabberdRecipe,
      { ...barOptions, accounts: options.accounts?.bar ?? {} },
      link(barCertificate, barAddress),
    ),
  ]);
  const [foo, bar] = started;
  if (foo.status === "fulfilled" && bar.status === "fulfilled") return [foo.value, bar.value];
  for (const result of started) if (result.status === "fulfilled") await result.value.kill();
  throw foo.status === "rejected" ? foo.reason : (bar as PromiseRejectedResult).reason;
}

/** Two addresses of 127.0.0.0/8 with a free port 5269; Linux has all of them on the loopback interface. */
async function pickAddresses(): Promise<[string, string]> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const octet = () => 1 + Math.floor(Math.random() * 254);
    const network = `127.${octet()}.${octet()}`;
    const pair: [string, string] = [`${network}.2`, `${network}.3`];
    const free = await Promise.all(pair.map((address) => isPortFree(address, s2sPort)));
    if (free.every(Boolean)) return pair;
  }
  throw new Error(
    `port ${s2sPort} is busy on every loopback address tried (a server bound to 0.0.0.0?)`,
  );
}
