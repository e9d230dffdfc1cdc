/**
 * The page. The worker starts before any interface is loaded: it opens the database while the rest arrives. What is
 * shown first is decided by one query.
 */
import { createApiClient } from "./api/client.ts";
import type { ToWorker } from "./api/contract.ts";
import { createRevivingPort } from "./api/reviving-port.ts";
import { dropKept, keep, readKept } from "./ui/page-storage.ts";
import { showPicture } from "./ui/picture/show-picture.ts";
import workerUrl from "./worker.ts?worker&url";

const TAB_ACCOUNT = "envoi-account";
const TAB_SECRET = "envoi-secret";
/** Keeping the app for offline starts fetches all of it: once there is mail, and not beside what is waited for. */
const SETTLED_MS = 1500;

type UrlPolicy = { createScriptURL(url: string): string };
type TrustedTypes = { createPolicy(name: string, rules: UrlPolicy): UrlPolicy };

/** A worker's URL is a Trusted Types sink; this policy is only ever given the two constants below. */
const policy = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy(
  "app-worker",
  {
    createScriptURL: (url) => url,
  },
);

function start(): void {
  const root = document.getElementById("app");
  if (root === null) return;
  if (!isSecureContext || navigator.locks === undefined) {
    void import("./ui/sign-in/insecure-page.tsx").then(({ renderInsecurePage }) =>
      renderInsecurePage(root),
    );
    return;
  }
  if (import.meta.env.PROD) holdVersion();
  const url = new URL(workerUrl, import.meta.url).href;
  const tabAccount = readKept("sessionStorage", TAB_ACCOUNT);
  const api = createApiClient(
    createRevivingPort(() => {
      const worker = new Worker(policy?.createScriptURL(url) ?? url, { type: "module" });
      const account = readKept("sessionStorage", TAB_ACCOUNT);
      const secret = readKept("sessionStorage", TAB_SECRET);
      const say = (message: ToWorker): void => worker.postMessage(message);
      say({
        type: "start",
        base: document.baseURI,
        secure: isSecureContext,
        ...(account === undefined ? {} : { tabAccount: account }),
        ...(secret === undefined ? {} : { tabSecret: secret }),
      });
      say(visibility());
      return worker;
    }, hasParts),
  );
  // Behind the worker, which takes longer to start than the picture to be drawn.
  const shown = tabAccount === undefined ? undefined : showPicture(tabAccount, root);
  if (shown !== undefined) api.askAhead("window", shown.asked);
  let registering: ReturnType<typeof setTimeout> | undefined;
  api.subscribe("session", null, (session) => {
    if (session.state === "signed-in") {
      keep("sessionStorage", TAB_ACCOUNT, session.address);
      if (session.tabSecret === undefined)
        dropKept("sessionStorage", (name) => name === TAB_SECRET);
      else keep("sessionStorage", TAB_SECRET, session.tabSecret);
      if (import.meta.env.PROD) registering ??= setTimeout(() => void registerShell(), SETTLED_MS);
    }
    if (session.state === "signed-out")
      dropKept("sessionStorage", (name) => name === TAB_ACCOUNT || name === TAB_SECRET);
  });
  const stopAsking = api.subscribe("status", null, ({ sync }) => {
    if (sync.state !== "up-to-date" && sync.state !== "no-archive") return;
    // Only a page may ask the browser not to clear its data; there is something to keep now.
    void navigator.storage?.persist?.();
    queueMicrotask(() => stopAsking());
  });
  const visible = (): void => api.tell(visibility());
  const frozen = (): void => api.tell({ type: "visibility", stance: "frozen" });
  document.addEventListener("visibilitychange", visible);
  document.addEventListener("freeze", frozen);
  document.addEventListener("resume", visible);
  // Into the back-forward cache and out of it.
  addEventListener("pagehide", (event) => event.persisted && frozen());
  addEventListener("pageshow", visible);
  addEventListener("online", () => api.tell({ type: "online", online: true }));
  addEventListener("offline", () => api.tell({ type: "online", online: false }));
  // Until the picture is on the screen the page does nothing but fetch.
  const painted = shown?.painted ?? Promise.resolve();
  void painted
    .then(() => {
      // What the app will show comes beside the app, not after it. Kept apart: the bundler makes one list of files of
      // two imports in one condition, and either would bring the other's.
      if (tabAccount !== undefined) void import("./ui/shell.tsx");
      const app = import("./ui/app.tsx");
      if (tabAccount === undefined) void import("./ui/sign-in/signed-out.tsx");
      return app;
    })
    .then(
      ({ renderApp }) => renderApp(root, api, tabAccount),
      () => renderMissing(root),
    );
}

/** Whether the web server has the files of this version, and there is a way to it. */
async function hasParts(): Promise<boolean> {
  const answer = await fetch(workerUrl, { cache: "no-store" }).catch(() => undefined);
  return answer?.ok === true && /script/.test(answer.headers.get("content-type") ?? "");
}

/** The very first part is gone from the web server: this page is an old one, from somebody's cache. */
function renderMissing(root: HTMLElement): void {
  const button = document.createElement("button");
  button.textContent = "A new version is ready – Reload";
  button.addEventListener("click", () => location.reload());
  root.replaceChildren(button);
}

function visibility(): Extract<ToWorker, { type: "visibility" }> {
  const stance = document.visibilityState === "visible" ? "visible" : "hidden";
  return { type: "visibility", stance };
}

/** Keeps the app's files for offline starts; a copy of the app that cannot have it works all the same. */
async function registerShell(): Promise<void> {
  const url = new URL("sw.js", document.baseURI).href;
  const trusted = policy?.createScriptURL(url) ?? url;
  const registration = await navigator.serviceWorker
    ?.register(trusted, { updateViaCache: "none" })
    .catch(() => undefined);
  registration?.active?.postMessage("a page is here");
}

/** As long as a page of this version is open, its files stay in their cache (sw.ts). */
function holdVersion(): void {
  const forEver = new Promise<never>(() => undefined);
  void navigator.locks.request(`envoi-page:${import.meta.url}`, { mode: "shared" }, () => forEver);
}

start();
