/** One try to sign in, from the page's form to a row in the registry. Loaded when it is needed: it brings the wire. */
import type { SignInArgs, SignInResult } from "../api/contract.ts";
import { domainOf, type Jid } from "../mail/address.ts";
import type { AccountRow, Registry } from "../store/registry.ts";
import type { Config } from "./config.ts";
import { saveAccount, sealPassword } from "./credentials.ts";
import { createHandOver, type HandOver } from "./hand-over.ts";
import { SignInError, signIn } from "./sign-in.ts";

export type AttemptResult =
  | {
      ok: true;
      row: AccountRow;
      /** For the tabs of this browser session, where nothing can be kept. */
      tabSecret: string | undefined;
      /** The stream it was proved on. Whoever gets it drops it at the latest when the account is closed. */
      handOver: HandOver;
    }
  | { ok: false; answer: Extract<SignInResult, { ok: false }> };

export async function attemptSignIn(options: {
  jid: Jid;
  args: SignInArgs;
  config: Config;
  registry: Registry;
  onPhase: (phase: "discovering" | "connecting", host?: string) => void;
  signal: AbortSignal;
}): Promise<AttemptResult> {
  const { jid, args, registry, signal } = options;
  const known = await registry.get(jid);
  const clientId = known?.clientId ?? crypto.randomUUID();
  const handOver = createHandOver();
  options.onPhase("discovering");
  try {
    const { session, endpoint } = await signIn({
      jid,
      credential: { kind: "password", password: args.password },
      ...(args.wsUrl === undefined ? {} : { typedUrl: args.wsUrl }),
      ...(known?.endpoint === undefined ? {} : { remembered: known.endpoint }),
      config: options.config,
      session: {
        scramSeen: known?.scramSeen ?? false,
        sasl2: (known?.sasl2RestsUntil ?? 0) <= Date.now(),
        clientId,
        software: "Envoi",
        ...handOver.ends,
      },
      onHost: (host) => options.onPhase("connecting", host),
      signal,
    });
    handOver.offer({ session, endpoint });
    const isKept = session.keys !== undefined || session.token !== undefined;
    const secret = isKept ? undefined : await sealPassword(args.password);
    const row = await saveAccount(registry, jid, {
      keep: args.keep,
      endpoint,
      clientId,
      session,
      isNew: true,
      now: Date.now(),
      ...(secret === undefined ? {} : { sessionKey: secret.key }),
    });
    if (row === undefined) throw new Error("the account was not written");
    return { ok: true, row, tabSecret: secret?.text, handOver };
  } catch (error) {
    handOver.drop();
    if (signal.aborted) {
      return { ok: false, answer: { ok: false, problem: "lost", detail: "cancelled" } };
    }
    if (error instanceof SignInError) {
      const { problem, detail, host } = error;
      return { ok: false, answer: { ok: false, problem, detail, host: host ?? domainOf(jid) } };
    }
    throw error;
  }
}
