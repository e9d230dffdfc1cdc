import type { Jid } from "../../src/mail/address.ts";
import { queryArchive } from "../../src/xmpp/mam.ts";
import { openSession } from "../../src/xmpp/session.ts";
import type { Account } from "./people.ts";

/** How often each message stands in an account's archive, by subject. */
export type Counts = ReadonlyMap<string, number>;

/** An account's archive as another client counts it; each look reads on from the one before. */
export class ArchiveCount {
  readonly received = new Map<string, number>();
  readonly sent = new Map<string, number>();
  private readonly account: Account;
  private readonly wsUrl: string;
  private after: string | undefined;

  constructor(wsUrl: string, account: Account) {
    this.wsUrl = wsUrl;
    this.account = account;
  }

  async look(): Promise<void> {
    const session = await openSession({
      service: this.wsUrl,
      jid: this.account.address as Jid,
      credential: { kind: "password", password: this.account.password },
      scramSeen: false,
      clientId: "counter",
      software: "counter",
      onInbound: () => undefined,
      onClosed: () => undefined,
    });
    try {
      for (;;) {
        const { after } = this;
        const page = await queryArchive(session, {
          max: 50,
          ...(after === undefined ? {} : { after }),
        });
        for (const { received } of page.items) {
          const counts = received.from === session.jid ? this.sent : this.received;
          if (received.subject === undefined) continue;
          counts.set(received.subject, (counts.get(received.subject) ?? 0) + 1);
        }
        const last = page.marks.at(-1)?.archiveId;
        this.after = last ?? after;
        if (page.complete || last === undefined || last === after) return;
      }
    } finally {
      await session.close();
    }
  }
}

/** How often each message stands in an account's archive now. */
export async function countArchive(
  wsUrl: string,
  account: Account,
  which: "received" | "sent" = "received",
): Promise<Counts> {
  const count = new ArchiveCount(wsUrl, account);
  await count.look();
  return count[which];
}
