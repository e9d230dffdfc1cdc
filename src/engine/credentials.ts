/**
 * What stays on this browser to sign in again: the SCRAM keys, never the password; they are good for this server and
 * salt only (RFC 5802 section 9), and lie encrypted in the registry. A server that offers PLAIN alone leaves nothing
 * to keep, so it asks again.
 */
import * as v from "valibot";
import type { Jid } from "../mail/address.ts";
import { type AccountRow, type Registry, seal, unseal } from "../store/registry.ts";
import type { Credential, ScramKeys } from "../xmpp/scram.ts";

const KeysSchema = v.array(
  v.object({
    mechanism: v.picklist(["SCRAM-SHA-512", "SCRAM-SHA-256", "SCRAM-SHA-1"]),
    salt: v.string(),
    iterations: v.number(),
    clientKey: v.string(),
    serverKey: v.string(),
  }),
);

/** The saved way in, or undefined where there is none. */
export async function savedCredential(row: AccountRow): Promise<Credential | undefined> {
  const parsed = v.safeParse(KeysSchema, await unseal(row.sealed));
  if (!parsed.success || parsed.output.length === 0) return undefined;
  return { kind: "scram", keys: parsed.output satisfies ScramKeys[] };
}

/** Notes a sign-in that worked. */
export async function saveAccount(
  registry: Registry,
  jid: Jid,
  signedIn: {
    keep: boolean;
    endpoint: string;
    scramSeen: boolean;
    clientId: string;
    keys: ScramKeys | undefined;
    now: number;
  },
): Promise<AccountRow> {
  const old = await registry.get(jid);
  const row: AccountRow = {
    jid,
    keep: signedIn.keep,
    endpoint: signedIn.endpoint,
    scramSeen: signedIn.scramSeen || old?.scramSeen === true,
    clientId: signedIn.clientId,
    lastUsedAt: signedIn.now,
    ...(signedIn.keys === undefined ? {} : { sealed: await seal([signedIn.keys]) }),
  };
  await registry.put(row);
  return row;
}
