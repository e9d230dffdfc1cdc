import { Match, Switch, type JSX } from "solid-js";
import { ForeverDialog } from "./forever-dialog.tsx";
import { MovePicker } from "./move-picker.tsx";
import type { Picking } from "./picking.ts";
import { SnoozePicker } from "./snooze-picker.tsx";
import { TagPicker } from "./tag-picker.tsx";
import "./picker.css";

export function Picker(props: { what: Picking }): JSX.Element {
  return (
    <Switch fallback={<ForeverDialog what={props.what} />}>
      <Match when={props.what.kind === "move"}>
        <MovePicker what={props.what} />
      </Match>
      <Match when={props.what.kind === "tag"}>
        <TagPicker what={props.what} />
      </Match>
      <Match when={props.what.kind === "snooze"}>
        <SnoozePicker what={props.what} />
      </Match>
    </Switch>
  );
}
