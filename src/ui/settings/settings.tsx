import { For, Show, type JSX } from "solid-js";
import { useApp } from "../context.ts";
import { Icon } from "../parts/icon.tsx";
import { createQuery } from "../query.ts";
import { setSingleKeys, singleKeys } from "../shortcuts.ts";
import { setTheme, theme, type Theme } from "../theme.ts";
import { words } from "../words.ts";
import "./settings.css";

const THEMES: readonly Theme[] = ["system", "light", "dark"];

export function Settings(): JSX.Element {
  const { api, session } = useApp();
  const status = createQuery(api, "status", () => null);
  return (
    <>
      <div class="bar">
        <a class="quiet" href="#/inbox" aria-label={words.back} title={words.back}>
          <Icon name="back" />
        </a>
      </div>
      <div class="settings">
        <h2>{words.settings}</h2>
        <section aria-labelledby="settings-appearance">
          <h3 id="settings-appearance">{words.appearance}</h3>
          <div class="settings-theme" role="radiogroup" aria-label={words.theme}>
            <For each={THEMES}>
              {(choice) => (
                <label>
                  <input
                    type="radio"
                    name="theme"
                    value={choice}
                    checked={theme() === choice}
                    onChange={() => setTheme(choice)}
                  />
                  <span>{words.themes[choice]}</span>
                </label>
              )}
            </For>
          </div>
        </section>
        <section aria-labelledby="settings-keyboard">
          <h3 id="settings-keyboard">{words.keyboard}</h3>
          <label class="settings-switch">
            <input
              type="checkbox"
              role="switch"
              aria-label={words.singleKeys}
              aria-describedby="single-keys-hint"
              checked={singleKeys()}
              onChange={(event) => setSingleKeys(event.currentTarget.checked)}
            />
            <span>{words.singleKeys}</span>
          </label>
          <p id="single-keys-hint">{words.singleKeysHint}</p>
        </section>
        <section aria-labelledby="settings-account">
          <h3 id="settings-account">{words.account}</h3>
          <dl>
            <dt>{words.address}</dt>
            <dd>
              <bdi>{session().address}</bdi>
            </dd>
            <Show when={status.value?.connection.host}>
              {(host) => (
                <>
                  <dt>{words.server}</dt>
                  <dd>
                    <bdi>{host()}</bdi>
                  </dd>
                </>
              )}
            </Show>
          </dl>
        </section>
      </div>
    </>
  );
}
