import type { JSX } from "solid-js";
import { THEMES } from "../../mail/preferences.ts";
import { setTheme, theme } from "../theme.ts";
import { words } from "../words/more.ts";
import { Choices } from "./choices.tsx";
import { Section, Setting } from "./setting.tsx";

export function GeneralSection(): JSX.Element {
  return (
    <Section of="general">
      <Setting name={words.theme} also={THEMES.map((choice) => words.themes[choice]).join(" ")}>
        <Choices
          label={words.theme}
          name="theme"
          of={THEMES.map((value) => ({ value, label: words.themes[value] }))}
          value={theme()}
          onChoose={setTheme}
        />
      </Setting>
    </Section>
  );
}
