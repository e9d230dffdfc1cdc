import { createEffect, For, Show, type JSX } from "solid-js";
import { keepTyped } from "../compose/open-drafts.ts";
import { useApp } from "../context.ts";
import { DownloadMail } from "../parts/download-mail.tsx";
import { TechnicalDetails } from "../parts/technical-details.tsx";
import { Icon } from "../parts/icon.tsx";
import { createQuery } from "../query.ts";
import { storageWords, troubleText } from "../words/storage.ts";
import "./troubles.css";

/** What is wrong with this browser's storage, across the top of the mail. */
export function Troubles(): JSX.Element {
  const { api, session } = useApp();
  const troubles = createQuery(api, "troubles", () => null, { key: "kind" });
  const host = () => session().address.split("@").at(-1) ?? "";
  createEffect(() => {
    // Nothing typed from now on may reach the database: a copy goes beside it.
    if (troubles.value !== undefined && troubles.value.length > 0) keepTyped();
  });
  return (
    <div class="troubles">
      <For each={troubles.value}>
        {(trouble) => (
          <section class="trouble" role="alert" data-trouble={trouble.kind}>
            <Icon name="warn" />
            <div>
              <strong>{troubleText(trouble, host()).title}</strong>
              <p>{troubleText(trouble, host()).text}</p>
              <Show when={trouble.kind === "closed" && trouble.detail}>
                {(detail) => <TechnicalDetails text={detail()} />}
              </Show>
            </div>
            <Show when={trouble.kind === "full"}>
              <DownloadMail api={api} />
            </Show>
            <Show when={trouble.kind === "newer" || trouble.kind === "closed"}>
              <button type="button" class="button primary" onClick={() => location.reload()}>
                {storageWords.reload}
              </button>
            </Show>
            <Show when={trouble.kind === "emptied" || trouble.kind === "damaged"}>
              <button
                type="button"
                class="button"
                onClick={() => void api.run("dismissTrouble", { kind: trouble.kind })}
              >
                {storageWords.gotIt}
              </button>
            </Show>
          </section>
        )}
      </For>
    </div>
  );
}
