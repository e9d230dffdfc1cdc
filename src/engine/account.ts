/** One open account in this tab: its database, its channel, and its place in the queue for the lock. */
import type { SignInProblem } from "../api/contract.ts";
import type { Jid } from "../mail/address.ts";
import { openStore } from "../store/database.ts";
import { putMeta, readMeta } from "../store/meta.ts";
import type { AccountRow, Registry } from "../store/registry.ts";
import type { Credential } from "../xmpp/scram.ts";
import { openBus } from "./bus.ts";
import type { Config } from "./config.ts";
import type { AccountContext } from "./context.ts";
import { createHolder } from "./holder.ts";
import { COMMANDS, QUERIES } from "./served.ts";
import { sessionLock } from "./session-lock.ts";

export type AccountProblem = { kind: SignInProblem; detail: string };

export interface OpenAccount {
  readonly context: AccountContext;
  readonly queries: typeof QUERIES;
  readonly commands: typeof COMMANDS;
  readonly row: AccountRow;
  problem: AccountProblem | undefined;
  /** What to sign in with from now on. */
  setCredential(credential: Credential): void;
  setVisible(visible: boolean): void;
  /** Worth another try at once. */
  wake(): void;
  /** Stops the engine and closes everything; the data stays. */
  close(): Promise<void>;
}

export type AccountEvents = {
  onProblem: () => void;
  onSignedOut: () => void;
  /** Another tab upgrades or deletes the database. */
  onStoreLost: () => void;
};

export async function openAccount(
  jid: Jid,
  row: AccountRow,
  options: {
    registry: Registry;
    config: () => Promise<Config>;
    credential: Credential | undefined;
    visible: boolean;
    events: AccountEvents;
  },
): Promise<OpenAccount> {
  const { registry, config, events } = options;
  const store = await openStore(jid, { onLost: events.onStoreLost, onBlocked: () => undefined });
  const bus = openBus(jid);
  const context: AccountContext = { me: jid, store, bus, now: () => Date.now() };
  let credential = options.credential;
  let wakers: (() => void)[] = [];
  const wake = (): void => {
    const woken = wakers;
    wakers = [];
    for (const resolve of woken) resolve();
  };
  /** Held, shared, by every tab of this browser session: tells a later start whether the session still lives. */
  const session = new AbortController();
  void holdSession(jid, session.signal);

  const account: OpenAccount = {
    context,
    queries: QUERIES,
    commands: COMMANDS,
    row,
    problem: undefined,
    setCredential(next) {
      credential = next;
      account.problem = undefined;
      wake();
    },
    setVisible(visible) {
      holder.setVisible(visible);
      if (visible) wake();
    },
    wake,
    async close() {
      session.abort();
      stopCalls();
      await holder.stop();
      bus.close();
      store.close();
    },
  };

  const stopCalls = bus.onCall((call) => {
    if (call === "signed-out") events.onSignedOut();
    if (call === "try-now") wake();
  });

  const holder = createHolder(
    `envoi-engine:${jid}`,
    bus,
    async (signal) => {
      const [{ runEngine }, { savedCredential }] = await Promise.all([
        import("./run.ts"),
        import("./credentials.ts"),
        noteFirstSignIn(context),
      ]);
      const settings = await config();
      credential ??= await savedCredential(row);
      await runEngine({
        context,
        registry,
        account: row,
        config: settings,
        credential: () => credential,
        onProblem: (problem) => {
          account.problem = problem;
          events.onProblem();
        },
        wake: () => new Promise((resolve) => wakers.push(resolve)),
        signal,
      });
    },
    options.visible,
  );
  return account;
}

async function holdSession(jid: Jid, signal: AbortSignal): Promise<void> {
  await navigator.locks.request(
    sessionLock(jid),
    { mode: "shared" },
    () =>
      new Promise<void>((resolve) =>
        signal.addEventListener("abort", () => resolve(), { once: true }),
      ),
  );
}

async function noteFirstSignIn({ store, now }: AccountContext): Promise<void> {
  await store.write(["meta"], async (tx) => {
    const known = await readMeta(tx, "firstSignInAt");
    if (known === undefined) putMeta(tx, "firstSignInAt", now());
  });
}
