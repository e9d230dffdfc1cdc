import type { JSX } from "solid-js";
import { Drawing, type IconName, PATHS } from "../parts/icon.tsx";
import type { Command } from "./commands.ts";

/** As those of parts/icon.tsx, loaded with the tools (after Lucide, ISC). */
const OWN = {
  undo: ["M9 14 4 9l5-5", "M4 9h10.5a5.5 5.5 0 0 1 0 11H11"],
  read: [
    "M21.2 8.4c.5.38.8.97.8 1.6v10a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V10a2 2 0 0 1 .8-1.6l8-6a2 2 0 0 1 2.4 0z",
    "m22 10-8.97 5.7a1.94 1.94 0 0 1-2.06 0L2 10",
  ],
  folder: [
    "M20 20a2 2 0 0 0 2-2V8a2 2 0 0 0-2-2h-7.9a2 2 0 0 1-1.69-.9L9.6 3.9A2 2 0 0 0 7.93 3H4a2 2 0 0 0-2 2v13a2 2 0 0 0 2 2z",
  ],
  tag: [
    "M12.59 2.59A2 2 0 0 0 11.17 2H4a2 2 0 0 0-2 2v7.17a2 2 0 0 0 .59 1.42l8.7 8.7a2.43 2.43 0 0 0 3.42 0l6.58-6.58a2.43 2.43 0 0 0 0-3.42z",
    "M7.5 7.5h.01",
  ],
  mute: [
    "M10.27 21a2 2 0 0 0 3.46 0",
    "M17 17H4a1 1 0 0 1-.74-1.67C4.59 13.96 6 12.5 6 8",
    "M8.67 3.01A6 6 0 0 1 18 8c0 2.69.77 4.65 1.71 6.12",
    "m2 2 20 20",
  ],
  unmute: [
    "M10.27 21a2 2 0 0 0 3.46 0",
    "M3.26 15.33A1 1 0 0 0 4 17h16a1 1 0 0 0 .74-1.67C19.41 13.96 18 12.5 18 8A6 6 0 0 0 6 8c0 4.5-1.41 5.96-2.74 7.33",
  ],
  forever: [
    "M3 6h18",
    "M19 6v14a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2V6",
    "M8 6V4a2 2 0 0 1 2-2h4a2 2 0 0 1 2 2v2",
    "m10 11 4 6",
    "m14 11-4 6",
  ],
  add: ["M5 12h14", "M12 5v14"],
  check: ["M20 6 9 17l-5-5"],
} as const;
type Own = keyof typeof OWN;
export type ToolIconName = Own | IconName;

export function hasToolIcon(name: string): name is ToolIconName {
  return Object.hasOwn(OWN, name) || Object.hasOwn(PATHS, name);
}

const OF: Record<Command, Own | IconName> = {
  archive: "archive",
  moveToInbox: "inbox",
  notSpam: "inbox",
  delete: "trash",
  deleteForever: "forever",
  spam: "spam",
  read: "read",
  unread: "unread",
  snooze: "snoozed",
  move: "folder",
  tag: "tag",
  mute: "mute",
  unmute: "unmute",
};

export function ToolIcon(props: { name: Own | IconName }): JSX.Element {
  return <Drawing paths={pathsOf(props.name)} />;
}

export function CommandIcon(props: { command: Command }): JSX.Element {
  return <ToolIcon name={OF[props.command]} />;
}

function pathsOf(name: Own | IconName): readonly string[] {
  return Object.hasOwn(OWN, name) ? OWN[name as Own] : PATHS[name as IconName];
}
