/** A server that is killed and comes back after a while; what happens meanwhile goes on. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Server } from "../../../tools/servers/server.ts";

/** The ground gave way, not the app: nothing was learnt of it, and the ground has to be laid anew. */
export class Inconclusive extends Error {
  override readonly name = "Inconclusive";
}

/** A busy machine may need more than one start of a server. */
const RESTARTS = 3;

export class MortalServer {
  /** Until it is there again; undefined while it is. */
  back: Promise<void> | undefined;
  private readonly server: Server;
  private readonly note: (text: string) => void;

  constructor(server: Server, note: (text: string) => void) {
    this.server = server;
    this.note = note;
  }

  /** `onDead`: for those who know of it. */
  kill(downMs: number, onDead: () => void): void {
    if (this.back !== undefined) return;
    this.back = this.comeBack(downMs, onDead);
    // What comes next may come while it is still dying; who waits for it hears of a failure.
    this.back.catch((error: unknown) => this.note(`server is gone: ${String(error)}`));
  }

  private async comeBack(downMs: number, onDead: () => void): Promise<void> {
    await this.server.crash();
    onDead();
    await sleep(downMs);
    await this.restart();
    this.note("server is back");
    this.back = undefined;
  }

  private async restart(): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.server.restart();
      } catch (error) {
        this.note(`start ${tries} of the server: ${String(error)}`);
        if (tries === RESTARTS)
          throw new Inconclusive("the server does not come back", { cause: error });
      }
    }
  }
}
