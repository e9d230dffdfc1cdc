/** Whether any tab of the account can be seen: every visible one holds a lock of that name, which ends with it. */
import { onCleanup } from "solid-js";

const nameOf = (account: string): string => `envoi-visible:${account}`;

/** Holds the lock while this tab is visible and the owner lives. */
export function createLooking(account: string): void {
  let letGo: (() => void) | undefined;
  const onChange = (): void => {
    letGo?.();
    letGo = undefined;
    if (document.visibilityState !== "visible") return;
    const hidden = new Promise<void>((resolve) => (letGo = resolve));
    void navigator.locks.request(nameOf(account), { mode: "shared" }, () => hidden);
  };
  onChange();
  document.addEventListener("visibilitychange", onChange);
  onCleanup(() => {
    document.removeEventListener("visibilitychange", onChange);
    letGo?.();
  });
}

export async function doesSomebodyLook(account: string): Promise<boolean> {
  if (document.visibilityState === "visible") return true;
  const { held } = await navigator.locks.query();
  return held?.some(({ name }) => name === nameOf(account)) === true;
}
