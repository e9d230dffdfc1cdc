/** What arrives while connected, written as it comes. The returned promise ends with the commit: only then is it acknowledged. */
import { StorageError } from "../store/storage-error.ts";
import { putMeta } from "../store/meta.ts";
import type { Inbound } from "../xmpp/inbound.ts";
import { liveArrival } from "./arrivals.ts";
import type { AccountContext } from "./context.ts";
import { ingest } from "./ingest.ts";
import { loadAfterwards, PartMissing } from "./load-afterwards.ts";
import { isAnyDraft } from "./sent-draft.ts";
import { putReject } from "./rejects.ts";
import { WORKING_STORES } from "./working-set.ts";
import type { Received } from "../mail/received.ts";
import { NODE_DISPLAYED, NODE_DRAFTS } from "../xmpp/nodes.ts";
import type { RosterItem } from "../xmpp/roster.ts";

/**
 * Takes one checked event. Rejects where the database or the app's own files fail, and then only: a message that makes
 * us fail would come again with every new stream, and nothing after it. `isTimeSure`: the server told the time.
 */
export async function takeInbound(
  context: AccountContext,
  event: Inbound,
  isTimeSure = true,
): Promise<void> {
  try {
    await takeEvent(context, event, isTimeSure);
  } catch (error) {
    if (error instanceof StorageError || error instanceof PartMissing) throw error;
    console.error("live:", error instanceof Error ? error.stack : error);
    await keepUnread(context, `${event.kind}: ${String(error)}`);
  }
}

async function takeEvent(
  context: AccountContext,
  event: Inbound,
  isTimeSure: boolean,
): Promise<void> {
  switch (event.kind) {
    case "message":
      return takeMessage(context, event.received, isTimeSure);
    case "carbon":
      return takeMessage(context, event.received, isTimeSure);
    case "roster":
      return takeRoster(context, event.items, event.version);
    case "blocking":
      return (await loadAfterwards()).takeBlockChange(context, event.change);
    case "pep":
      if (event.node === NODE_DRAFTS)
        return (await loadAfterwards()).takeDraftEvent(context, event);
      if (event.node === NODE_DISPLAYED)
        return (await loadAfterwards()).takeDisplayedEvent(context, event);
      return;
    case "unreadable":
      return keepUnread(context, event.text);
    default:
      return;
  }
}

async function keepUnread({ store, bus, now }: AccountContext, text: string): Promise<void> {
  await store.write(["rejects"], async (tx) => putReject(tx, text, now()));
  bus.touch(["status"]);
}

async function takeMessage(
  context: AccountContext,
  received: Received,
  isTimeSure: boolean,
): Promise<void> {
  if (received.type === "error") {
    const { takeBounce } = await loadAfterwards();
    await takeBounce(context, received);
    return;
  }
  if (received.receiptFor !== undefined) {
    const { takeReceipt } = await loadAfterwards();
    await takeReceipt(context, received);
  }
  const arrival = liveArrival(received, context.me, context.now(), isTimeSure);
  if (arrival === undefined) return;
  const { touched, added } = await context.store.write(WORKING_STORES, (tx) =>
    ingest(tx, context.me, [arrival]),
  );
  if (touched.size > 0) context.bus.touch(["mail", "people", "outbox"], { urgent: true });
  if (await isAnyDraft(context, added)) context.bus.touch(["drafts"]);
}

/** Names of my roster; a removed contact keeps its mail and loses its name. */
export async function takeRoster(
  context: AccountContext,
  items: readonly RosterItem[],
  version?: string,
): Promise<void> {
  await context.store.write(["people", "meta"], async (tx) => {
    const store = tx.objectStore("people");
    const known = await Promise.all(items.map((item) => store.get(item.jid)));
    items.forEach((item, index) => {
      const old = known[index] ?? { jid: item.jid, lastAt: 0, written: 0 };
      const { rosterName: _name, contact: _contact, ...rest } = old;
      const { name = "" } = item;
      if (item.subscription === "remove") void store.put(rest);
      else void store.put({ ...rest, contact: 1, ...(name === "" ? {} : { rosterName: name }) });
    });
    if (version !== undefined) putMeta(tx, "rosterVersion", version);
  });
  context.bus.touch(["people", "mail"]);
}
