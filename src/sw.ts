/**
 * The app's own files, kept for offline starts. Never data: mail lives in the database only.
 *
 * Every version has a cache of its own, filled whole or not at all. Files carry their hash in their name, so a page may
 * be given a file from any of the caches and can never get another version's; the page itself is the newest there is.
 * A new service worker waits for its turn and never takes over: nothing is gained by it, a reload alone brings the new
 * version. A cache goes when no page of its version is left; each page holds a lock with its name for that.
 */
type Shell = { version: string; files: string[] };

/** What a service worker's global is to us; the page's own types call it a Window. */
type ExtendableEvent = Event & { waitUntil(work: Promise<unknown>): void };
/** Static routes (Service Workers, section 4.4): the browser answers by itself, without starting the worker first. */
type InstallEvent = ExtendableEvent & { addRoutes?: (routes: readonly object[]) => Promise<void> };
type FetchEvent = ExtendableEvent & {
  request: Request;
  respondWith(answer: Promise<Response>): void;
};
type WindowClient = {
  focused: boolean;
  visibilityState: DocumentVisibilityState;
  focus(): Promise<unknown>;
  postMessage(message: unknown, transfer: Transferable[]): void;
};
type NoticeEvent = ExtendableEvent & {
  /** Which of its buttons; empty for the notice itself. */
  action: string;
  notification: { data: unknown; close(): void };
};
const scope = globalThis as unknown as {
  registration: { scope: string };
  clients: {
    claim(): Promise<void>;
    matchAll(options: { type: "window"; includeUncontrolled: true }): Promise<WindowClient[]>;
    openWindow(url: string): Promise<unknown>;
  };
  addEventListener(type: "install", listener: (event: InstallEvent) => void): void;
  addEventListener(type: "activate" | "message", listener: (event: ExtendableEvent) => void): void;
  addEventListener(type: "fetch", listener: (event: FetchEvent) => void): void;
  addEventListener(type: "notificationclick", listener: (event: NoticeEvent) => void): void;
};

/** The build puts the list of files here. */
const shell = JSON.parse("__SHELL__") as Shell;
const PREFIX = "envoi-shell-";
const CACHE = `${PREFIX}${shell.version}`;
/** Pages hold a shared lock of this name and the URL of their script (src/main.tsx). */
const PAGE_LOCK = "envoi-page:";
/** A network that takes longer for the page itself counts as none. ms */
const SLOW_MS = 4000;

scope.addEventListener("install", (event) => {
  const folder = new URL(scope.registration.scope).pathname;
  event
    .addRoutes?.([
      ...["assets/*", "icon.svg", "manifest.webmanifest"].map((name) => ({
        condition: { urlPattern: { pathname: folder + name } },
        source: "cache",
      })),
      {
        condition: { requestMode: "navigate", requestMethod: "GET" },
        source: "race-network-and-fetch-handler",
      },
    ])
    .catch(() => undefined);
  event.waitUntil(install());
});

async function install(): Promise<void> {
  // Made anew, so that the order of the caches is that of the versions, also when an old one comes back.
  await caches.delete(CACHE);
  const cache = await caches.open(CACHE);
  await cache.addAll(["./", ...shell.files]);
  await prune();
}

scope.addEventListener("activate", (event) => {
  // The page that brought this worker gets its files from here too, should its web server lose them.
  event.waitUntil(Promise.all([prune(), scope.clients.claim()]));
});

/**
 * A page says that it is there: another one may be gone. One that was being opened just as this worker became active
 * is nobody's until it is claimed (Service Workers, section 4.3.3: a page that is not ready is passed over).
 */
scope.addEventListener("message", (event) =>
  event.waitUntil(Promise.all([prune(), scope.clients.claim().catch(() => undefined)])),
);

/** Names of the whole caches, newest first. */
async function versions(): Promise<string[]> {
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX));
  const whole = await Promise.all(names.map((name) => caches.match("./", { cacheName: name })));
  return names.filter((_name, index) => whole[index] !== undefined).reverse();
}

/** Removes the caches that no page needs; the newest stays for the next start. */
async function prune(): Promise<void> {
  const { held = [] } = await navigator.locks.query();
  const scripts = held.flatMap(({ name }) =>
    name?.startsWith(PAGE_LOCK) === true ? [name.slice(PAGE_LOCK.length)] : [],
  );
  const [, ...older] = await versions();
  for (const cacheName of older) {
    const found = await Promise.all(scripts.map((url) => caches.match(url, { cacheName })));
    if (found.every((file) => file === undefined)) await caches.delete(cacheName);
  }
}

scope.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method === "POST" && url.href === `${scope.registration.scope}share`)
    return event.respondWith(openShared(request));
  const isOurs = request.method === "GET" && url.href.startsWith(scope.registration.scope);
  // "no-store" asks what the web server has now (ui/new-version.ts).
  if (!isOurs || request.cache === "no-store" || url.pathname.endsWith("/config.json")) return;
  if (request.mode === "navigate") event.respondWith(networkFirst(request));
  else event.respondWith(cacheFirst(request));
});

/** More than this is no message a link fills in (mail/person-link.ts). UTF-16 units. */
const MAX_SHARED = 8000;

/**
 * Text that another program shares (Web Share Target, section 4). It becomes an address of the app and never leaves the
 * device: what stands behind "#" is not sent to the web server.
 */
async function openShared(request: Request): Promise<Response> {
  const form = await request.formData().catch(() => new FormData());
  const text = (name: string): string => {
    const value = form.get(name);
    return typeof value === "string" ? value.slice(0, MAX_SHARED) : "";
  };
  const body = [text("text"), text("url")].filter((part) => part !== "").join("\n");
  const words = new URLSearchParams({ subject: text("title"), body });
  return Response.redirect(`${scope.registration.scope}#/to?${words.toString()}`, 303);
}

/** The page itself comes fresh when there is a network, so that a new version is seen at once. */
async function networkFirst(request: Request): Promise<Response> {
  const fresh = fetch(request).then(
    async (answer) => (answer.status < 400 ? answer : ((await newestPage()) ?? answer)),
    async () => (await newestPage()) ?? Response.error(),
  );
  const late = new Promise<Response | undefined>((resolve) =>
    setTimeout(() => void newestPage().then(resolve), SLOW_MS),
  );
  return (await Promise.race([fresh, late])) ?? fresh;
}

async function newestPage(): Promise<Response | undefined> {
  const [newest] = await versions();
  return newest === undefined ? undefined : caches.match("./", { cacheName: newest });
}

async function cacheFirst(request: Request): Promise<Response> {
  return (await caches.match(request, { ignoreSearch: true })) ?? fetch(request);
}

/** A page that sleeps does not answer; another one may. ms */
const DEAF_MS = 500;

/** A notice of new mail was pressed (ui/notify/notifier.tsx): a page of that account does what is wanted. */
scope.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(take(event.action, event.notification.data));
});

async function take(action: string, data: unknown): Promise<void> {
  const { account, id, href } = (data ?? {}) as Record<string, unknown>;
  if (typeof account !== "string" || typeof href !== "string" || !href.startsWith("#/")) return;
  const pages = await scope.clients.matchAll({ type: "window", includeUncontrolled: true });
  // Whichever is looked at, before those behind it.
  const rank = (page: WindowClient): number =>
    page.focused ? 0 : page.visibilityState === "visible" ? 1 : 2;
  for (const page of pages.sort((a, b) => rank(a) - rank(b))) {
    if (!(await isTaken(page, { type: "notification", action, account, id, href }))) continue;
    if (!STAYS_BEHIND.has(action)) await page.focus().catch(() => undefined);
    return;
  }
  await scope.clients.openWindow(new URL(href, scope.registration.scope).href);
}

/** Done without anybody looking. */
const STAYS_BEHIND = new Set(["archive"]);

/** Whether the page does it: one of another account does not answer. */
function isTaken(page: WindowClient, wanted: object): Promise<boolean> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    setTimeout(() => resolve(false), DEAF_MS);
    port1.addEventListener("message", () => resolve(true));
    port1.start();
    page.postMessage(wanted, [port2]);
  });
}
