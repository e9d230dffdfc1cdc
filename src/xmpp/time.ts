/** Entity time, XEP-0202 2.0: what time it is at the server. */
import { xml } from "@xmpp/xml";
import { parseStamp } from "./delay.ts";
import type { Session } from "./session.ts";

const NS_TIME = "urn:xmpp:time";

/** Epoch ms, or undefined where the server does not say. Never rejects. */
export async function askTime(session: Session): Promise<number | undefined> {
  const child = xml("time", { xmlns: NS_TIME });
  const iq = await session.iq({ type: "get", to: session.domain, child }).catch(() => undefined);
  return parseStamp(iq?.getChild("time", NS_TIME)?.getChildText("utc") ?? undefined);
}
