/** What the palette knows by itself: actions, settings, people to write to. */
import { createMemo } from "solid-js";
import { spelledOut } from "../../base/spelled-out.ts";
import { type Jid, parseAddress } from "../../mail/address.ts";
import { compose } from "../compose/asked.ts";
import { useApp } from "../context.ts";
import { type ActionId, ACTIONS, availableActions, runAction } from "../keys/actions.ts";
import { workingKeysOf } from "../keys/key-map.ts";
import { hasToolIcon, type ToolIconName } from "../triage/icons.tsx";
import { createQuery } from "../query.ts";
import { SETTINGS } from "../route.ts";
import { actionWord, alsoCalled, keyWords } from "../words/actions.ts";
import { sectionAlso, sectionTitle } from "../words/settings.ts";
import type { PaletteEntry } from "./sources.ts";

/** So many people are offered. */
const MAX_PEOPLE = 6;

export function actionEntries(): PaletteEntry[] {
  // It is open already.
  const offered = availableActions().filter((id) => id !== "palette");
  // Walking is done by keys that are held down: nobody looks for it here first.
  const isWalking = (id: ActionId): boolean => ACTIONS[id].section === "list";
  const ordered = [
    ...offered.filter((id) => !isWalking(id)),
    ...offered.filter((id) => isWalking(id)),
  ];
  return ordered.map((id) => ({
    id,
    kind: isGoing(id) ? "mailbox" : "action",
    label: labelOf(id),
    ...(alsoCalled[id] === undefined ? {} : { also: alsoCalled[id] }),
    key: workingKeysOf(id)[0],
    run: () => void runAction(id),
  }));
}

function labelOf(id: ActionId): string {
  if (id === "goTag") return keyWords.placeholder.tag;
  if (id === "goFolder") return keyWords.placeholder.folder;
  return isGoing(id) ? keyWords.goTo(actionWord[id]) : actionWord[id];
}

function isGoing(id: ActionId): boolean {
  return /^go[A-Z]/.test(id);
}

export function settingEntries(): PaletteEntry[] {
  return SETTINGS.map((section) => ({
    id: `setting:${section}`,
    kind: "setting",
    label: sectionTitle[section],
    also: sectionAlso[section],
    detail: keyWords.kinds.setting,
    run: () => void (location.hash = `#/settings/${section}`),
  }));
}

/** Whoever the text may mean, and any address that is one. */
export function createPeopleEntries(text: () => string): () => PaletteEntry[] {
  const { api } = useApp();
  const typed = () => text().trim();
  const people = createQuery(
    api,
    "people",
    () => (typed() === "" ? undefined : { text: typed(), limit: MAX_PEOPLE }),
    { key: "jid", keeps: () => true },
  );
  const entry = (jid: Jid, name: string): PaletteEntry => ({
    id: `person:${jid}`,
    kind: "person",
    label: keyWords.writeTo(name),
    ...(name === jid ? {} : { detail: spelledOut(jid) }),
    run: () => compose(api, { to: [jid] }),
  });
  return createMemo(() => {
    const known = (people.value ?? []).map(({ jid, name }) => entry(jid, name));
    const address = parseAddress(typed());
    if (!address.ok || address.local === "") return known;
    const fresh = entry(address.jid, address.jid);
    return known.some(({ id }) => id === fresh.id) ? known : [...known, fresh];
  });
}

const ICONS: Partial<Record<string, ToolIconName>> = {
  compose: "pencil",
  next: "down",
  previous: "up",
  nextMessage: "down",
  previousMessage: "up",
  open: "eye",
  expandAll: "expand",
  delete: "trash",
  removeFromView: "close",
  move: "folder",
  snooze: "snoozed",
  notSpam: "inbox",
  moveToInbox: "inbox",
  select: "check",
  selectAll: "check",
  star: "starred",
  archiveAndNewer: "archive",
  archiveAndOlder: "archive",
  help: "info",
};
const KIND_ICON = {
  action: "command",
  mailbox: "inbox",
  tag: "tag",
  folder: "folder",
  person: "pencil",
  setting: "settings",
} as const satisfies Record<PaletteEntry["kind"], ToolIconName>;

/** Its own picture where there is one of its name ("archive", "goSent"), else its kind's. */
export function iconOf({ id, kind }: PaletteEntry): ToolIconName {
  const name = id.replace(/^go([A-Z])/, (_all, first: string) => first.toLowerCase());
  const own = ICONS[id] ?? name;
  if (hasToolIcon(own)) return own;
  return KIND_ICON[kind];
}
