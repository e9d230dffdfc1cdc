/** Presence, RFC 6121 section 4. */
import { xml } from "@xmpp/xml";
import { buildCaps } from "./disco.ts";
import type { Session } from "./session.ts";

/** Available, priority 0: a negative one loses live copies on some servers, a higher one takes them from others. */
export async function sendInitialPresence(session: Session): Promise<void> {
  session.send(xml("presence", {}, xml("priority", {}, "0"), await buildCaps()));
}
