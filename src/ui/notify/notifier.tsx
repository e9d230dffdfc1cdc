/**
 * Tells of new mail while nobody looks: the tab that talks to the server does, once for each message, in one notice a
 * conversation. What is pressed on a notice comes back from the service worker (sw.ts).
 */
import { onCleanup, onMount, type JSX } from "solid-js";
import type { NewsItem, NewsView, StatusView } from "../../api/contract.ts";
import { act } from "../act.ts";
import { useApp } from "../context.ts";
import { isAvailable, runAction } from "../keys/actions.ts";
import { keep, readKept } from "../page-storage.ts";
import { TOLD } from "../snapshot.ts";
import { notifyWords } from "../words/notify.ts";
import { createLooking, doesSomebodyLook } from "./somebody-looks.ts";
import { parseTold, withTold, worthTelling } from "./worth-telling.ts";

/** What the service worker gives back of a notice. */
type Pressed = {
  type: "notification";
  action: string;
  account: string;
  id: string;
  href: string;
};
/** The reader is there by then, or does not come. ms */
const READER_MS = 5000;

export function Notifier(): JSX.Element {
  const { api, session } = useApp();
  const account = session().address;
  const name = TOLD + account;
  let since: number | undefined;
  let isLevel = false;
  createLooking(account);

  async function take(news: NewsView): Promise<void> {
    // One tab only, and one thing after the other: who hears of it later would close what was just told.
    if (news.isMine) await closeOthers(account, news.items);
    if (!isLevel || since === undefined || (await doesSomebodyLook(account))) {
      since = Math.max(since ?? 0, news.latestAt);
      return;
    }
    if (!news.isMine) return;
    // While the lock passes on, two tabs may think it theirs.
    await navigator.locks.request(`envoi-telling:${account}`, async () => {
      const told = parseTold(readKept("localStorage", name));
      const fresh = worthTelling(news, { since: since ?? Infinity, told });
      if (fresh.length === 0) return;
      keep("localStorage", name, JSON.stringify(withTold(told, fresh)));
      for (const item of fresh) await tell(account, item);
    });
  }
  let taking: Promise<void> = Promise.resolve();
  onCleanup(
    api.subscribe("news", null, (news) => {
      taking = taking.then(() => take(news)).catch(() => undefined);
    }),
  );
  onCleanup(
    api.subscribe("status", null, ({ sync }: StatusView) => {
      isLevel ||= sync.state === "up-to-date" || sync.state === "no-archive";
    }),
  );
  // Signed out, or not wanted any more: nothing of the mail stays on the screen.
  onCleanup(() => void closeOthers(account, []));

  const onMessage = (event: MessageEvent<Partial<Pressed> | null>): void => {
    const { type, account: whose, href = "", id = "", action } = event.data ?? {};
    if (type !== "notification" || whose !== account || !href.startsWith("#/")) return;
    event.ports[0]?.postMessage("done");
    if (action === "archive") return archive(id);
    location.hash = href;
    if (action === "reply") void replyWhenOpen();
  };
  const archive = (id: string): void =>
    act(api, "triage", { act: { do: "move", to: "archive" }, on: { conversations: [id] } });
  onMount(() => navigator.serviceWorker?.addEventListener("message", onMessage));
  onCleanup(() => navigator.serviceWorker?.removeEventListener("message", onMessage));
  return null;
}

async function registration(): Promise<ServiceWorkerRegistration | undefined> {
  return navigator.serviceWorker?.getRegistration().catch(() => undefined);
}

async function tell(account: string, item: NewsItem): Promise<void> {
  const options = {
    body: [item.subject, item.snippet].filter((line) => line !== "").join("\n"),
    tag: tagOf(account, item.id),
    // Another message of the conversation is news again, in the same notice.
    renotify: true,
    icon: new URL("icon-180.png", document.baseURI).href,
    dir: "auto",
    data: { account, id: item.id, href: item.href },
  } satisfies NotificationOptions & { renotify: boolean };
  const worker = await registration();
  if (worker?.active !== null && worker?.active !== undefined) {
    const actions = [
      { action: "archive", title: notifyWords.archive },
      { action: "reply", title: notifyWords.reply },
    ];
    return worker.showNotification(item.from, { ...options, actions } as NotificationOptions);
  }
  // No service worker here (private windows, development): a notice without buttons.
  const notice = new Notification(item.from, options);
  notice.addEventListener("click", () => {
    focus();
    location.hash = item.href;
    notice.close();
  });
}

function tagOf(account: string, id: string): string {
  return `${account}:${id}`;
}

/** Notices of conversations that are read by now, wherever that was. */
async function closeOthers(account: string, items: readonly NewsItem[]): Promise<void> {
  const open = new Set(items.map(({ id }) => tagOf(account, id)));
  const notices = (await (await registration())?.getNotifications()) ?? [];
  for (const notice of notices)
    if (notice.tag.startsWith(tagOf(account, "")) && !open.has(notice.tag)) notice.close();
}

/** The conversation is being opened; it takes an answer once it is there. */
async function replyWhenOpen(): Promise<void> {
  const until = performance.now() + READER_MS;
  while (performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (isAvailable("reply") && runAction("reply")) return;
  }
}
