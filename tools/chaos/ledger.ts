/** What one person wrote to another, and what became of it: as the sender's app says it, and in both archives. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "playwright-core";
import type { Server } from "../servers/server.ts";
import { ArchiveCount } from "./archive-count.ts";
import { type Account, shownStates } from "./people.ts";

/** Two servers on one busy machine hand a message over within this; what takes longer is missing. */
const PATIENCE_MS = 30_000;

export type Party = { readonly server: Server; readonly account: Account; page: Page };

/** A message that the recipient's server has not, and that the sender is not told is unsent. */
export type Missing = {
  subject: string;
  /** What the sender's app says of it; undefined where the app does not know it. */
  shown: string | undefined;
  /** The sender's server has it in its archive: it took the message, and whoever sent it was right to leave it alone. */
  isWithServer: boolean;
};

export class Ledger {
  readonly pressed: string[] = [];
  private readonly missing = new Map<string, Missing>();
  private readonly from: Party;
  private readonly to: Party;
  private readonly arrived: ArchiveCount;

  constructor(from: Party, to: Party) {
    this.from = from;
    this.to = to;
    this.arrived = new ArchiveCount(to.server.wsUrl, to.account);
  }

  /** Until everything pressed has arrived or come back; what is missing after a while is told and not waited for again. */
  async settled(): Promise<Missing[]> {
    const until = Date.now() + PATIENCE_MS;
    while ((await this.underWay(this.arrived)).length > 0) {
      if (Date.now() > until) return this.giveUp();
      await sleep(200);
    }
    return [];
  }

  /** How it ended, counted anew: what is missing, and how many copies there are too many. */
  async ended(): Promise<{ missing: Missing[]; doubled: number }> {
    await this.settled();
    const count = new ArchiveCount(this.to.server.wsUrl, this.to.account);
    await count.look();
    const doubled = [...count.received.values()].reduce((sum, copies) => sum + copies - 1, 0);
    const late = [...this.missing.keys()].filter((subject) => count.received.has(subject));
    for (const subject of late) this.missing.delete(subject);
    return { missing: [...this.missing.values()], doubled };
  }

  private async underWay(count: ArchiveCount): Promise<string[]> {
    await count.look();
    const open = this.pressed.filter((s) => !count.received.has(s) && !this.missing.has(s));
    if (open.length === 0) return [];
    const shown = await shownStates(this.from.page);
    return open.filter((subject) => shown.get(subject) !== "failed");
  }

  private async giveUp(): Promise<Missing[]> {
    // An archive may have put something in behind our back; a count from its beginning is sure.
    const { server, account } = this.to;
    const subjects = await this.underWay(new ArchiveCount(server.wsUrl, account));
    if (subjects.length === 0) return [];
    const shown = await shownStates(this.from.page);
    const own = new ArchiveCount(this.from.server.wsUrl, this.from.account);
    await own.look();
    const found = subjects.map((subject) => ({
      subject,
      shown: shown.get(subject),
      isWithServer: own.sent.has(subject),
    }));
    for (const one of found) this.missing.set(one.subject, one);
    return found;
  }
}
