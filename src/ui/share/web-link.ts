/** An address of the app for the world: where the app is served, without what this page was opened with. */
export function webLink(hash: string): string {
  const url = new URL(hash, document.baseURI);
  url.search = "";
  return url.href;
}
