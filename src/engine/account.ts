/** One open account in this tab: its database, its channel, and its place in the queue for the lock. */
import type { CommandName } from "../api/contract.ts";
import { isMissingPart } from "../base/missing-part.ts";
import type { Jid } from "../mail/address.ts";
import { type LostReason, openStore } from "../store/database.ts";
import { putMeta, readMeta } from "../store/meta.ts";
import type { AccountRow, Registry } from "../store/registry.ts";
import type { Credential } from "../xmpp/credential.ts";
import { openBus } from "./bus.ts";
import type { Config } from "./config.ts";
import type { AccountContext } from "./context.ts";
import { createConnectionReport } from "./connection-report.ts";
import { createFirstAnswer } from "./first-answer.ts";
import { createGaze } from "./gaze.ts";
import type { HandOver } from "./hand-over.ts";
import { createHolder, engineLock, type Stance, type Tenure } from "./holder.ts";
import type { Rescue } from "./rescue.ts";
import { createRoom } from "./room.ts";
import { type Command, COMMANDS, QUERIES, type Query } from "./served.ts";
import type { Snoozes } from "./snoozes.ts";
import { sessionLock } from "./session-lock.ts";
import { openTabSecret } from "./tab-secret.ts";
import { createTroubles, type Troubles } from "./troubles.ts";
import { createWakes, type Wake } from "./wakes.ts";

/** The copy of what no server has waits until the first answers are out, or until somebody writes. ms */
const RESCUE_AFTER_MS = 1500;
/** What a person may do is loaded before the network can go. ms after the first answer */
const WARM_MS = 3000;
/** Damage is met row by row; one repair mends all of it. ms */
const MEND_AFTER_MS = 300;
/** Damage that comes back after so many repairs is not for us to mend. */
const MAX_REPAIRS = 3;
/** So often a lost database is asked for again before anybody is told. */
const QUIET_ATTEMPTS = 3;

export interface OpenAccount {
  readonly context: AccountContext;
  query(name: keyof typeof QUERIES): Query;
  /** Loads it. */
  command(name: CommandName): (() => Promise<Command>) | undefined;
  /** As the registry had it when it was last read. */
  row: AccountRow;
  /** What is wrong with the storage now. */
  readonly troubles: Troubles;
  /** What the page shows was answered. */
  answered(hasRows: boolean): void;
  /** Ciphertext of the password, for the tab's next load. */
  readonly tabSecret: string | undefined;
  /** The person signed in again: what the registry has now is good. */
  renewed(row: AccountRow, tabSecret: string | undefined): void;
  setStance(stance: Stance): void;
  /** Tells the engine, if it runs in this tab. */
  wake(why: Wake): void;
  /** The person wants another try, whichever tab makes it. */
  tryNow(): void;
  /** Stops the engine and closes everything; the data stays. */
  close(): Promise<void>;
}

export type AccountEvents = {
  onTabSecret: () => void;
  onSignedOut: () => void;
  /** Opening the database takes long; it goes on by itself. */
  onBlocked: (why: "older-tab" | "slow") => void;
  /** The database is gone. True where that is a sign-out in another tab, and nothing is to be opened again. */
  isSignedOut: () => Promise<boolean>;
  /** `troubles` changed. */
  onTrouble: () => void;
  /** A part of the app could not be loaded, and will not be by this worker. */
  onPartMissing: () => void;
};

export async function openAccount(
  jid: Jid,
  row: AccountRow,
  options: {
    registry: Registry;
    config: () => Promise<Config>;
    tabSecret: string | undefined;
    /** Signs in with this, whatever is kept. */
    credential?: Credential;
    stance: Stance;
    /** The stream that signing in left. */
    handOver?: HandOver;
    /** The account was known before: an empty database means that its data was cleared. */
    expectsData?: boolean;
    events: AccountEvents;
  },
): Promise<OpenAccount> {
  const { registry, config, events } = options;
  const bus = openBus(jid);
  const troubles = createTroubles(events.onTrouble);
  let isClosed = false;
  let isMending = false;
  let repairs = 0;
  const store = await openStore(jid, {
    onLost: (reason) => void onLost(reason),
    onBlocked: events.onBlocked,
    onFull: () => room.noteFull(),
    onUnsound: () => void mend(),
    onStall: (isStalled) =>
      isStalled ? troubles.set({ kind: "stalled" }) : troubles.clear("stalled"),
  }).catch((error: unknown) => {
    bus.close();
    throw error;
  });
  const context: AccountContext = { me: jid, store, bus, now: () => Date.now() };
  const room = createRoom(store, bus, troubles, () => undefined);
  let rescue: Rescue | undefined;
  const beginRescue = (): void => {
    clearTimeout(rescueTimer);
    stopListening();
    void import("./rescue.ts").then(({ createRescue }) => {
      if (!isClosed) rescue = createRescue(context);
    });
  };
  // A new database has nothing in it that no server has.
  const rescueTimer = store.isNew ? undefined : setTimeout(beginRescue, RESCUE_AFTER_MS);
  const stopListening = bus.onTopics((topics) => {
    // Whoever puts something into the outbox takes a draft out.
    if (topics.includes("drafts") || topics.includes("storage")) beginRescue();
  });
  if (store.isNew && options.expectsData === true)
    troubles.set({ kind: "emptied", drafts: 0, waiting: 0, lost: 0 });
  const secret = openTabSecret(jid, options.tabSecret, events.onTabSecret);
  // Now, while the tabs that have it live; this one may be the last some day.
  if (row.sessionKey !== undefined && secret.mine === undefined) void secret.ask();
  const wakes = createWakes();
  const first = createFirstAnswer(store.isNew);
  let snoozes: Snoozes | undefined;
  void first.given
    .then(() => import("./snoozes.ts"))
    .then(({ createSnoozes }) => {
      if (!isClosed) snoozes = createSnoozes(context);
    })
    .catch(() => undefined);
  const gaze = createGaze(options.stance === "visible");
  /** Held, shared, by every tab of this browser session: tells a later start whether the session still lives. */
  const session = new AbortController();
  void holdSession(jid, session.signal);

  const account: OpenAccount = {
    context,
    query(name) {
      const { topics, run } = QUERIES[name];
      return { topics, run: (of, args) => withParts(run(of, args)) };
    },
    command(name) {
      const load = COMMANDS[name];
      return load === undefined ? undefined : () => withParts(load());
    },
    row,
    troubles,
    answered: (hasRows) => first.note(hasRows),
    get tabSecret() {
      return secret.mine;
    },
    renewed(next, tabSecret) {
      account.row = next;
      secret.renew(tabSecret);
      // The person waits in this tab.
      holder.take();
      wakes.tell("credential");
    },
    setStance(stance) {
      holder.setStance(stance);
      gaze.turn(stance === "visible");
      if (stance === "visible") wakes.tell("visible");
    },
    wake: (why) => wakes.tell(why),
    tryNow() {
      wakes.tell("person");
      bus.call("try-now");
    },
    async close() {
      isClosed = true;
      clearTimeout(rescueTimer);
      rescue?.stop();
      snoozes?.close();
      room.stop();
      clearTimeout(warming);
      session.abort();
      stopCalls();
      secret.close();
      options.handOver?.drop();
      await holder.stop();
      bus.close();
      store.close();
    },
  };

  const stopCalls = bus.onCall((call) => {
    if (call === "signed-out") events.onSignedOut();
    if (call === "try-now") wakes.tell("person");
    if (call === "storage-full") room.hearFull();
    if (call === "restart") holder.restart();
  });

  async function hold(tenure: Tenure): Promise<void> {
    // Where there is no list yet, the engine is what is waited for.
    if (!store.isNew) await first.given;
    const [{ runEngine }, credentials] = await Promise.all([
      import("./run.ts"),
      import("./credentials.ts"),
    ]).catch(async (error: unknown) => {
      events.onPartMissing();
      const detail = error instanceof Error ? error.message : String(error);
      await createConnectionReport(context, tenure).say({
        state: "offline",
        trouble: { kind: "outdated", detail },
      });
      throw error;
    });
    await noteFirstSignIn(context);
    await runEngine({
      context,
      registry,
      account: () => account.row,
      config: await config(),
      // Read anew for each try: another tab may have signed in again, or used up a token.
      credential: async () => {
        account.row = (await registry.get(jid)) ?? account.row;
        return options.credential ?? credentials.currentCredential(account.row, secret);
      },
      async onRefused() {
        secret.drop();
        await credentials.dropCredential(registry, jid);
      },
      ...(options.handOver === undefined ? {} : { handOver: options.handOver }),
      wakes,
      gaze,
      tenure,
      firstAnswer: first.given,
      onPartMissing: events.onPartMissing,
      room: () => room.waiting(),
    });
  }

  const holder = createHolder(engineLock(jid), bus, hold, options.stance);
  let warming: ReturnType<typeof setTimeout> | undefined;
  void first.given.then(() => {
    if (!isClosed) warming = setTimeout(warm, WARM_MS);
  });
  return account;

  function warm(): void {
    const parts: (() => Promise<unknown>)[] = Object.values(COMMANDS);
    for (const load of [() => import("./queries/later.ts"), ...parts])
      withParts(load()).catch(() => undefined);
  }

  async function withParts<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (isMissingPart(error)) events.onPartMissing();
      throw error;
    }
  }

  /** A damaged row was met: it is passed over at once, and put right a moment later. */
  async function mend(): Promise<void> {
    if (isMending || repairs >= MAX_REPAIRS || isClosed) return;
    isMending = true;
    try {
      await new Promise((resolve) => setTimeout(resolve, MEND_AFTER_MS));
      const { repair } = await import("./repair.ts");
      const { rows, refetched } = await repair(context);
      if (rows > 0) troubles.set({ kind: "damaged", rows, refetched });
      bus.touch(ALL_TOPICS, { urgent: true });
      // Tells the engine of whichever tab has it: the archive is to be read anew.
      if (refetched) restartEverywhere();
    } catch (error) {
      console.error("repair:", error instanceof Error ? error.message : error);
    } finally {
      repairs++;
      isMending = false;
    }
  }

  function restartEverywhere(): void {
    holder.restart();
    bus.call("restart");
  }

  /** The connection to the database is gone: told, or opened again and what can be rescued put into it. */
  async function onLost(reason: LostReason): Promise<void> {
    if (isClosed) return;
    if (reason === "newer") return troubles.set({ kind: "newer" });
    // Begun before anything is awaited: whoever asks the store meanwhile waits for this.
    const reopening = reason === "terminated" ? store.reopen() : undefined;
    reopening?.catch(() => undefined);
    if ((await events.isSignedOut()) || isClosed) return;
    if (!(await revive(reopening ?? store.reopen()))) return;
    bus.touch(ALL_TOPICS, { urgent: true });
    holder.restart();
  }

  /** Until it is open and filled again; a browser that is clearing its data refuses for a moment. */
  async function revive(first: Promise<boolean>): Promise<boolean> {
    let isEmptied = false;
    for (let attempt = 0; !isClosed; attempt++) {
      try {
        isEmptied = (await (attempt === 0 ? first : store.reopen())) || isEmptied;
        if (isEmptied) await refill();
        troubles.clear("closed");
        return true;
      } catch (error) {
        const detail = error instanceof Error ? error.message : String(error);
        if (attempt >= QUIET_ATTEMPTS) troubles.set({ kind: "closed", detail });
        const waitMs = Math.min(5000, 200 * 2 ** attempt);
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    }
    return false;
  }

  async function refill(): Promise<void> {
    await noteFirstSignIn(context);
    await registry.update(jid, (known) => known ?? account.row);
    const rescued = await rescue?.restore();
    troubles.set({ kind: "emptied", ...(rescued ?? { drafts: 0, waiting: 0, lost: 0 }) });
  }
}

const ALL_TOPICS = [
  "mail",
  "drafts",
  "outbox",
  "people",
  "status",
  "notices",
  "avatars",
  "storage",
  "blocking",
  "labels",
  "triage",
  "preferences",
  "lookups",
  "state",
] as const;

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
    if (known !== undefined) return;
    putMeta(tx, "firstSignInAt", now());
    putMeta(tx, "signInUnsure", true);
  });
}
