/** What the page is called before the name of its list: in the tab, in bookmarks and in what "back" offers. */
import { createEffect, createSignal, onCleanup } from "solid-js";

const [pageTitle, setPageTitle] = createSignal<string>();
export { pageTitle };

/** While the owner lives. */
export function createPageTitle(title: () => string | undefined): void {
  createEffect(() => setPageTitle(title()));
  onCleanup(() => setPageTitle(undefined));
}
