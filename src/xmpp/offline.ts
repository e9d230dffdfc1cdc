/** Flexible offline message retrieval, XEP-0013: asking stops some servers from pouring the whole offline queue out. */
import { xml } from "@xmpp/xml";
import { NS_DISCO_INFO } from "./disco.ts";
import type { Session } from "./session.ts";

/**
 * Call before presence, and only where an archive holds the same messages: without one this would keep them from us.
 * The question is enough, and some servers never answer it.
 */
export function stopOfflineFlood(session: Session): void {
  const child = xml("query", { xmlns: NS_DISCO_INFO, node: "http://jabber.org/protocol/offline" });
  session.iq({ type: "get", child }).catch(() => undefined);
}
