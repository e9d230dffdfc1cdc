/** Words about what a person's devices share. */
const numbers = new Intl.NumberFormat("en");

const WITHOUT: Record<string, (host: string) => string> = {
  "not-private": (host) =>
    `Others could read it on ${host}: nothing is written there until it is private again.`,
  full: (host) =>
    `${host} takes what your devices share in one piece only, and that piece is full. What the others saved before is here.`,
  failed: (host) => `${host} did not give it a place just now.`,
};

export const devicesWords = {
  kept: "Tags, folders, stars and settings",
  drafts: "Drafts",
  carrier: {
    pep: (host: string) => `Shared with your devices through ${host}`,
    "private-xml": (host: string) => `Shared through ${host}, looked at every few minutes`,
    none: () => "On this device only",
    unknown: (host: string) => `On this device; ${host} has not answered yet`,
  },
  state: "Saved",
  saved: "Everything",
  never: "Not yet",
  pending: (n: number) =>
    n === 1 ? "1 change is waiting" : `${numbers.format(n)} changes are waiting`,
  savedAt: "Last saved",
  openUntil: "Others could read it",
  until: (when: string) => `Until ${when}, when Envoi noticed and made it private again`,
  space: "Space used there",
  used: (items: number, max: number | undefined, size: string) =>
    max === undefined
      ? `${size} in ${numbers.format(items)} entries`
      : `${size} in ${numbers.format(items)} of ${numbers.format(max)} entries`,
  unreadable: "Left alone",
  unreadableItems: (n: number) =>
    `${n === 1 ? "1 entry that is" : `${numbers.format(n)} entries that are`} damaged or of a newer Envoi`,
  alone: "Your other devices will not know",
  without: (host: string, refused: string | undefined) =>
    `${WITHOUT[refused ?? ""]?.(host) ?? `${host} has no private place for tags, folders, stars, drafts and settings.`} What you do here stays on this device, and goes to the others as soon as the server takes it: Envoi asks again by itself, once an hour at least.`,
  lastFailed: "The last try failed. Envoi tries again by itself.",
  forAdmin: "What the server's admin can do:",
  list: "Devices",
  unnamed: "A device without a name",
  isThis: "(this one)",
  seen: (when: string) => `last seen ${when}`,
  repair: "Repair",
  repairHint:
    "Reads again what all devices have saved, and saves again what is missing there. Nothing is removed.",
  repairing: "Repairing",
  repairsLater: "Repairs as soon as there is a connection",
  repaired: "Repaired",
  again: "Ask the server again",
  first: "Ask the server now",
  againHint: "Envoi asks by itself, too.",
  asking: "Asking",
} as const;
