/** The whole interface on a page of its own, over an api that answers from a table. For the browser tests. */
import "../../src/ui/tokens.css";
import "../../src/ui/base.css";
import { render } from "solid-js/web";
import type { ApiClient } from "../../src/api/client.ts";
import { Root } from "../../src/ui/app.tsx";

let dispose: (() => void) | undefined;

export function mount(api: ApiClient, hash = "#/inbox"): HTMLElement {
  dispose?.();
  history.replaceState(null, "", hash);
  const root = document.createElement("div");
  root.id = "app";
  document.body.replaceChildren(root);
  dispose = render(() => <Root api={api} tabAccount={undefined} />, root);
  return root;
}

export function unmount(): void {
  dispose?.();
  dispose = undefined;
}
