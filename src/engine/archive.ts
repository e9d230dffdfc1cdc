/**
 * Keeps the database level with the archive (XEP-0313): the newest page first, then what came since, then back to the
 * beginning. Each page is written together with the ranges it extends, in one transaction; the next page is on its
 * way meanwhile.
 */
import {
  estimateTotal,
  withPageAfter,
  withPageBefore,
  type ArchiveRange,
  type FetchedPage,
} from "../mail/archive-range.ts";
import type { SyncView } from "../mail/status.ts";
import { putMeta, readMeta } from "../store/meta.ts";
import { type ArchivePage, oldestArchivedAt, queryArchive } from "../xmpp/mam.ts";
import type { Session } from "../xmpp/session.ts";
import { StanzaError } from "../xmpp/stanza-error.ts";
import { archivedArrival } from "./arrivals.ts";
import { takeBounce } from "./bounces.ts";
import type { AccountContext } from "./context.ts";
import { ingest } from "./ingest.ts";
import { putRejects } from "./rejects.ts";
import { WORKING_STORES } from "./working-set.ts";

/** Servers give 50 to 250; a page of 50 large mails is 12 MB already (PROTOCOL.md section 3). */
const PAGE = 50;
/** ejabberd answers an unknown id by starting from the oldest; a page this much older than asked gives it away. 1 s. */
const RESTART_MS = 1000;

export type ArchiveSync = {
  /** Newest page, or what came since the last time. Resolves when live messages and archive meet. */
  catchUp(): Promise<void>;
  /** Back to the beginning, gap by gap; waits while paused. Resolves when nothing is missing. */
  backFill(): Promise<void>;
};

export function createArchiveSync(
  context: AccountContext,
  session: Session,
  options: { extended: boolean; signal: AbortSignal },
): ArchiveSync {
  const { store, bus, me } = context;
  const { signal } = options;
  let firstSignInAt = 0;
  let startAt: number | undefined;

  async function ranges(): Promise<ArchiveRange[]> {
    return store.read(["meta"], async (tx) => {
      firstSignInAt = (await readMeta(tx, "firstSignInAt")) ?? context.now();
      return (await readMeta(tx, "ranges")) ?? [];
    });
  }

  /** One page and the cursor it moves: all or nothing. Returns the ranges as they are now. */
  async function take(
    page: ArchivePage,
    extend: (ranges: ArchiveRange[]) => ArchiveRange[],
  ): Promise<ArchiveRange[]> {
    const arrivals = page.items.flatMap((item) => archivedArrival(item, me, firstSignInAt) ?? []);
    const result = await store.write([...WORKING_STORES, "rejects"], async (tx) => {
      const [old, fetched, sync] = await Promise.all([
        readMeta(tx, "ranges"),
        readMeta(tx, "fetched"),
        readMeta(tx, "sync"),
      ]);
      const { added } = await ingest(tx, me, arrivals);
      const now = extend(old ?? []);
      const messages = (fetched?.messages ?? 0) + page.items.length;
      const mail = (fetched?.mail ?? 0) + added.filter((m) => m.kind === "mail").length;
      const total =
        page.count ??
        (startAt === undefined ? sync?.total : estimateTotal(messages, now.at(-1), startAt));
      putRejects(tx, page.unreadable, context.now());
      putMeta(tx, "fetched", { messages, mail });
      putMeta(tx, "sync", {
        state: sync?.state ?? "syncing",
        done: messages,
        mail,
        ...(total === undefined || total < messages ? {} : { total }),
      });
      putMeta(tx, "ranges", now);
      return now;
    });
    for (const { received, at } of page.items)
      if (received.type === "error") await takeBounce(context, received, at);
    bus.touch(arrivals.length > 0 ? ["mail", "status", "people"] : ["status"]);
    return result;
  }

  async function newestPage(): Promise<void> {
    const page = await queryArchive(session, { before: "", max: PAGE, signal });
    await take(page, (old) => withPageBefore(old, undefined, pageOf(page)));
  }

  async function forwardFrom(newest: ArchiveRange): Promise<"done" | "lost-track"> {
    let cursor = { id: newest.newestId, at: newest.newestAt };
    for (;;) {
      const page = await queryArchive(session, { after: cursor.id, max: PAGE, signal }).catch(
        (error: unknown) => {
          if (error instanceof StanzaError && error.condition === "item-not-found")
            return undefined;
          throw error;
        },
      );
      const first = page?.marks[0];
      if (page === undefined || (first !== undefined && first.at < cursor.at - RESTART_MS))
        return "lost-track";
      await take(page, (old) => withPageAfter(old, cursor.id, pageOf(page)));
      const last = page.marks.at(-1);
      if (page.complete || last === undefined || last.archiveId === cursor.id) return "done";
      cursor = { id: last.archiveId, at: last.at };
    }
  }

  return {
    async catchUp() {
      const newest = (await ranges()).at(-1);
      if (newest === undefined) return newestPage();
      if ((await forwardFrom(newest)) === "lost-track") await newestPage();
    },

    async backFill() {
      let known = await ranges();
      startAt = options.extended ? await oldestArchivedAt(session) : undefined;
      let ahead: { anchor: string; page: Promise<ArchivePage> } | undefined;
      const fetch = (anchor: string): Promise<ArchivePage> => {
        const page = queryArchive(session, { before: anchor, max: PAGE, signal });
        // Awaited a turn later; this keeps a failure in between from counting as unhandled.
        page.catch(() => undefined);
        return page;
      };
      for (;;) {
        if (await paused()) {
          await setSync("paused");
          await resumed();
          known = await ranges();
          ahead = undefined;
        }
        const open = lowestOpen(known);
        if (open === undefined) return;
        await setSync("syncing");
        const page = await (
          ahead?.anchor === open.oldestId ? ahead.page : fetch(open.oldestId)
        ).catch((error: unknown) => {
          // The anchor itself expired: everything older did, too.
          if (error instanceof StanzaError && error.condition === "item-not-found") return EXPIRED;
          throw error;
        });
        // A page that brings nothing new would be asked for again for ever.
        const oldest = page.marks[0]?.archiveId;
        const stuck = page.marks.length > 0 && oldest === open.oldestId;
        const done = page.complete || stuck || page.marks.length === 0;
        const next = done ? undefined : oldest;
        ahead = next === undefined ? undefined : { anchor: next, page: fetch(next) };
        known = await take({ ...page, complete: done }, (old) =>
          withPageBefore(old, open.oldestId, { items: stuck ? [] : page.marks, complete: done }),
        );
      }
    },
  };

  async function paused(): Promise<boolean> {
    return (await store.read(["meta"], (tx) => readMeta(tx, "syncPaused"))) === true;
  }

  function resumed(): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = bus.onTopics((topics) => {
        if (!topics.includes("engine")) return;
        void paused().then((is) => {
          if (is) return;
          stop();
          resolve();
        });
      });
      signal.addEventListener("abort", () => {
        stop();
        reject(signal.reason as Error);
      });
    });
  }

  async function setSync(state: SyncView["state"]): Promise<void> {
    await putSync(context, state);
  }
}

const EXPIRED: ArchivePage = {
  items: [],
  marks: [],
  unreadable: [],
  complete: true,
  ended: true,
  length: 0,
};

function pageOf({ marks, complete }: ArchivePage): FetchedPage {
  return { items: marks, complete };
}

/** Writes the state of synchronising where it changed. */
export async function putSync(
  { store, bus }: AccountContext,
  state: SyncView["state"],
): Promise<void> {
  const changed = await store.write(["meta"], async (tx) => {
    const [sync, fetched] = await Promise.all([readMeta(tx, "sync"), readMeta(tx, "fetched")]);
    if (sync?.state === state) return false;
    putMeta(tx, "sync", { ...sync, state, done: fetched?.messages ?? 0, mail: fetched?.mail ?? 0 });
    return true;
  });
  if (changed) bus.touch(["status"]);
}

/** The newest range with something missing below it: between two ranges first, the long past last. */
function lowestOpen(ranges: readonly ArchiveRange[]): ArchiveRange | undefined {
  const newest = ranges.at(-1);
  if (newest === undefined) return undefined;
  return ranges.length > 1 || !newest.bottom ? newest : undefined;
}
