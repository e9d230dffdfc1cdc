/** After a sign-out, off the line of everything: the server forgets the token it gave this browser. */
import type { AccountRow } from "../store/registry.ts";
import { invalidateToken } from "../xmpp/fast-sign-out.ts";
import { savedCredential } from "./credentials.ts";

const TAKE_BACK_MS = 10_000;

/** Never rejects: a server that cannot be reached lets the token expire. */
export async function takeBackToken(row: AccountRow): Promise<void> {
  const credential = await savedCredential(row);
  if (credential?.kind !== "token" || row.endpoint === undefined) return;
  await invalidateToken({
    service: row.endpoint,
    jid: row.jid,
    token: credential.token,
    clientId: row.clientId,
    software: "Envoi",
    timeoutMs: TAKE_BACK_MS,
  }).catch(() => undefined);
}
