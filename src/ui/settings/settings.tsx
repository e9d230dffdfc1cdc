import { For, Match, Show, Switch, type JSX } from "solid-js";
import { useApp } from "../context.ts";
import { Icon } from "../parts/icon.tsx";
import { domainOf } from "../../mail/address.ts";
import { createQuery } from "../query.ts";
import { SETTINGS, type SettingsSection } from "../route.ts";
import { setSingleKeys, singleKeys } from "../shortcuts.ts";
import { syncText } from "../sidebar/status.tsx";
import { setTheme, theme, type Theme } from "../theme.ts";
import { words } from "../words/more.ts";
import { storageWords } from "../words/storage.ts";
import { BlockedSection } from "./blocked-section.tsx";
import { ServerSection } from "./server-section.tsx";
import { StorageSection } from "./storage-section.tsx";
import "./settings.css";

const THEMES: readonly Theme[] = ["system", "light", "dark"];

export function Settings(props: { section: SettingsSection }): JSX.Element {
  return (
    <>
      <div class="bar">
        <a class="quiet" href="#/inbox" aria-label={words.back} title={words.back}>
          <Icon name="back" />
        </a>
      </div>
      <div class="settings">
        <h2>{words.settings}</h2>
        <nav class="settings-sections" aria-label={storageWords.sectionsLabel}>
          <For each={SETTINGS}>
            {(section) => (
              <a
                href={section === "general" ? "#/settings" : `#/settings/${section}`}
                aria-current={props.section === section ? "page" : undefined}
              >
                {storageWords.sections[section]}
              </a>
            )}
          </For>
        </nav>
        <Switch fallback={<General />}>
          <Match when={props.section === "storage"}>
            <StorageSection />
          </Match>
          <Match when={props.section === "blocked"}>
            <BlockedSection />
          </Match>
          <Match when={props.section === "server"}>
            <ServerSection />
          </Match>
        </Switch>
      </div>
    </>
  );
}

function General(): JSX.Element {
  const { api, session } = useApp();
  const status = createQuery(api, "status", () => null);
  return (
    <>
      <section aria-labelledby="settings-appearance">
        <h3 id="settings-appearance">{words.appearance}</h3>
        <div class="settings-row">
          <span>{words.theme}</span>
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
        </div>
      </section>
      <section aria-labelledby="settings-keyboard">
        <h3 id="settings-keyboard">{words.keyboard}</h3>
        <label class="settings-row">
          <span>
            {words.singleKeys}
            <span id="single-keys-hint" class="settings-hint">
              {words.singleKeysHint}
            </span>
          </span>
          <input
            class="switch"
            type="checkbox"
            role="switch"
            aria-label={words.singleKeys}
            aria-describedby="single-keys-hint"
            checked={singleKeys()}
            onChange={(event) => setSingleKeys(event.currentTarget.checked)}
          />
        </label>
      </section>
      <section aria-labelledby="settings-account">
        <h3 id="settings-account">{words.account}</h3>
        <dl>
          <div class="settings-row">
            <dt>{words.address}</dt>
            <dd>
              <bdi>{session().address}</bdi>
            </dd>
          </div>
          <div class="settings-row">
            <dt>{words.signedIn}</dt>
            <dd>{words.keptSignedIn(session().keep)}</dd>
          </div>
        </dl>
      </section>
      <section aria-labelledby="settings-connection">
        <h3 id="settings-connection">{words.connectionTitle}</h3>
        <dl>
          <div class="settings-row">
            <dt>{words.server}</dt>
            <dd>
              <bdi>{status.value?.connection.host ?? domainOf(session().address)}</bdi>
            </dd>
          </div>
          <Show when={status.value}>
            {(now) => (
              <>
                <div class="settings-row">
                  <dt>{words.state}</dt>
                  <dd>{words.connection[now().connection.state]}</dd>
                </div>
                <div class="settings-row">
                  <dt>{words.archive}</dt>
                  <dd>{syncText(now().sync)}</dd>
                </div>
                <Show when={now().unreadable}>
                  {(n) => (
                    <div class="settings-row">
                      <dt>{words.damaged}</dt>
                      <dd>{words.unreadable(n())}</dd>
                    </div>
                  )}
                </Show>
              </>
            )}
          </Show>
        </dl>
      </section>
    </>
  );
}
