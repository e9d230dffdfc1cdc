/** What the account's server can, as it says itself, and what of it is kept for the page and for the next time. */
import { within } from "../base/within.ts";
import { putMeta, readMeta } from "../store/meta.ts";
import { serverFeatures, type ServerFeatures } from "../xmpp/disco.ts";
import type { Session } from "../xmpp/session.ts";
import { wholeMessageBytes } from "../xmpp/socket.ts";
import type { AccountContext } from "./context.ts";

/** What the server can; where it does not say in `ms`, what it could the last time. */
export async function featuresInTime(
  context: AccountContext,
  session: Session,
  ms: number,
): Promise<ServerFeatures> {
  const asked = serverFeatures(session);
  const features = await within(ms, asked);
  if (features !== undefined) {
    await noteFeatures(context, features, session);
    return features;
  }
  const noArchive = await context.store.read(["meta"], (tx) => readMeta(tx, "noArchive"));
  return {
    archive: noArchive !== true,
    archiveExtended: false,
    carbons: true,
    pep: false,
    pepPublishOptions: false,
    blocking: false,
    reporting: false,
    refusesParts: false,
  };
}

async function noteFeatures(
  { store, bus }: AccountContext,
  features: ServerFeatures,
  { maxStanzaBytes: advertised, hasStreamManagement }: Session,
): Promise<void> {
  const persisted = await isPersisted();
  await store.write(["meta"], async (tx) => {
    const { learned } = (await readMeta(tx, "stanzaLimit")) ?? {};
    putMeta(tx, "stanzaLimit", {
      ...(advertised === undefined ? {} : { advertised }),
      ...(learned === undefined ? {} : { learned }),
      ...(features.refusesParts ? { whole: wholeMessageBytes() } : {}),
    });
    putMeta(tx, "noArchive", !features.archive);
    putMeta(tx, "serverFeatures", {
      archive: features.archive,
      carbons: features.carbons,
      resumption: hasStreamManagement,
      privateState: features.pep && features.pepPublishOptions,
      blocking: features.blocking,
      reporting: features.reporting,
    });
    putMeta(tx, "storagePersisted", persisted);
  });
  bus.touch(["notices"]);
}

/** Whether the browser promised to keep our data; the page asks for it (main.tsx). */
async function isPersisted(): Promise<boolean> {
  return (await navigator.storage?.persisted?.().catch(() => false)) ?? false;
}

/**
 * XEP-0386 has the server throw its offline messages away, "as they will be provided by MAM": only where an archive
 * has given us something already.
 */
export async function bindsInline({ store }: AccountContext): Promise<boolean> {
  return store.read(["meta"], async (tx) => {
    const [noArchive, ranges] = await Promise.all([
      readMeta(tx, "noArchive"),
      readMeta(tx, "ranges"),
    ]);
    return noArchive === false && (ranges?.length ?? 0) > 0;
  });
}
