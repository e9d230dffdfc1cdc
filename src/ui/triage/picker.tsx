import type { JSX } from "solid-js";
import { ForeverDialog } from "./forever-dialog.tsx";
import { MovePicker } from "./move-picker.tsx";
import type { Picking } from "./picking.ts";
import { SnoozePicker } from "./snooze-picker.tsx";
import { TagPicker } from "./tag-picker.tsx";
import "./picker.css";

/** One dialog from beginning to end: another one is another dialog. */
export function Picker(props: { what: Picking }): JSX.Element {
  return <>{dialogOf(props.what)}</>;
}

function dialogOf(what: Picking): JSX.Element {
  switch (what.kind) {
    case "move":
      return <MovePicker what={what} />;
    case "tag":
      return <TagPicker what={what} />;
    case "snooze":
      return <SnoozePicker what={what} />;
    default:
      return <ForeverDialog what={what} />;
  }
}
