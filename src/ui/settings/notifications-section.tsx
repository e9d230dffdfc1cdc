import { createSignal, Show, type JSX } from "solid-js";
import { notifies, permission, turnOff, turnOn } from "../notify/wanted.ts";
import { notifyWords } from "../words/notify.ts";
import { Switch } from "./choices.tsx";
import { Section, Setting } from "./setting.tsx";

/** Whether new mail is told of, and what no web page can do. */
export function NotificationsSection(): JSX.Element {
  const [problem, setProblem] = createSignal(permission() === "denied" ? notifyWords.denied : "");
  async function turn(on: boolean): Promise<void> {
    setProblem("");
    if (!on) return turnOff();
    const said = await turnOn();
    if (said !== "granted")
      setProblem(said === "denied" ? notifyWords.denied : notifyWords.dismissed);
  }
  return (
    <Section of="notifications">
      <Show
        when={permission() !== undefined}
        fallback={<Setting name={notifyWords.name} hint={notifyWords.none} children={undefined} />}
      >
        <Setting
          name={notifyWords.name}
          hint={notifyWords.hint}
          hintId="notify-hint"
          also="desktop alert"
          isLabel
        >
          <Switch
            label={notifyWords.name}
            hintId="notify-hint"
            on={notifies()}
            onTurn={(on) => void turn(on)}
          />
        </Setting>
      </Show>
      <p class="settings-problem" role="status">
        {problem()}
      </p>
      <Setting name={notifyWords.notPossible} hint={notifyWords.cannotWake} children={undefined} />
      <Setting name={notifyWords.counts} hint={notifyWords.countsText} children={undefined} />
    </Section>
  );
}
