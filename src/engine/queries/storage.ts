/** What this browser keeps and what the server does, for the settings. */
import type { ServerView, StorageView } from "../../api/contract.ts";
import { domainOf } from "../../mail/address.ts";
import { likelyRetention } from "../../mail/retention.ts";
import { readMeta } from "../../store/meta.ts";
import { countOnlyHere } from "../commands/only-here.ts";
import type { AccountContext } from "../context.ts";

export async function readStorage(context: AccountContext): Promise<StorageView> {
  const [{ messages: onlyHere }, estimate, persisted, kept] = await Promise.all([
    countOnlyHere(context),
    navigator.storage?.estimate?.().catch(() => undefined),
    navigator.storage?.persisted?.().catch(() => false),
    context.store.read(["meta", "messages", "rejects"], async (tx) => ({
      messages: await tx.objectStore("messages").count(),
      rejected: await tx.objectStore("rejects").count(),
      noArchive: await readMeta(tx, "noArchive"),
      start: await readMeta(tx, "archiveStart"),
    })),
  ]);
  const { messages, rejected, noArchive, start } = kept;
  const keeps = noArchive === true ? undefined : start?.keeps;
  return {
    host: domainOf(context.me),
    archive:
      noArchive === true
        ? "none"
        : start === undefined
          ? "unknown"
          : keeps === undefined
            ? "all"
            : "expires",
    ...(keeps === undefined ? {} : { keeps: likelyRetention(keeps) }),
    ...(start?.at === undefined ? {} : { archiveSince: start.at }),
    ...(start === undefined ? {} : { checkedAt: start.checkedAt }),
    messages,
    onlyHere,
    ...(estimate?.usage === undefined ? {} : { usedBytes: estimate.usage }),
    ...(estimate?.quota === undefined ? {} : { quotaBytes: estimate.quota }),
    persisted: persisted ?? false,
    rejected,
  };
}

export async function readServer(context: AccountContext): Promise<ServerView> {
  return context.store.read(["meta"], async (tx) => {
    const [features, limit] = await Promise.all([
      readMeta(tx, "serverFeatures"),
      readMeta(tx, "stanzaLimit"),
    ]);
    return {
      host: domainOf(context.me),
      ...features,
      ...(limit?.advertised === undefined ? {} : { maxStanzaBytes: limit.advertised }),
    };
  });
}
