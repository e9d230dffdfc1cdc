/**
 * Sends the demo's mail over XMPP, from everybody's own account and all at once; the times, and the order that comes
 * with them, are set afterwards (backdate.ts).
 */
import { xml } from "@xmpp/xml";
import type { Jid } from "../../src/mail/address.ts";
import { openSession, type Session } from "../../src/xmpp/session.ts";
import type { Server } from "../servers/server.ts";
import { drawAvatar } from "./avatars.ts";
import { type DemoPerson, PEOPLE } from "./people.ts";
import type { PersonName, ScriptConversation } from "./script.ts";
import { planMessages } from "./stanzas.ts";

/** When each message was written, by its id; epoch ms. */
export type WrittenAt = Map<string, number>;

export async function seed(
  server: Server,
  passwords: Record<PersonName, string>,
  conversations: readonly ScriptConversation[],
  say: (line: string) => void,
): Promise<WrittenAt> {
  const sessions = await signInAll(server, passwords);
  await Promise.all([
    publishProfiles(sessions),
    fillRoster(sessions.get("alice"), "alice"),
    fillRoster(sessions.get("bob"), "bob"),
  ]);
  say(`  ${sessions.size} people are signed in`);
  const planned = planMessages(conversations, Date.now());
  const written: WrittenAt = new Map();
  for (const { from, stanzas, id, at } of planned) {
    const session = sessions.get(from);
    if (session === undefined) throw new Error(`nobody is signed in as ${from}`);
    for (const stanza of stanzas) session.send(stanza);
    written.set(id, at);
  }
  // An answer means that everything before it has been handled.
  await Promise.all([...sessions.values()].map((session) => session.ping()));
  await Promise.all([...sessions.values()].map((session) => session.close()));
  return written;
}

async function signInAll(
  server: Server,
  passwords: Record<PersonName, string>,
): Promise<Map<PersonName, Session>> {
  const entries = Object.entries(PEOPLE) as [PersonName, DemoPerson][];
  const sessions = await Promise.all(
    entries.map(async ([name, { address }]) => {
      const session = await openSession({
        service: server.wsUrl,
        jid: address as Jid,
        credential: { kind: "password", password: passwords[name] },
        scramSeen: false,
        clientId: "demo",
        software: "Envoi demo",
        onInbound: () => undefined,
        onClosed: () => undefined,
      });
      return [name, session] as const;
    }),
  );
  return new Map(sessions);
}

/** Name and picture as a vCard (XEP-0054), which a server shows to everybody. */
async function publishProfiles(sessions: Map<PersonName, Session>): Promise<void> {
  await Promise.all(
    [...sessions].map(async ([name, session]) => {
      const { picture, name: fullName } = PEOPLE[name];
      const photo =
        picture === undefined
          ? []
          : [
              xml(
                "PHOTO",
                {},
                xml("TYPE", {}, "image/png"),
                xml("BINVAL", {}, drawAvatar(picture).toString("base64")),
              ),
            ];
      await session.iq({
        type: "set",
        child: xml("vCard", { xmlns: "vcard-temp" }, xml("FN", {}, fullName), ...photo),
      });
    }),
  );
}

async function fillRoster(session: Session | undefined, owner: PersonName): Promise<void> {
  for (const [name, { address, inRoster }] of Object.entries(PEOPLE)) {
    if (session === undefined || inRoster === undefined || name === owner) continue;
    const item = xml("item", { jid: address, name: inRoster });
    await session.iq({ type: "set", child: xml("query", { xmlns: "jabber:iq:roster" }, item) });
  }
}
