/** How connection and synchronising stand, and what is to be said once. */
import type { NoticeView, StatusView } from "../../api/contract.ts";
import { domainOf } from "../../mail/address.ts";
import { likelyRetention } from "../../mail/retention.ts";
import { readMeta } from "../../store/meta.ts";
import type { AccountContext } from "../context.ts";

export async function readStatus(context: AccountContext): Promise<StatusView> {
  return context.store.read(["meta"], async (tx) => {
    const [connection, sync] = await Promise.all([
      readMeta(tx, "connection"),
      readMeta(tx, "sync"),
    ]);
    return {
      connection: connection ?? { state: "offline" },
      sync: sync ?? { state: "waiting", done: 0, mail: 0 },
    };
  });
}

export async function readNotices(context: AccountContext): Promise<NoticeView[]> {
  return context.store.read(["meta"], async (tx) => {
    const [noArchive, persisted, dismissed, start] = await Promise.all([
      readMeta(tx, "noArchive"),
      readMeta(tx, "storagePersisted"),
      readMeta(tx, "dismissed"),
      readMeta(tx, "archiveStart"),
    ]);
    const host = domainOf(context.me);
    const notices: NoticeView[] = [];
    const keeps = noArchive === true ? undefined : start?.keeps;
    if (noArchive === true) notices.push({ id: "no-archive", host });
    if (keeps !== undefined) notices.push({ id: "retention", host, keeps: likelyRetention(keeps) });
    if ((noArchive === true || keeps !== undefined) && persisted === false)
      notices.push({ id: "storage-not-persistent", host });
    return notices.filter((n) => dismissed?.includes(n.id) !== true);
  });
}
