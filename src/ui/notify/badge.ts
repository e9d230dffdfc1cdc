/** How many conversations are unread, where a person sees it who looks at another page: icon of the tab, of the app. */

const LARGEST = 99;
type Badging = { setAppBadge?: (n: number) => Promise<void>; clearAppBadge?: () => Promise<void> };

let original: string | undefined;

export function showCount(unread: number): void {
  const link = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  if (link !== null) {
    original ??= link.href;
    link.href = unread === 0 ? original : iconWith(unread);
  }
  const badging = navigator as Badging;
  const told = unread === 0 ? badging.clearAppBadge?.() : badging.setAppBadge?.(unread);
  // Only an installed app has a badge.
  told?.catch(() => undefined);
}

/** The icon with a number on it. */
function iconWith(unread: number): string {
  const text = unread > LARGEST ? `${LARGEST}+` : String(unread);
  const width = 8 + text.length * 8;
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">' +
    '<rect width="32" height="32" rx="7" fill="#2F54C8"/>' +
    '<path d="M6.5 9.5h19v13h-19z M7 10.5l6.2 5.6c1.6 1.4 4 1.4 5.6 0L25 10.5" fill="none" stroke="#fff" stroke-width="2" stroke-linejoin="round"/>' +
    `<rect x="${32 - width}" width="${width}" height="18" rx="9" fill="#B3261E" stroke="#fff" stroke-width="1.5"/>` +
    `<text x="${32 - width / 2}" y="13.5" fill="#fff" font-family="sans-serif" font-size="13" font-weight="700" text-anchor="middle">${text}</text></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
