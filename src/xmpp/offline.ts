/** Flexible offline message retrieval, XEP-0013: asking stops some servers from pouring the whole offline queue out. */
import { xml } from "@xmpp/xml";
import { NS_DISCO_INFO } from "./disco.ts";
import type { Session } from "./session.ts";

/** Call before presence, only where an archive holds the same messages. Any answer is fine. */
export async function stopOfflineFlood(session: Session): Promise<void> {
  const child = xml("query", { xmlns: NS_DISCO_INFO, node: "http://jabber.org/protocol/offline" });
  await session.iq({ type: "get", to: session.jid, child }).catch(() => undefined);
}
