/** What a person wants to be otherwise than it is at first: of the account, on every device. */
export type Preferences = {
  /** What is shown once the open conversation was archived, deleted or moved. */
  afterArchiving: "newer" | "older" | "list";
  /** Chats stand in Inbox and All mail too. */
  chatsAsMail: boolean;
  /** Where an answer is written. */
  answersIn: "conversation" | "window";
  /** The browser marks misspelt words while one writes. */
  spelling: boolean;
} & Partial<PageChoices>;

/** What the page goes by before there is a database. Unsaid: as each device has it (ui/shared-choice.ts). */
export type PageChoices = {
  theme: (typeof THEMES)[number];
  /** Letters alone do something. */
  singleKeys: boolean;
  keyPreset: (typeof KEY_PRESETS)[number];
  /** The keys of actions that a person gave others; none of a name is a page's to know. */
  ownKeys: { readonly [action: string]: readonly string[] };
  swipeRight: (typeof SWIPES)[number];
  swipeLeft: (typeof SWIPES)[number];
};
export type PreferenceName = keyof Preferences;

export const THEMES = ["system", "light", "dark"] as const;
/** Whose keys: another program's, as far as a web page may have them. */
export const KEY_PRESETS = ["gmail", "outlook", "apple"] as const;
export const SWIPES = ["archive", "delete", "snooze", "read", "move", "tag"] as const;

/** As they are kept: each with the time it was set, so that of two devices the later wins, field by field. */
export type PreferenceRow = {
  [N in PreferenceName]?: { value: NonNullable<Preferences[N]>; at: number };
};

export const FIRST_PREFERENCES: Preferences = {
  afterArchiving: "list",
  chatsAsMail: false,
  answersIn: "conversation",
  spelling: true,
};

const VALUES: { [N in PreferenceName]: readonly unknown[] | ((value: unknown) => boolean) } = {
  afterArchiving: ["newer", "older", "list"],
  chatsAsMail: [true, false],
  answersIn: ["conversation", "window"],
  spelling: [true, false],
  theme: THEMES,
  singleKeys: [true, false],
  keyPreset: KEY_PRESETS,
  ownKeys: areKeys,
  swipeRight: SWIPES,
  swipeLeft: SWIPES,
};

const MOST_ACTIONS = 200;
const MOST_KEYS = 8;
const LONGEST_KEY = 40;

/** Lists of keys by action. */
function areKeys(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const lists = Object.values(value as Record<string, unknown>);
  return lists.length <= MOST_ACTIONS && lists.every(isKeyList);
}

function isKeyList(list: unknown): boolean {
  const isKey = (key: unknown): boolean => typeof key === "string" && key.length <= LONGEST_KEY;
  return Array.isArray(list) && list.length <= MOST_KEYS && list.every(isKey);
}

/** What was kept, as far as it makes sense. */
export function preferencesOf(row: PreferenceRow | undefined): Preferences {
  const known: Preferences = { ...FIRST_PREFERENCES };
  for (const name of Object.keys(VALUES) as PreferenceName[])
    Object.assign(known, valueOf(name, row?.[name]?.value));
  return known;
}

function valueOf(name: PreferenceName, value: unknown): Partial<Preferences> {
  return isPreference(name, value) ? { [name]: value } : {};
}

export function isPreferenceName(name: string): name is PreferenceName {
  return Object.hasOwn(VALUES, name);
}

/** Whether it is a value of that name. */
export function isPreference(name: string, value: unknown): boolean {
  if (!isPreferenceName(name)) return false;
  const values = VALUES[name];
  return typeof values === "function" ? values(value) : values.includes(value);
}
