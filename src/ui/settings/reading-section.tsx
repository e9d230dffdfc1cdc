import { For, type JSX } from "solid-js";
import { useApp } from "../context.ts";
import { SWIPES } from "../../mail/preferences.ts";
import { setSwipe, swipeTo } from "../triage/swipe-choice.ts";
import { settingsWords } from "../words/settings.ts";
import { triageWords } from "../words/triage.ts";
import { Select, Switch } from "./choices.tsx";
import { afterArchiving, preferences, setPreference } from "./preferences.ts";
import { Section, Setting } from "./setting.tsx";

const SIDES = ["right", "left"] as const;
const AFTER = ["newer", "older", "list"] as const;

export function ReadingSection(): JSX.Element {
  const { api } = useApp();
  return (
    <Section of="reading">
      <Setting
        name={settingsWords.afterArchiving}
        hint={settingsWords.afterArchivingHint}
        also={Object.values(settingsWords.after).join(" ")}
      >
        <Select
          label={settingsWords.afterArchiving}
          of={AFTER.map((value) => ({ value, label: settingsWords.after[value] }))}
          value={afterArchiving()}
          onChoose={(value) => setPreference(api, "afterArchiving", value)}
        />
      </Setting>
      <Setting
        name={settingsWords.chatsAsMail}
        hint={settingsWords.chatsAsMailHint}
        hintId="chats-hint"
        isLabel
      >
        <Switch
          label={settingsWords.chatsAsMail}
          hintId="chats-hint"
          on={preferences().chatsAsMail}
          onTurn={(on) => setPreference(api, "chatsAsMail", on)}
        />
      </Setting>
      <For each={SIDES}>
        {(side) => (
          <Setting name={settingsWords.swipe[side]} also={settingsWords.swipeAlso}>
            <Select
              label={settingsWords.swipe[side]}
              of={SWIPES.map((value) => ({ value, label: triageWords[value] }))}
              value={swipeTo(side)}
              onChoose={(value) => setSwipe(side, value)}
            />
          </Setting>
        )}
      </For>
    </Section>
  );
}
