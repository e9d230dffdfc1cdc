/** Everything a server keeps of an account, as another client gets it. */
import type { Jid } from "../../../src/mail/address.ts";
import type { Received } from "../../../src/mail/received.ts";
import { queryArchive } from "../../../src/xmpp/mam.ts";
import { openSession, type Session } from "../../../src/xmpp/session.ts";
import { markOf } from "../../sim/marks.ts";
import type { Person } from "./device.ts";

export type Archived = { id: string; mark: string | undefined; received: Received };

/** A session that says nothing of itself. */
export function connect(wsUrl: string, { address, password }: Person): Promise<Session> {
  return openSession({
    service: wsUrl,
    jid: address as Jid,
    credential: { kind: "password", password },
    scramSeen: false,
    clientId: "other",
    software: "other",
    onInbound: () => undefined,
    onClosed: () => undefined,
  });
}

/** Oldest first. */
export async function readArchive(wsUrl: string, person: Person): Promise<Archived[]> {
  const session = await connect(wsUrl, person);
  const items: Archived[] = [];
  try {
    for (let after: string | undefined; ;) {
      const more = after === undefined ? {} : { after };
      const page = await queryArchive(session, { max: 50, ...more });
      for (const { archiveId, received } of page.items)
        items.push({ id: archiveId, mark: markOf(received.body ?? ""), received });
      const last = page.marks.at(-1)?.archiveId;
      if (page.complete || last === undefined || last === after) return items;
      after = last;
    }
  } finally {
    await session.close();
  }
}
