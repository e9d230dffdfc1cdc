/**
 * What the devices of an account share, on servers as Debian ships them: how many items and bytes, how long it takes to
 * carry them at the server's rate, and how long a new device takes to read all of it. By the app's own code for items,
 * over its own session.
 */
import { bucketOf, planFold } from "../../src/mail/account-state/buckets.ts";
import { decodeBatch, type MessageEntry } from "../../src/mail/account-state/batch.ts";
import type { Jid } from "../../src/mail/address.ts";
import { openStateCarrier } from "../../src/xmpp/account-state/open-state-carrier.ts";
import type { StateCarrier } from "../../src/xmpp/account-state/carrier.ts";
import { serverFeatures } from "../../src/xmpp/disco.ts";
import { openSession, type Session } from "../../src/xmpp/session.ts";
import { mailbox } from "../../test/mail/account-state/mailbox.ts";
import { type Server, type ServerKind, startServer } from "../servers/server.ts";
import { ms, type Report } from "./report.ts";

const DAY_MS = 86_400_000;
const YEARS = 8;

type Item = { id: string; payload: string };

/** Folded as a device folds them. */
function itemsOf(entries: readonly MessageEntry[], today: number): Item[] {
  const buckets = Map.groupBy(entries, ({ day }) => bucketOf(day, today));
  return [...buckets].flatMap(([bucket, messages]) =>
    planFold(bucket, { messages, registers: [] }, []).parts.map(({ id, payload }) => ({
      id,
      payload,
    })),
  );
}

async function deviceOn(
  server: Server,
  local: string,
): Promise<{ session: Session; carrier: StateCarrier }> {
  const session = await openSession({
    service: server.wsUrl,
    jid: `${local}@${server.domain}` as Jid,
    credential: { kind: "password", password: "secret" },
    scramSeen: false,
    clientId: "bench",
    software: "bench",
    onInbound: () => undefined,
    onClosed: () => undefined,
  });
  const carrier = await openStateCarrier(session, await serverFeatures(session));
  if ("refused" in carrier) throw new Error(`${carrier.refused}: ${carrier.detail}`);
  return { session, carrier };
}

/** `count` words of so many messages, carried to a server and read again by a new device. */
export async function measureShared(
  report: Report,
  kind: ServerKind,
  count: number,
): Promise<void> {
  const server = await startServer(kind, { profile: "debian", accounts: { ann: "secret" } });
  try {
    const now = Date.now();
    const items = itemsOf(mailbox(count, YEARS, now, "sittings"), Math.floor(now / DAY_MS));
    const bytes = items.reduce((sum, { payload }) => sum + payload.length, 0);
    const size = `${items.length} items, ${(bytes / 1000).toFixed(0)} kB`;
    const one = await deviceOn(server, "ann");
    const startedAt = performance.now();
    for (const item of items) await one.carrier.publish(item);
    const carried = performance.now() - startedAt;
    await one.session.close();
    const two = await deviceOn(server, "ann");
    const readAt = performance.now();
    const ids = await two.carrier.list();
    const all = await two.carrier.fetch(ids);
    const words = all.reduce((sum, { payload }) => {
      const decoded = decodeBatch(payload);
      return sum + ("batch" in decoded ? decoded.batch.messages.length : 0);
    }, 0);
    const read = performance.now() - readAt;
    await two.session.close();
    report.add(
      `${kind} as Debian ships it: said of all; carried there, read by a new device`,
      count,
      `${size}; ${ms(carried)}, ${ms(read)} (${words} words)`,
      count > 50_000 ? "1.5 MB, 200 items" : "",
    );
  } finally {
    await server.stop();
  }
}
