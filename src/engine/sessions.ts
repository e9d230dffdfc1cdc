/**
 * Who is signed in in this tab: the start-up decision, signing in, signing out. Everything the page sees of it is the
 * `session` query.
 *
 *   start --tab was signed in--> open          signed-out --signIn--> signing-in --> open
 *         --kept, or session alive--> open     open --signOut--> wiped, in every tab
 *         --session over--> left-over          left-over --discard--> wiped
 */
import type { SessionView, SignInArgs, SignInResult } from "../api/contract.ts";
import { type Jid, parseAddress, parseJid } from "../mail/address.ts";
import { type AccountRow, openRegistry, type Registry } from "../store/registry.ts";
import { StorageError } from "../store/storage-error.ts";
import type { OpenAccount } from "./account.ts";
import type { Config } from "./config.ts";
import type { HandOver } from "./hand-over.ts";
import type { AccountContext } from "./context.ts";
import type { Stance } from "./holder.ts";
import { isSessionAlive } from "./session-lock.ts";

/** Loaded once somebody is signed in; the sign-in page needs the registry only. */
const accountModule = () => import("./account.ts");

/** Wiping takes a moment; past this the person is told. ms */
const SLOW_MS = 4000;

type StartOptions = { tabAccount?: string; tabSecret?: string; base: string; secure: boolean };

export interface Sessions {
  /** The account that is open in this tab. */
  readonly open: OpenAccount | undefined;
  view(): SessionView;
  start(options: StartOptions): Promise<void>;
  /** Somebody is filling the form in: what signing in takes is loaded meanwhile. */
  prepare(): void;
  signIn(args: SignInArgs): Promise<SignInResult>;
  signInAgain(args: { password: string; wsUrl?: string }): Promise<SignInResult>;
  cancelSignIn(): void;
  signOut(): Promise<void>;
  leaveAccount(): Promise<void>;
  discardLeftOver(): Promise<void>;
  /** Reads what an ended session left, without signing in; undefined where there is none. */
  readLeftOver<T>(read: (context: AccountContext) => Promise<T>): Promise<T | undefined>;
  setStance(stance: Stance): void;
}

/**
 * `onChange`: the view changed; with `reset` also which account is open. `onTrouble`: something changed about the open
 * account's storage. `onPartMissing`: a part of the app could not be loaded.
 */
export function createSessions(
  onChange: (reset: boolean) => void,
  onTrouble: () => void,
  onPartMissing: () => void,
): Sessions {
  let registry: Registry | undefined;
  let config: Promise<Config> | undefined;
  let base = "";
  let view: SessionView = { state: "starting" };
  let open: OpenAccount | undefined;
  let stance: Stance = "visible";
  let attempt: AbortController | undefined;

  function show(next: SessionView, reset = false): void {
    view = next;
    onChange(reset);
  }

  function showOpen(account: OpenAccount): void {
    const { row, tabSecret } = account;
    show({
      state: "signed-in",
      address: row.jid,
      keep: row.keep,
      ...(tabSecret === undefined ? {} : { tabSecret }),
    });
  }

  async function registryOf(): Promise<Registry> {
    registry ??= await openRegistry(() => showWaiting("slow"));
    return registry;
  }

  /** Something holds the storage up; what is shown next replaces this. */
  function showWaiting(problem: "older-tab" | "slow"): void {
    if (open === undefined) show({ state: "no-storage", problem, detail: "" });
  }

  function showNoStorage(error: unknown): void {
    if (!(error instanceof StorageError)) throw error;
    const problem = error.problem === "closed" ? "failed" : error.problem;
    const cause = error.cause instanceof Error ? ` (${error.cause.message})` : "";
    show({ state: "no-storage", problem, detail: `${error.message}${cause}` });
  }

  async function openRow(
    row: AccountRow,
    tabSecret: string | undefined,
    /** Of who signed in just now. */
    handOver?: HandOver,
  ): Promise<void> {
    const [{ openAccount }, accounts] = await Promise.all([accountModule(), registryOf()]);
    const account = await openAccount(row.jid, row, {
      registry: accounts,
      config: configOf,
      tabSecret,
      stance,
      // Who signs in just now may be new here; who comes back is not.
      expectsData: handOver === undefined,
      ...(handOver === undefined ? {} : { handOver }),
      events: {
        onTabSecret: () => {
          if (open !== undefined) showOpen(open);
        },
        onSignedOut: () => void forget(row.jid),
        onBlocked: showWaiting,
        onTrouble,
        onPartMissing,
        isSignedOut: async () => {
          if (open !== undefined && open.row.jid !== row.jid) return true;
          const known = await accounts.get(row.jid).catch(() => row);
          // Cleared site data takes the list of accounts too; a sign-out takes one account off it.
          if (known !== undefined || accounts.wasLost) return false;
          await forget(row.jid);
          return true;
        },
      },
    });
    open = account;
    showOpen(account);
    onChange(true);
  }

  /** This tab lets go of the account; whoever called for it wipes the data. */
  async function forget(jid: Jid): Promise<void> {
    if (open?.row.jid !== jid) return;
    const account = open;
    open = undefined;
    show({ state: "signed-out", lastAddress: jid }, true);
    await account.close();
  }

  async function wipe(jid: Jid): Promise<void> {
    const accounts = await registryOf();
    const row = await accounts.get(jid);
    await accounts.delete(jid);
    const { deleteStore } = await import("../store/database.ts");
    await deleteStore(jid);
    // Everything is gone here already; the server is told as well, and nobody waits for it.
    if (row !== undefined)
      void import("./take-back.ts").then(({ takeBackToken }) => takeBackToken(row));
  }

  /** What its tabs kept of a password opens nothing any more. */
  async function endSession({ jid, sessionKey }: AccountRow): Promise<void> {
    if (sessionKey === undefined) return;
    const accounts = await registryOf();
    await accounts.update(jid, (old) => {
      if (old === undefined) return undefined;
      const { sessionKey: _sessionKey, ...rest } = old;
      return rest;
    });
  }

  /** Needed for signing in only; the first answer does not wait for it. */
  function configOf(): Promise<Config> {
    config ??= import("./config.ts").then(({ readConfig }) => readConfig(base));
    return config;
  }

  /** The start-up decision. Rejects with StorageError. */
  async function decide({ tabAccount, tabSecret, base: folder }: StartOptions): Promise<void> {
    base = folder;
    // Beside the registry, not after it.
    if (tabAccount !== undefined) void accountModule();
    const rows = (await (await registryOf()).all()).sort((a, b) => b.lastUsedAt - a.lastUsedAt);
    const tab = rows.find((row) => row.jid === parseJid(tabAccount));
    if (tab !== undefined) return openRow(tab, tabSecret);
    for (const row of rows) {
      const isAlive = await isSessionAlive(row.jid);
      if (!isAlive) await endSession(row);
      if (row.keep || isAlive) return openRow(row, undefined);
    }
    const ended = rows[0];
    if (ended === undefined) show({ state: "signed-out" });
    else {
      const [{ withStoreOf }, { countOnlyHere }] = await Promise.all([
        import("./closed-account.ts"),
        import("./commands/only-here.ts"),
      ]);
      const only = await withStoreOf(ended.jid, countOnlyHere);
      show({ state: "left-over", address: ended.jid, only });
    }
  }

  return {
    get open() {
      return open;
    },
    view: () => view,

    async start(options) {
      try {
        await decide(options);
      } catch (error) {
        showNoStorage(error);
      }
    },

    prepare() {
      for (const load of [() => import("./attempt.ts"), accountModule, configOf])
        load().catch(() => undefined);
    },

    async signIn(args) {
      const parsed = parseAddress(args.address);
      if (!parsed.ok || parsed.local === "") {
        return {
          ok: false,
          problem: "bad-address",
          detail: parsed.ok ? "no-local" : parsed.problem,
        };
      }
      // Beside each other: the wire, what this copy of the app allows, and what is read once it has worked.
      const wire = import("./attempt.ts");
      wire.catch(() => undefined);
      accountModule().catch(() => undefined);
      const { lockedHosts } = await configOf();
      if (lockedHosts !== undefined && !lockedHosts.includes(parsed.domain)) {
        return { ok: false, problem: "not-allowed", detail: lockedHosts.join(", ") };
      }
      const { attemptSignIn } = await wire;
      attempt?.abort();
      attempt = new AbortController();
      try {
        const result = await attemptSignIn({
          jid: parsed.jid,
          args,
          config: await configOf(),
          registry: await registryOf(),
          onPhase: (phase, host) => {
            show({
              state: "signing-in",
              address: parsed.jid,
              phase,
              ...(host === undefined ? {} : { host }),
            });
          },
          signal: attempt.signal,
        });
        if (!result.ok) {
          show({ state: "signed-out", lastAddress: args.address });
          return result.answer;
        }
        await openRow(result.row, result.tabSecret, result.handOver).catch((error: unknown) => {
          result.handOver.drop();
          throw error;
        });
      } catch (error) {
        if (!(error instanceof StorageError)) throw error;
        show({ state: "signed-out", lastAddress: args.address });
        return { ok: false, problem: "storage", detail: error.message };
      }
      return { ok: true, address: parsed.jid };
    },

    async signInAgain({ password, wsUrl }) {
      const account = open;
      if (account === undefined)
        return { ok: false, problem: "lost", detail: "nobody is signed in" };
      const { attemptSignIn } = await import("./attempt.ts");
      attempt?.abort();
      attempt = new AbortController();
      const result = await attemptSignIn({
        jid: account.row.jid,
        args: {
          address: account.row.jid,
          password,
          keep: account.row.keep,
          ...(wsUrl === undefined ? {} : { wsUrl }),
        },
        config: await configOf(),
        registry: await registryOf(),
        onPhase: () => undefined,
        signal: attempt.signal,
      });
      if (!result.ok) return result.answer;
      // The engine that goes on may be another tab's.
      result.handOver.drop();
      account.renewed(result.row, result.tabSecret);
      showOpen(account);
      return { ok: true, address: account.row.jid };
    },

    cancelSignIn() {
      attempt?.abort();
    },

    async signOut() {
      const account = open;
      if (account === undefined) return;
      const { jid } = account.row;
      account.context.bus.call("signed-out");
      open = undefined;
      // A tab that was frozen in the middle of a write holds even this up.
      const slow = setTimeout(() => showWaiting("slow"), SLOW_MS);
      try {
        await account.close();
        await wipe(jid);
      } finally {
        clearTimeout(slow);
      }
      show({ state: "signed-out" }, true);
    },

    async leaveAccount() {
      if (open !== undefined) await forget(open.row.jid);
    },

    async discardLeftOver() {
      if (view.state !== "left-over") return;
      const { address } = view;
      await wipe(address);
      show({ state: "signed-out", lastAddress: address });
    },

    async readLeftOver(read) {
      if (view.state !== "left-over") return undefined;
      const { address } = view;
      return (await import("./closed-account.ts")).withStoreOf(address, read);
    },

    setStance(now) {
      stance = now;
      open?.setStance(now);
    },
  };
}
