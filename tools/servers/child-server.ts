import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ControlChannel, type ControlVerb } from "./control-channel.ts";
import { pickPort } from "./ports.ts";
import type { Profile, Server, ServerKind, ServerOptions } from "./server.ts";
import { answersOpen } from "./tiny-client.ts";

/** On a busy machine ejabberd takes half a minute. */
const startTimeoutMs = 90_000;
const stopTimeoutMs = 10_000;
/** A server that does not even crash is killed; it may wait a while for another one. */
const crashTimeoutMs = 5000;
const pollMs = 50;
const logTailLines = 40;

const verbPhrases: Record<ControlVerb, string> = {
  add: "add",
  remove: "remove",
  password: "set the password of",
  crash: "crash",
};

/** What a server in a federation needs besides its own settings. */
export type FederationLink = {
  /** PEM files, absolute paths */
  key: string;
  certificate: string;
  authority: string;
  /** where other servers reach this one: port 5269 of a loopback address of its own */
  address: string;
  /** domain -> loopback address, for every server of the federation */
  hosts: Record<string, string>;
};

/** Where and how one server runs: all that a configuration depends on. */
export type Site = {
  profile: Profile;
  domain: string;
  /** more domains, Prosody only */
  hosts: string[];
  /** more modules, Prosody only */
  modules: string[];
  /** everything in one SQLite database, Prosody only */
  sql: boolean;
  address: string;
  dataFolder: string;
  httpPort: number;
  c2sPort: number;
  link: FederationLink | undefined;
};

/** The command that runs a server in the foreground, obeying control-channel.ts on stdin. */
export type Launch = { command: string; args: string[]; env: Record<string, string> };

export type Recipe = {
  kind: ServerKind;
  wsPath: string;
  /** relative to the data folder */
  logFile: string;
  /** Writes the configuration into the data folder. */
  prepare(site: Site): Promise<Launch>;
};

class PortBusyError extends Error {}

class ChildServer implements Server {
  readonly kind: ServerKind;
  readonly #recipe: Recipe;
  readonly #isTemporary: boolean;
  #site: Site;
  #child: ChildProcess | undefined;
  #control: ControlChannel | undefined;
  #isRemoved = false;

  constructor(recipe: Recipe, site: Site, isTemporary: boolean) {
    this.kind = recipe.kind;
    this.#recipe = recipe;
    this.#site = site;
    this.#isTemporary = isTemporary;
  }

  get profile(): Profile {
    return this.#site.profile;
  }
  get domain(): string {
    return this.#site.domain;
  }
  get address(): string {
    return this.#site.address;
  }
  get httpPort(): number {
    return this.#site.httpPort;
  }
  get c2sPort(): number {
    return this.#site.c2sPort;
  }
  get dataFolder(): string {
    return this.#site.dataFolder;
  }
  get wsUrl(): string {
    return `ws://${this.address}:${this.httpPort}${this.#recipe.wsPath}`;
  }
  get pid(): number {
    if (this.#child?.pid === undefined) throw new Error(`${this.kind} is not running`);
    return this.#child.pid;
  }

  addAccount(local: string, password: string): Promise<void> {
    return this.#ask("add", local, password);
  }

  removeAccount(local: string): Promise<void> {
    return this.#ask("remove", local);
  }

  setPassword(local: string, password: string): Promise<void> {
    return this.#ask("password", local, password);
  }

  /** @internal Starts on other ports when somebody took ours between the look and the bind. */
  async startOnFreePorts(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#start();
      } catch (error) {
        if (!(error instanceof PortBusyError) || attempt === 5) throw error;
        const { address } = this.#site;
        this.#site = {
          ...this.#site,
          httpPort: await pickPort(address),
          c2sPort: await pickPort(address),
        };
      }
    }
  }

  async stop(): Promise<void> {
    await this.#end();
    if (this.#isTemporary) {
      this.#isRemoved = true;
      await rm(this.dataFolder, { recursive: true, force: true });
    }
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || !isRunning(child)) return;
    const exited = exitOf(child);
    child.kill("SIGKILL");
    await exited;
    this.#child = undefined;
  }

  async crash(): Promise<void> {
    const child = this.#child;
    if (!child || !isRunning(child)) return;
    const exited = exitOf(child);
    this.#ask("crash", "").catch(() => undefined);
    await Promise.race([exited, sleep(crashTimeoutMs, undefined, { ref: false })]);
    await this.kill();
  }

  async restart(): Promise<void> {
    if (this.#isRemoved) {
      throw new Error(
        `${this.kind}: stop() removed the temporary data folder; give a dataFolder to restart after stop()`,
      );
    }
    await this.#end();
    await this.#start();
  }

  async #start(): Promise<void> {
    const launch = await this.#recipe.prepare(this.#site);
    const output = openSync(join(this.dataFolder, "output.log"), "a");
    const child = spawn(launch.command, launch.args, {
      cwd: this.dataFolder,
      env: { ...process.env, ...launch.env },
      stdio: ["pipe", "pipe", output],
    });
    closeSync(output);
    this.#child = child;
    const failed = new Promise<never>((_, reject) => {
      child.once("error", reject);
      child.once("exit", (code, signal) =>
        reject(new Error(`it ended with ${signal ?? `code ${code}`}`)),
      );
    });
    // The child also ends after a good start; nobody awaits that.
    failed.catch(() => undefined);
    this.#control = new ControlChannel(child);
    const timer = new AbortController();
    const late = sleep(startTimeoutMs, undefined, { signal: timer.signal, ref: false }).then(() => {
      throw new Error(`not ready after ${startTimeoutMs} ms`);
    });
    late.catch(() => undefined);
    try {
      await Promise.race([this.#becomeReady(this.#control), failed, late]);
    } catch (error) {
      const explained = await this.#explain("did not start", error);
      await this.kill();
      if (error instanceof PortBusyError) throw error;
      throw explained;
    } finally {
      timer.abort();
    }
  }

  async #becomeReady(control: ControlChannel): Promise<void> {
    const busy = await control.started;
    if (busy !== undefined) throw new PortBusyError(`${this.kind}: ${busy} is taken`);
    while (!(await answersOpen(this.wsUrl, this.domain)) && isRunning(this.#child))
      await sleep(pollMs);
  }

  async #end(): Promise<void> {
    const child = this.#child;
    if (!child || !isRunning(child)) return;
    const exited = exitOf(child);
    this.#control?.end();
    const isGone = await Promise.race([
      exited.then(() => true),
      sleep(stopTimeoutMs, false, { ref: false }),
    ]);
    if (!isGone) await this.kill();
    this.#child = undefined;
  }

  async #ask(verb: ControlVerb, local: string, password?: string): Promise<void> {
    try {
      if (!this.#control) throw new Error("the server is not running");
      await this.#control.send(verb, local, password);
    } catch (error) {
      throw await this.#explain(`could not ${verbPhrases[verb]} ${local}`, error);
    }
  }

  async #explain(what: string, error: unknown): Promise<Error> {
    const reason = error instanceof Error ? error.message : String(error);
    const tails: string[] = [];
    for (const name of ["output.log", this.#recipe.logFile]) {
      const text = await readFile(join(this.dataFolder, name), "utf8").catch(() => "");
      const tail = text.trimEnd().split("\n").slice(-logTailLines).join("\n");
      if (tail) tails.push(`--- ${name}\n${tail}`);
    }
    return new Error([`${this.kind} ${what}: ${reason}`, ...tails].join("\n"), { cause: error });
  }
}

/** Starts the server a recipe describes; shared by prosody.ts, ejabberd.ts and federation.ts. */
export async function startChildServer(
  recipe: Recipe,
  options: ServerOptions,
  link?: FederationLink,
): Promise<Server> {
  const address = options.address ?? "127.0.0.1";
  const profile = options.profile ?? "generous";
  const site: Site = {
    profile,
    sql: options.sql ?? profile === "generous",
    domain: options.domain ?? "localhost",
    hosts: options.hosts ?? [],
    modules: options.modules ?? [],
    address,
    dataFolder: options.dataFolder
      ? resolve(options.dataFolder)
      : await mkdtemp(join(tmpdir(), `envoi-${recipe.kind}-`)),
    httpPort: await pickPort(address, options.ports?.http),
    c2sPort: await pickPort(address, options.ports?.c2s),
    link,
  };
  await mkdir(site.dataFolder, { recursive: true });
  const isTemporary = options.dataFolder === undefined;
  const server = new ChildServer(recipe, site, isTemporary);
  try {
    await server.startOnFreePorts();
    const accounts = Object.entries(options.accounts ?? {});
    await Promise.all(accounts.map(([local, password]) => server.addAccount(local, password)));
  } catch (error) {
    await server.kill();
    if (isTemporary) await rm(site.dataFolder, { recursive: true, force: true });
    throw error;
  }
  return server;
}

function isRunning(child: ChildProcess | undefined): boolean {
  return child?.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

function exitOf(child: ChildProcess): Promise<void> {
  return new Promise((resolveExit) => child.once("exit", () => resolveExit()));
}
