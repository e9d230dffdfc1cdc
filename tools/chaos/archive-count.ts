import type { Jid } from "../../src/mail/address.ts";
import { queryArchive } from "../../src/xmpp/mam.ts";
import { openSession } from "../../src/xmpp/session.ts";
import type { Account } from "./people.ts";

/** How often each message stands in an account's archive, by subject, as another client counts it. */
export async function countArchive(
  wsUrl: string,
  account: Account,
  which: "received" | "sent" = "received",
): Promise<Map<string, number>> {
  const session = await openSession({
    service: wsUrl,
    jid: account.address as Jid,
    credential: { kind: "password", password: account.password },
    scramSeen: false,
    clientId: "counter",
    software: "counter",
    onInbound: () => undefined,
    onClosed: () => undefined,
  });
  const counts = new Map<string, number>();
  try {
    for (let after: string | undefined; ;) {
      const page = await queryArchive(session, {
        max: 50,
        ...(after === undefined ? {} : { after }),
      });
      for (const { received } of page.items) {
        const isMine = received.from === session.jid;
        if (received.subject === undefined || isMine !== (which === "sent")) continue;
        counts.set(received.subject, (counts.get(received.subject) ?? 0) + 1);
      }
      const last = page.marks.at(-1)?.archiveId;
      if (page.complete || last === undefined || last === after) return counts;
      after = last;
    }
  } finally {
    await session.close();
  }
}
