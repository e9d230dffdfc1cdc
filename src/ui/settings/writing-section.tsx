import type { JSX } from "solid-js";
import { useApp } from "../context.ts";
import { settingsWords } from "../words/settings.ts";
import { Choices, Switch } from "./choices.tsx";
import { preferences, setPreference } from "./preferences.ts";
import { Section, Setting } from "./setting.tsx";

const PLACES = ["conversation", "window"] as const;

export function WritingSection(): JSX.Element {
  const { api } = useApp();
  return (
    <Section of="writing">
      <Setting
        name={settingsWords.answersIn}
        hint={settingsWords.answersInHint}
        also={Object.values(settingsWords.places).join(" ")}
      >
        <Choices
          label={settingsWords.answersIn}
          name="answers-in"
          of={PLACES.map((value) => ({ value, label: settingsWords.places[value] }))}
          value={preferences().answersIn}
          onChoose={(value) => setPreference(api, "answersIn", value)}
        />
      </Setting>
      <Setting
        name={settingsWords.spelling}
        hint={settingsWords.spellingHint}
        hintId="spelling-hint"
        isLabel
      >
        <Switch
          label={settingsWords.spelling}
          hintId="spelling-hint"
          on={preferences().spelling}
          onTurn={(on) => setPreference(api, "spelling", on)}
        />
      </Setting>
    </Section>
  );
}
