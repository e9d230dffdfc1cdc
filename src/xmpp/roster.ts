/** The roster, RFC 6121 section 2. */
import { type Element, xml } from "@xmpp/xml";
import { type Jid, parseJid } from "../mail/address.ts";
import type { Session } from "./session.ts";
import { cleanLine } from "./text.ts";

export const NS_ROSTER = "jabber:iq:roster";
const MAX_ITEMS = 20_000;

export type RosterItem = {
  jid: Jid;
  name?: string;
  subscription: "none" | "to" | "from" | "both" | "remove";
};
export type Roster = { items: RosterItem[]; version?: string };

export function parseRoster(query: Element): Roster {
  const version = query.attrs["ver"];
  const items = query
    .getChildren("item")
    .slice(0, MAX_ITEMS)
    .flatMap((element): RosterItem[] => {
      const jid = parseJid(element.attrs["jid"]);
      if (jid === undefined) return [];
      const name = cleanLine(element.attrs["name"] ?? "", 200);
      return [
        {
          jid,
          subscription: subscriptionOf(element.attrs["subscription"]),
          ...(name === "" ? {} : { name }),
        },
      ];
    });
  return { items, ...(version === undefined ? {} : { version }) };
}

/** The roster, or undefined where the known version still holds (section 2.6). */
export async function fetchRoster(
  session: Session,
  version: string | undefined,
): Promise<Roster | undefined> {
  const iq = await session.iq({
    type: "get",
    child: xml("query", { xmlns: NS_ROSTER, ver: version }),
  });
  const query = iq.getChild("query", NS_ROSTER);
  return query === undefined ? undefined : parseRoster(query);
}

function subscriptionOf(text: string | undefined): RosterItem["subscription"] {
  return text === "to" || text === "from" || text === "both" || text === "remove" ? text : "none";
}
