/** Whether the web server has another version of the app than the one that runs here. Nothing happens by itself then. */
import { createSignal, onCleanup, onMount } from "solid-js";
import { isMissingPart } from "../base/missing-part.ts";

/** At the most so often, when somebody comes back to the page; and so often while it stays open. ms */
const [SELDOM_MS, HOURLY_MS] = [60_000, 3_600_000];

/** True once there is a newer version. */
export function createNewVersion(): () => boolean {
  const [isReady, setReady] = createSignal(false);
  const script = document.querySelector<HTMLScriptElement>("script[type=module][src]")?.src;
  let lookedAt = performance.now();

  async function look(): Promise<void> {
    lookedAt = performance.now();
    if (script === undefined || isReady() || !(await isReplaced(script))) return;
    setReady(true);
    // Its files are fetched beside the old ones, for the reload.
    const registration = await navigator.serviceWorker?.getRegistration();
    await registration?.update().catch(() => undefined);
  }

  const onReturn = (): void => {
    const isDue = performance.now() - lookedAt > SELDOM_MS;
    if (document.visibilityState === "visible" && isDue) void look();
  };
  /** A part that cannot be loaded is the first sign of a version that is gone. */
  const onRejection = ({ reason }: PromiseRejectionEvent): void => {
    if (isMissingPart(reason)) void look();
  };
  const onOnline = (): void => void look();
  const timer = setInterval(() => void look(), HOURLY_MS);
  onMount(() => {
    document.addEventListener("visibilitychange", onReturn);
    addEventListener("online", onOnline);
    addEventListener("unhandledrejection", onRejection);
  });
  onCleanup(() => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", onReturn);
    removeEventListener("online", onOnline);
    removeEventListener("unhandledrejection", onRejection);
  });
  return isReady;
}

/** A page that answers and does not name our script; the script's name carries the hash of everything. */
async function isReplaced(script: string): Promise<boolean> {
  try {
    const page = new URL(".", document.baseURI);
    const answer = await fetch(page, { cache: "no-store", credentials: "same-origin" });
    const isPage = answer.headers.get("content-type")?.startsWith("text/html") === true;
    const text = answer.ok && isPage && answer.url === page.href ? await answer.text() : "";
    // Somebody else's page, a network's sign-in page among them, has no place for our app.
    return text.includes('id="app"') && !text.includes(script.slice(script.lastIndexOf("/") + 1));
  } catch {
    return false;
  }
}
