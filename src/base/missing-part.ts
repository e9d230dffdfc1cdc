/**
 * Whether a part of the app could not be had, in the words of Chromium, Firefox or Safari: its version is no longer on
 * the web server, or there is no network.
 */
export function isMissingPart(error: unknown): boolean {
  const text = error instanceof Error ? error.message : "";
  return /dynamically imported module|importing a module|module script failed|preload css/i.test(
    text,
  );
}
