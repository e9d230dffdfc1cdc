import { Show, type JSX } from "solid-js";
import type { SettingsSection } from "../route.ts";
import { sectionAlso, sectionTitle } from "../words/settings.ts";
import { createShown, SectionWords } from "./filter.ts";

/** Part of the page, under its heading; gone while a search finds nothing in it. */
export function Section(props: { of: SettingsSection; children: JSX.Element }): JSX.Element {
  const id = (): string => `settings-${props.of}`;
  // oxlint-disable-next-line solid/reactivity -- a section stays what it is
  const words = `${sectionTitle[props.of]} ${sectionAlso[props.of]}`;
  return (
    <section class="settings-section" aria-labelledby={id()}>
      <h3 id={id()}>{sectionTitle[props.of]}</h3>
      <SectionWords.Provider value={words}>{props.children}</SectionWords.Provider>
    </section>
  );
}

/** One setting: its name, a word about it, and what sets it. `also`: more that it is found by. */
export function Setting(props: {
  name: string;
  hint?: JSX.Element;
  hintId?: string;
  also?: string;
  /** Its name is the label of the one control in it. */
  isLabel?: boolean;
  children: JSX.Element;
}): JSX.Element {
  const shown = createShown(() => `${props.name} ${hintText(props.hint)} ${props.also ?? ""}`);
  const name = (): JSX.Element => (
    <span class="setting-name">
      {props.name}
      <Show when={props.hint}>
        <span id={props.hintId} class="settings-hint">
          {props.hint}
        </span>
      </Show>
    </span>
  );
  return (
    <Show when={shown()}>
      <Show
        when={props.isLabel}
        fallback={
          <div class="settings-row">
            {name()}
            {props.children}
          </div>
        }
      >
        <label class="settings-row">
          {name()}
          {props.children}
        </label>
      </Show>
    </Show>
  );
}

function hintText(hint: JSX.Element): string {
  return typeof hint === "string" ? hint : "";
}

/** What is found or not as one: lists and tables of facts. */
export function Facts(props: { words: string; children: JSX.Element }): JSX.Element {
  const shown = createShown(() => props.words);
  return (
    <Show when={shown()}>
      <div class="settings-facts">{props.children}</div>
    </Show>
  );
}
