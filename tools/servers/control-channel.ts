// How Node talks to a server it started: lines over the child's own stdin and stdout.
//
//   Node   -> server   ID VERB BASE64(local part) BASE64(password)     VERB: add, remove, password, crash
//   server -> Node     envoi ID ok | envoi ID error TEXT
//                      envoi ready            once, when all its ports are bound
//                      envoi busy ADDRESS:PORT  once, instead: somebody else has that port
//
// The end of stdin means "stop". The kernel closes it when Node dies, however it dies, so no server
// outlives its parent, and no port, password or cookie is needed for administration.
import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";

export type ControlVerb = "add" | "remove" | "password" | "crash";

type Waiting = { resolve: () => void; reject: (error: Error) => void };

/** The control lines of one child process. */
export class ControlChannel {
  /** Resolves with undefined when the server is ready, with `ADDRESS:PORT` when that port is taken. */
  readonly started: Promise<string | undefined>;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<string, Waiting>();
  #nextId = 1;

  constructor(child: ChildProcess) {
    this.#child = child;
    const { stdin, stdout } = child;
    if (!stdin || !stdout) throw new Error("the server was started without pipes");
    // A write to a server that just died fails with EPIPE; `exit` below tells the callers.
    stdin.on("error", () => undefined);
    this.started = new Promise((resolve) => {
      createInterface({ input: stdout }).on("line", (line) => {
        const [mark, id, ...rest] = line.split(" ");
        if (mark !== "envoi" || id === undefined) return;
        if (id === "ready") resolve(undefined);
        else if (id === "busy") resolve(rest.join(" "));
        else this.#answer(id, rest);
      });
    });
    child.once("exit", () => {
      for (const { reject } of this.#waiting.values()) reject(new Error("the server ended"));
      this.#waiting.clear();
    });
  }

  /** Asks for one change of accounts; rejects with the server's reason. */
  send(verb: ControlVerb, local: string, password = ""): Promise<void> {
    const { stdin, exitCode, signalCode } = this.#child;
    if (!stdin?.writable || exitCode !== null || signalCode !== null) {
      return Promise.reject(new Error("the server is not running"));
    }
    const id = String(this.#nextId++);
    // "=" stands for empty, so that the line always has four words.
    const words = [local, password].map((text) => Buffer.from(text).toString("base64") || "=");
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      stdin.write(`${id} ${verb} ${words.join(" ")}\n`);
    });
  }

  /** Asks the server to stop cleanly. */
  end(): void {
    this.#child.stdin?.end();
  }

  #answer(id: string, [outcome, ...reason]: string[]): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (outcome === "ok") waiting?.resolve();
    else waiting?.reject(new Error(reason.join(" ") || "refused"));
  }
}
