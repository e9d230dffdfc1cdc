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
};
export type PreferenceName = keyof Preferences;

/** As they are kept: each with the time it was set, so that of two devices the later wins, field by field. */
export type PreferenceRow = { [N in PreferenceName]?: { value: Preferences[N]; at: number } };

export const FIRST_PREFERENCES: Preferences = {
  afterArchiving: "list",
  chatsAsMail: false,
  answersIn: "conversation",
  spelling: true,
};

const VALUES: { [N in PreferenceName]: readonly Preferences[N][] } = {
  afterArchiving: ["newer", "older", "list"],
  chatsAsMail: [true, false],
  answersIn: ["conversation", "window"],
  spelling: [true, false],
};

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

/** Whether it is a value of that name. */
export function isPreference(name: PreferenceName, value: unknown): boolean {
  return (VALUES[name] as readonly unknown[] | undefined)?.includes(value) === true;
}
