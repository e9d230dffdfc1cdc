/** The settings: one section at an address each; a search shows what fits out of all of them. */
import { createEffect, createSignal, For, on, Show, type Component, type JSX } from "solid-js";
import { Icon } from "../parts/icon.tsx";
import { late } from "../parts/late.tsx";
import { SETTINGS, type SettingsSection } from "../route.ts";
import { words } from "../words/more.ts";
import { sectionTitle, settingsWords } from "../words/settings.ts";
import { AccountSection } from "./account-section.tsx";
import { BlockedSection } from "./blocked-section.tsx";
import { createFilter, FilterProvider } from "./filter.ts";
import { DevicesSection } from "./devices-section.tsx";
import { GeneralSection } from "./general-section.tsx";
import { KeysSection } from "./keys-section.tsx";
import { NotificationsSection } from "./notifications-section.tsx";
import { ReadingSection } from "./reading-section.tsx";
import { ServerSection } from "./server-section.tsx";
import { StorageSection } from "./storage-section.tsx";
import { WritingSection } from "./writing-section.tsx";
import "./settings.css";

/** With a library of its own for codes. */
const MyAddress = late(async () => (await import("./my-address.tsx")).MyAddress);

const PARTS: Record<SettingsSection, Component> = {
  general: GeneralSection,
  keys: KeysSection,
  reading: ReadingSection,
  writing: WritingSection,
  notifications: NotificationsSection,
  address: MyAddress,
  devices: DevicesSection,
  storage: StorageSection,
  server: ServerSection,
  blocked: BlockedSection,
  account: AccountSection,
};

export function Settings(props: { section: SettingsSection }): JSX.Element {
  const [text, setText] = createSignal("");
  // Whoever goes to a section wants to see it.
  createEffect(
    on(
      () => props.section,
      () => setText(""),
      { defer: true },
    ),
  );
  let nav: HTMLElement | undefined;
  // On a phone they stand in one line that is longer than the screen.
  createEffect(
    on(
      () => props.section,
      () =>
        nav
          ?.querySelector("[aria-current]")
          ?.scrollIntoView({ block: "nearest", inline: "center" }),
    ),
  );
  const filter = createFilter(text);
  const shown = (): readonly SettingsSection[] =>
    filter.isSearching() ? SETTINGS : [props.section];
  return (
    <>
      <div class="bar settings-bar">
        <a class="quiet" href="#/inbox" aria-label={words.back} title={words.back}>
          <Icon name="back" />
        </a>
        <h2>{settingsWords.title}</h2>
        <input
          type="search"
          class="settings-search"
          aria-label={settingsWords.search}
          placeholder={settingsWords.search}
          autocomplete="off"
          value={text()}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </div>
      <div class="settings">
        <nav ref={nav} class="settings-nav" aria-label={settingsWords.sections}>
          <For each={SETTINGS}>
            {(section) => (
              <a
                href={section === "general" ? "#/settings" : `#/settings/${section}`}
                aria-current={
                  !filter.isSearching() && props.section === section ? "page" : undefined
                }
                onClick={() => setText("")}
              >
                {sectionTitle[section]}
              </a>
            )}
          </For>
        </nav>
        <div class="settings-page">
          <FilterProvider value={filter}>
            <For each={shown()}>
              {(section) => {
                const Part = PARTS[section];
                return <Part />;
              }}
            </For>
          </FilterProvider>
          <Show when={filter.isSearching() && filter.count() === 0}>
            <div class="settings-none">
              <p>{settingsWords.none(text().trim())}</p>
              <button type="button" class="button" onClick={() => setText("")}>
                {settingsWords.clear}
              </button>
            </div>
          </Show>
          <span class="out-of-sight" role="status">
            {filter.isSearching() ? settingsWords.found(filter.count()) : ""}
          </span>
        </div>
      </div>
    </>
  );
}
