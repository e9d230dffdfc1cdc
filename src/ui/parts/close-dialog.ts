/**
 * Closes the dialog around it, at once, and gives the focus back to where it was. Asked as Escape asks: the platform's
 * own `close()` is told to us when the browser has the time, and the next dialog may be open by then.
 */
export function closeDialog(inside: EventTarget | null | undefined): void {
  if (!(inside instanceof Element)) return;
  inside.closest("dialog")?.dispatchEvent(new Event("cancel", { cancelable: true }));
}
