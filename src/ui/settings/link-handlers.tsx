import { createSignal, For, Show, type JSX } from "solid-js";
import { webLink } from "../share/web-link.ts";
import { myAddressWords } from "../words/share.ts";

const SCHEMES = ["xmpp", "mailto"] as const;

/** Offers Envoi to the browser for links to people; the browser asks the person (HTML, section 8.11.3.1). */
export function LinkHandlers(): JSX.Element {
  const [status, setStatus] = createSignal("");
  function offer(scheme: (typeof SCHEMES)[number]): void {
    try {
      const url = webLink("#/open?uri=%s");
      navigator.registerProtocolHandler(scheme, url);
      setStatus(myAddressWords.handlerAsked);
    } catch {
      setStatus(myAddressWords.handlerRefused);
    }
  }
  return (
    <div class="my-address-field">
      <h3>{myAddressWords.handlersTitle}</h3>
      <p class="settings-hint">{myAddressWords.handlersAbout}</p>
      <div class="my-address-actions">
        <For each={SCHEMES}>
          {(scheme) => (
            <button type="button" class="button" onClick={() => offer(scheme)}>
              {myAddressWords.handler(scheme)}
            </button>
          )}
        </For>
      </div>
      <p class="settings-hint" role="status">
        <Show when={status() !== ""}>{status()}</Show>
      </p>
    </div>
  );
}
