/** The words of the settings page. */
import type { SettingsSection } from "../route.ts";

export const sectionTitle: Record<SettingsSection, string> = {
  general: "General",
  keys: "Keys",
  reading: "Reading",
  writing: "Writing",
  notifications: "Notifications",
  address: "My address",
  devices: "Your devices",
  storage: "Storage and retention",
  server: "What this server can and cannot do",
  blocked: "Blocked senders",
  account: "Account",
};

/** What a section is looked for by, beyond the words that stand in it. */
export const sectionAlso: Record<SettingsSection, string> = {
  general: "appearance theme dark light colours night",
  keys: "keyboard shortcuts hotkeys remap preset gmail outlook apple",
  reading: "after archiving auto-advance next conversation",
  writing: "compose composer reply answer spelling",
  notifications: "alerts notices badge favicon title permission",
  address: "share link invite qr code snippet contact mailto xmpp protocol handler",
  devices: "sync synchronise share state health repair private save tags folders",
  storage: "space quota disk archive download export backup mbox",
  server: "xmpp prosody ejabberd admin features archive carbons",
  blocked: "spam block list ignore",
  account: "sign out password log out address connection",
};

export const settingsWords = {
  title: "Settings",
  search: "Search settings",
  sections: "Settings sections",
  found: (n: number) => (n === 1 ? "1 setting" : `${n} settings`),
  none: (text: string) => `No setting has “${text}” in its words.`,
  clear: "Show all settings",

  swipe: { right: "Swipe right", left: "Swipe left" },
  swipeAlso: "touch finger gesture phone row",
  preset: "Key preset",
  presetHint: "Whose keys Envoi has. What you change below stays yours.",
  presets: { gmail: "Gmail", outlook: "Outlook", apple: "Apple Mail" },
  ownKeys: "Every key",
  resetAll: "Reset all",
  resetAllHint: "Takes back every change you made below.",
  noKey: "No key",
  change: "Change",
  changeOf: (what: string) => `Change the key of ${what}`,
  reset: "Reset",
  resetOf: (what: string) => `Reset the key of ${what}`,
  keyFor: (what: string) => `Key for ${what}`,
  press: "Press a key, or two one after the other.",
  pressed: "New key",
  conflict: (key: string, others: string) => `${key} is the key of ${others}, which would lose it.`,
  browserKey: (key: string) => `The browser may keep ${key} for itself.`,
  save: "Save",
  saveAnyway: "Use it here",
  cancel: "Cancel",
  remove: "No key",

  afterArchiving: "After archiving",
  afterArchivingHint: "What is shown once the open conversation was archived, deleted or moved.",
  after: {
    newer: "The next newer conversation",
    older: "The next older conversation",
    list: "The list",
  },
  chatsAsMail: "Show chats as mail",
  chatsAsMailHint: "Chats stand in Inbox and All mail too, and not under Chats alone.",
  answersIn: "Answers are written",
  answersInHint: "An answer in a window stays open while you read other mail.",
  places: { conversation: "In the conversation", window: "In a window" },
  spelling: "Check spelling",
  spellingHint: "The browser marks misspelt words while you write.",

  signedIn: "Keep me signed in",
  signOutHint: "Removes everything Envoi keeps in this browser for this account.",
} as const;
