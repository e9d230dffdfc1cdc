/**
 * What is said of the account itself, as registers with names: `label/ID/FIELD`, `setting/NAME`, `mark/NAME`,
 * `device/ID`. Names that are not known here belong to a newer version: kept, and passed on.
 */
import { ruleStamp, type Stamp } from "../clock.ts";
import { HUES, type Label, labelName, type LabelKind } from "../label.ts";
import { isBuiltIn } from "../place.ts";
import { isPreference, isPreferenceName, type PreferenceName } from "../preferences.ts";
import type { RegisterSaid, RegisterValue } from "./batch.ts";

const LABEL_FIELDS = ["kind", "name", "hue", "inside", "order", "gone"] as const;
type LabelField = (typeof LABEL_FIELDS)[number];

/** The account's first sign-in with any Envoi, epoch ms: mail from long before it counts as read. */
export const FIRST_SIGN_IN = "mark/first-sign-in";

/** Behind every moment that a clock may show (mail/clock.ts), epoch ms: in the year 5097. */
const LAST_MOMENT = 35 * 36 ** 8 - 1;

/** The stamp is later the earlier the moment: whichever devices say it, in whatever order, the earliest one stands. */
export function firstSignInSaid(at: number): RegisterSaid {
  return [at, ruleStamp(LAST_MOMENT - at)];
}

/** Whether it is what that rule says, whose stamps no clock gives. */
export function isFirstSignInSaid(name: unknown, value: unknown, stamp: unknown): boolean {
  if (name !== FIRST_SIGN_IN || typeof value !== "number") return false;
  return value >= 0 && value <= LAST_MOMENT && stamp === firstSignInSaid(value)[1];
}

export function settingRegister(name: string): string {
  return `setting/${name}`;
}

export function deviceRegister(device: string): string {
  return `device/${device}`;
}

/** The device of a register `device/ID`. */
export function deviceOf(register: string): string | undefined {
  return /^device\/(.+)$/.exec(register)?.[1];
}

/** A setting there is. A value that there is not counts as unsaid, whatever was said before it. */
export function settingOf(
  register: string,
  value: RegisterValue,
): { name: PreferenceName; value?: never } | undefined {
  const name = /^setting\/(.+)$/.exec(register)?.[1];
  if (name === undefined || !isPreferenceName(name)) return undefined;
  return isPreference(name, value) ? { name, value: value as never } : { name };
}

/** The tag or folder a register says something of. The places there always are have no label beside them. */
export function labelOfRegister(register: string): string | undefined {
  const id = /^label\/([^/]+)\/[^/]+$/.exec(register)?.[1];
  return id === undefined || isBuiltIn(id) ? undefined : id;
}

export function labelRegister(id: string, field: LabelField): string {
  return `label/${id}/${field}`;
}

/** Names of all registers of a label. */
export function labelRegisters(id: string): string[] {
  return LABEL_FIELDS.map((field) => labelRegister(id, field));
}

/** What a label says, as registers. */
export function registersOfLabel(label: Label): [string, RegisterSaid][] {
  const { id, kind, name, hue, inside, order, gone } = label;
  const all: [LabelField, RegisterSaid | undefined][] = [
    ["kind", [kind, name[1]]],
    ["name", name],
    ["hue", hue],
    ["inside", inside],
    ["order", order],
    ["gone", gone],
  ];
  return all.flatMap(([field, said]): [string, RegisterSaid][] =>
    said === undefined ? [] : [[labelRegister(id, field), said]],
  );
}

const UNSAID = "" as Stamp;

/** The label that registers speak of; undefined while they do not say what it is and how it is called. */
export function labelOf(
  id: string,
  said: (register: string) => RegisterSaid | undefined,
): Label | undefined {
  const of = (field: LabelField): RegisterSaid | undefined => said(labelRegister(id, field));
  const kind = kindOf(of("kind")?.[0]);
  const name = of("name");
  const shown = typeof name?.[0] === "string" ? labelName(name[0]) : undefined;
  if (kind === undefined || name === undefined || shown === undefined) return undefined;
  const [hue, inside, order, gone] = [of("hue"), of("inside"), of("order"), of("gone")];
  return {
    id,
    kind,
    name: [shown, name[1]],
    hue: [HUES.find((h) => h === hue?.[0]) ?? HUES[0], hue?.[1] ?? UNSAID],
    inside: [typeof inside?.[0] === "string" ? inside[0] : null, inside?.[1] ?? UNSAID],
    order: [typeof order?.[0] === "number" ? order[0] : 0, order?.[1] ?? UNSAID],
    ...(gone === undefined ? {} : { gone: [gone[0] === true, gone[1]] as const }),
  };
}

function kindOf(value: RegisterValue | undefined): LabelKind | undefined {
  return value === "tag" || value === "folder" ? value : undefined;
}
