/** Closes the dialog around it the platform's way, which gives the focus back to where it was. */
export function closeDialog(inside: EventTarget | null): void {
  if (inside instanceof Element) inside.closest("dialog")?.close();
}
