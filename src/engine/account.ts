/** One open account in this tab: its database, its channel, and its place in the queue for the lock. */
import type { Jid } from "../mail/address.ts";
import { openStore } from "../store/database.ts";
import { putMeta, readMeta } from "../store/meta.ts";
import type { AccountRow, Registry } from "../store/registry.ts";
import type { Credential } from "../xmpp/scram.ts";
import { openBus } from "./bus.ts";
import type { Config } from "./config.ts";
import type { AccountContext } from "./context.ts";
import { createConnectionReport } from "./connection-report.ts";
import { createHolder, engineLock, type Stance, type Tenure } from "./holder.ts";
import { COMMANDS, QUERIES } from "./served.ts";
import { sessionLock } from "./session-lock.ts";
import { createWakes, type Wake } from "./wakes.ts";

export interface OpenAccount {
  readonly context: AccountContext;
  readonly queries: typeof QUERIES;
  readonly commands: typeof COMMANDS;
  readonly row: AccountRow;
  /** What to sign in with from now on. */
  setCredential(credential: Credential): void;
  setStance(stance: Stance): void;
  /** Tells the engine, if it runs in this tab. */
  wake(why: Wake): void;
  /** The person wants another try, whichever tab makes it. */
  tryNow(): void;
  /** Stops the engine and closes everything; the data stays. */
  close(): Promise<void>;
}

export type AccountEvents = {
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
    stance: Stance;
    events: AccountEvents;
  },
): Promise<OpenAccount> {
  const { registry, config, events } = options;
  const store = await openStore(jid, { onLost: events.onStoreLost, onBlocked: () => undefined });
  const bus = openBus(jid);
  const context: AccountContext = { me: jid, store, bus, now: () => Date.now() };
  let credential = options.credential;
  const wakes = createWakes();
  /** Held, shared, by every tab of this browser session: tells a later start whether the session still lives. */
  const session = new AbortController();
  void holdSession(jid, session.signal);

  const account: OpenAccount = {
    context,
    queries: QUERIES,
    commands: COMMANDS,
    row,
    setCredential(next) {
      credential = next;
      // Only this tab has it for sure: a password that may not be stored is known nowhere else.
      holder.take();
      wakes.tell("credential");
    },
    setStance(stance) {
      holder.setStance(stance);
      if (stance === "visible") wakes.tell("visible");
    },
    wake: (why) => wakes.tell(why),
    tryNow() {
      wakes.tell("person");
      bus.call("try-now");
    },
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
    if (call === "try-now") wakes.tell("person");
  });

  async function hold(tenure: Tenure): Promise<void> {
    const [{ runEngine }, { savedCredential }] = await Promise.all([
      import("./run.ts"),
      import("./credentials.ts"),
    ]).catch(async (error: unknown) => {
      const detail = error instanceof Error ? error.message : String(error);
      await createConnectionReport(context, tenure).say({
        state: "offline",
        trouble: { kind: "outdated", detail },
      });
      throw error;
    });
    await noteFirstSignIn(context);
    // Another tab may have signed in again since.
    Object.assign(row, await registry.get(jid));
    credential = (await savedCredential(row)) ?? credential;
    await runEngine({
      context,
      registry,
      account: row,
      config: await config(),
      credential: () => credential,
      wakes,
      tenure,
    });
  }

  const holder = createHolder(engineLock(jid), bus, hold, options.stance);
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
