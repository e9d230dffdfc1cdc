/**
 * The app's own files, kept for offline starts. Never data: mail lives in the database only. A new version is fetched
 * whole, waits until the old one's pages are gone, and old caches go then.
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
const scope = globalThis as unknown as {
  registration: { scope: string };
  addEventListener(type: "install", listener: (event: InstallEvent) => void): void;
  addEventListener(type: "activate", listener: (event: ExtendableEvent) => void): void;
  addEventListener(type: "fetch", listener: (event: FetchEvent) => void): void;
};

/** The build puts the list of files here. */
const shell = JSON.parse("__SHELL__") as Shell;
const CACHE = `envoi-shell-${shell.version}`;

scope.addEventListener("install", (event) => {
  event
    .addRoutes?.([
      {
        condition: {
          urlPattern: { pathname: `${new URL(scope.registration.scope).pathname}assets/*` },
        },
        source: { cacheName: CACHE },
      },
      { condition: { requestMode: "navigate" }, source: "race-network-and-fetch-handler" },
    ])
    .catch(() => undefined);
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(["./", ...shell.files])));
});

scope.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(
          names
            .filter((n) => n.startsWith("envoi-shell-") && n !== CACHE)
            .map((n) => caches.delete(n)),
        ),
      ),
  );
});

scope.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  const isOurs = request.method === "GET" && url.href.startsWith(scope.registration.scope);
  if (!isOurs || url.pathname.endsWith("/config.json")) return;
  if (request.mode === "navigate") event.respondWith(networkFirst(request));
  else event.respondWith(cacheFirst(request));
});

/** The page itself comes fresh when there is a network, so that a new version is seen at once. */
async function networkFirst(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match("./")) ?? Response.error();
  }
}

async function cacheFirst(request: Request): Promise<Response> {
  return (await caches.match(request, { ignoreSearch: true })) ?? fetch(request);
}
