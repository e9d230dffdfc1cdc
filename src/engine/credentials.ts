/**
 * What stays on this browser to sign in again, never the password: a token where the server gives one that works
 * (XEP-0484), else the SCRAM keys, good for this server and salt only (RFC 5802 section 9). It lies encrypted in the
 * registry. A server that offers PLAIN alone leaves nothing to keep: tab-secret.ts.
 */
import { isRecord } from "../base/shape.ts";
import type { Jid } from "../mail/address.ts";
import {
  type AccountRow,
  newKey,
  type Registry,
  seal,
  sealText,
  unseal,
  unsealText,
} from "../store/registry.ts";
import type { Credential } from "../xmpp/credential.ts";
import { FAST_MECHANISMS, type FastToken, isExpired } from "../xmpp/fast-token.ts";
import { SCRAM_NAMES, type ScramKeys } from "../xmpp/scram.ts";
import type { Session } from "../xmpp/session.ts";
import type { TabSecret } from "./tab-secret.ts";

/** A server whose newer ways to sign in did not work is asked for them again after this. */
const SASL2_REST_MS = 24 * 60 * 60 * 1000;

/** The saved way in, or undefined where there is none. */
export async function savedCredential(
  row: AccountRow,
  now: number = Date.now(),
): Promise<Credential | undefined> {
  const saved = await unseal(row.sealed);
  if (!isSaved(saved)) return undefined;
  const { keys, token } = saved;
  if (token !== undefined && !isExpired(token, now)) return { kind: "token", token, keys };
  return keys.length === 0 ? undefined : { kind: "scram", keys };
}

function isSaved(saved: unknown): saved is { keys: ScramKeys[]; token?: FastToken } {
  if (!isRecord(saved)) return false;
  const { keys, token } = saved;
  return Array.isArray(keys) && keys.every(isKeys) && (token === undefined || isToken(token));
}

function isKeys(keys: unknown): keys is ScramKeys {
  if (!isRecord(keys)) return false;
  const { mechanism, salt, iterations, clientKey, serverKey } = keys;
  return (
    SCRAM_NAMES.some((name) => name === mechanism) &&
    typeof iterations === "number" &&
    [salt, clientKey, serverKey].every((part) => typeof part === "string")
  );
}

function isToken(token: unknown): token is FastToken {
  if (!isRecord(token)) return false;
  const { mechanism, token: text, expiresAt } = token;
  return (
    FAST_MECHANISMS.some((name) => name === mechanism) &&
    typeof text === "string" &&
    (expiresAt === undefined || typeof expiresAt === "number")
  );
}

/** Encrypts a password for this browser session: the text for the tabs, the key for the registry. */
export async function sealPassword(password: string): Promise<{ text: string; key: CryptoKey }> {
  const key = await newKey();
  return { key, text: await sealText(key, password) };
}

/** The way in of a session that can keep none, or undefined where the ciphertext is of another key. */
async function sessionCredential(
  { sessionKey }: AccountRow,
  text: string | undefined,
): Promise<Credential | undefined> {
  if (sessionKey === undefined || text === undefined) return undefined;
  const password = await unsealText(sessionKey, text);
  return password === undefined ? undefined : { kind: "password", password };
}

export type SignedInWith = Pick<Session, "scramSeen" | "keys" | "token" | "trouble">;

/** What the account can be opened with right now. */
export async function currentCredential(
  row: AccountRow,
  secret: TabSecret,
): Promise<Credential | undefined> {
  const known = (await savedCredential(row)) ?? (await sessionCredential(row, secret.mine));
  // Nobody can have it where there is no key for it.
  if (known !== undefined || row.sessionKey === undefined) return known;
  return sessionCredential(row, await secret.ask());
}

/** Notes a sign-in that worked, before what it brought is used. `undefined` where the account was wiped meanwhile. */
export async function saveAccount(
  registry: Registry,
  jid: Jid,
  signedIn: {
    keep: boolean;
    endpoint: string;
    clientId: string;
    session: SignedInWith;
    now: number;
    /** A person signs in, or signed in already and the account must be there still. */
    isNew: boolean;
    sessionKey?: CryptoKey;
  },
): Promise<AccountRow | undefined> {
  const { session, now } = signedIn;
  const { keys, token } = session;
  const saved = { keys: keys === undefined ? [] : [keys], token };
  const isKept = keys !== undefined || token !== undefined;
  const sealed = isKept ? await seal(saved) : undefined;
  return registry.update(jid, (old) => {
    if (old === undefined && !signedIn.isNew) return undefined;
    const sessionKey = isKept ? undefined : (signedIn.sessionKey ?? old?.sessionKey);
    const rest = session.trouble === undefined ? old?.sasl2RestsUntil : now + SASL2_REST_MS;
    return {
      jid,
      keep: signedIn.keep,
      endpoint: signedIn.endpoint,
      scramSeen: session.scramSeen || old?.scramSeen === true,
      clientId: signedIn.clientId,
      lastUsedAt: now,
      ...(rest === undefined || rest <= now ? {} : { sasl2RestsUntil: rest }),
      ...(sealed === undefined ? {} : { sealed }),
      ...(sessionKey === undefined ? {} : { sessionKey }),
    };
  });
}

/** The server no longer takes what we have: it is no use to anybody, and is not tried again. */
export async function dropCredential(registry: Registry, jid: Jid): Promise<void> {
  await registry.update(jid, (old) => {
    if (old === undefined) return undefined;
    const { sealed: _sealed, sessionKey: _sessionKey, ...rest } = old;
    return { ...rest, refused: true };
  });
}
