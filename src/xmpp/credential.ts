/** What an account is opened with. */
import type { FastToken } from "./fast-token.ts";
import type { ScramCredential, ScramKeys } from "./scram.ts";

export type Credential =
  | ScramCredential
  /** A server's token; the keys are for the day the server no longer takes it, where there are any. */
  | { kind: "token"; token: FastToken; keys: ScramKeys[] };

/** The same without the token; undefined where nothing is left. */
export function withoutToken(credential: Credential): ScramCredential | undefined {
  if (credential.kind !== "token") return credential;
  return credential.keys.length === 0 ? undefined : { kind: "scram", keys: credential.keys };
}
