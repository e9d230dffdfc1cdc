/** Which key does what: whose keys they are, and every single one to be changed. */
import { createSignal, For, Show, type JSX } from "solid-js";
import { KEY_PRESETS } from "../../mail/preferences.ts";
import { ACTIONS, type ActionId, SECTIONS, SETTABLE_IDS } from "../keys/actions.ts";
import {
  isRemapped,
  isSingle,
  keysOf,
  preset,
  resetKeys,
  setPreset,
  setSingleKeys,
  singleKeys,
} from "../keys/key-map.ts";
import { Keys } from "../keys/keys.tsx";
import { alsoCalled, keyWords, sectionWord } from "../words/actions.ts";
import { words } from "../words/more.ts";
import { settingsWords } from "../words/settings.ts";
import { Select, Switch } from "./choices.tsx";
import { KeyDialog } from "./key-dialog.tsx";
import { nameOf } from "./key-names.ts";
import { Section, Setting } from "./setting.tsx";

export function KeysSection(): JSX.Element {
  const [changing, setChanging] = createSignal<ActionId>();
  return (
    <Section of="keys">
      <Setting
        name={words.singleKeys}
        hint={singleKeys() ? words.singleKeysHint : keyWords.off}
        hintId="single-keys-hint"
        isLabel
      >
        <Switch
          label={words.singleKeys}
          hintId="single-keys-hint"
          on={singleKeys()}
          onTurn={setSingleKeys}
        />
      </Setting>
      <Setting
        name={settingsWords.preset}
        hint={settingsWords.presetHint}
        also={Object.values(settingsWords.presets).join(" ")}
      >
        <Select
          label={settingsWords.preset}
          of={KEY_PRESETS.map((value) => ({ value, label: settingsWords.presets[value] }))}
          value={preset()}
          onChoose={setPreset}
        />
      </Setting>
      <Show when={isRemapped()}>
        <Setting name={settingsWords.resetAll} hint={settingsWords.resetAllHint}>
          <button type="button" class="button" onClick={() => resetKeys()}>
            {settingsWords.resetAll}
          </button>
        </Setting>
      </Show>
      <For each={SECTIONS}>
        {(section) => (
          <div class="settings-keys" role="group" aria-label={sectionWord[section]}>
            <h4>{sectionWord[section]}</h4>
            <For each={SETTABLE_IDS.filter((id) => ACTIONS[id].section === section)}>
              {(id) => <KeyOfAction id={id} onChange={() => setChanging(id)} />}
            </For>
          </div>
        )}
      </For>
      <Show when={changing()} keyed>
        {(id) => <KeyDialog id={id} onClose={() => setChanging(undefined)} />}
      </Show>
    </Section>
  );
}

function KeyOfAction(props: { id: ActionId; onChange: () => void }): JSX.Element {
  const name = (): string => nameOf(props.id);
  return (
    <Setting name={name()} also={alsoCalled[props.id] ?? ""}>
      <span class="settings-key">
        <Show
          when={keysOf(props.id).length > 0}
          fallback={<span class="settings-hint">{settingsWords.noKey}</span>}
        >
          <Keys of={keysOf(props.id)} isOff={(key) => !singleKeys() && isSingle(key)} />
        </Show>
        <Show when={isRemapped(props.id)}>
          <button
            type="button"
            class="quiet"
            aria-label={settingsWords.resetOf(name())}
            onClick={() => resetKeys(props.id)}
          >
            {settingsWords.reset}
          </button>
        </Show>
        <button
          type="button"
          class="quiet"
          aria-label={settingsWords.changeOf(name())}
          onClick={() => props.onChange()}
        >
          {settingsWords.change}
        </button>
      </span>
    </Setting>
  );
}
