/**
 * Pictures of people, a few at a time, at most once a week each: of my contacts and of those I wrote to. Asking about a
 * stranger would tell the stranger that the mail was seen.
 */
import type { Jid } from "../mail/address.ts";
import { fetchAvatar } from "../xmpp/profile.ts";
import type { Session } from "../xmpp/session.ts";
import type { AccountContext } from "./context.ts";

const WEEK_MS = 7 * 24 * 3600 * 1000;
/** The people written with last; nobody looks at more pictures at once. */
const MOST = 60;
/** A server that does not answer must not hold up the others. */
const AT_ONCE = 4;

export function createAvatars(
  context: AccountContext,
  session: Session,
  signal: AbortSignal,
): { refresh(): Promise<void> } {
  return {
    async refresh() {
      const waiting = await due(context);
      await Promise.all(Array.from({ length: AT_ONCE }, () => work(waiting)));
    },
  };

  async function work(waiting: Jid[]): Promise<void> {
    for (let jid = waiting.shift(); jid !== undefined && !signal.aborted; jid = waiting.shift()) {
      const avatar = await fetchAvatar(session, jid);
      if (signal.aborted) return;
      const row = {
        jid,
        type: avatar?.type ?? "",
        bytes: avatar?.bytes ?? null,
        checkedAt: context.now(),
      };
      await context.store.write(["avatars"], async (tx) => void tx.objectStore("avatars").put(row));
      if (avatar !== undefined) context.bus.touch(["avatars"]);
    }
  }
}

async function due(context: AccountContext): Promise<Jid[]> {
  return context.store.read(["people", "avatars"], async (tx) => {
    const people = await tx.objectStore("people").getAll();
    const wanted = people
      .filter((p) => p.rosterName !== undefined || p.written > 0)
      .sort((a, b) => b.lastAt - a.lastAt)
      .slice(0, MOST);
    const jids = [context.me, ...wanted.map((p) => p.jid)];
    const rows = await Promise.all(jids.map((jid) => tx.objectStore("avatars").get(jid)));
    const old = context.now() - WEEK_MS;
    return jids.filter((_, index) => (rows[index]?.checkedAt ?? 0) < old);
  });
}
