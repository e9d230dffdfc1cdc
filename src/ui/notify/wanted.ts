/** Whether this browser is to tell of new mail: of the device, since the browser's permission is. */
import { createSignal } from "solid-js";
import { keep, readKept } from "../page-storage.ts";

const KEPT = "envoi-notifications";
const read = (): boolean => readKept("localStorage", KEPT) === "on";
const [isWanted, setWanted] = createSignal(read());

globalThis.addEventListener?.("storage", ({ key }) => {
  if (key === KEPT) setWanted(read());
});

/** The person wants it, and the browser still allows it. */
export function notifies(): boolean {
  return isWanted() && permission() === "granted";
}

/** Undefined where the browser has no notifications. */
export function permission(): NotificationPermission | undefined {
  return "Notification" in globalThis ? Notification.permission : undefined;
}

/** Asks the browser, at the click; tells what it said. */
export async function turnOn(): Promise<NotificationPermission | undefined> {
  const said = permission() === "default" ? await Notification.requestPermission() : permission();
  if (said !== "granted") return said;
  keep("localStorage", KEPT, "on");
  setWanted(true);
  return said;
}

export function turnOff(): void {
  keep("localStorage", KEPT, "off");
  setWanted(false);
}
