/** The focus within a menu (WAI-ARIA, menu pattern). */

export function menuItems(menu: HTMLElement | undefined): HTMLElement[] {
  return [...(menu?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];
}

/** Moves it where the key says, round at both ends; false where the key says nothing of that. */
export function moveInMenu(items: readonly HTMLElement[], key: string): boolean {
  const at = items.indexOf(document.activeElement as HTMLElement);
  if (key === "ArrowDown") items[(at + 1 + items.length) % items.length]?.focus();
  else if (key === "ArrowUp") items[(at - 1 + items.length) % items.length]?.focus();
  else if (key === "Home") items[0]?.focus();
  else if (key === "End") items.at(-1)?.focus();
  else return false;
  return true;
}
