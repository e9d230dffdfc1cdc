/** What must hold once everybody is online and quiet: all devices see the same, and it is everything that was said. */
import type { LabelView, RowView, WindowArgs, WindowView } from "../../../src/api/contract.ts";
import type { AccountContext } from "../../../src/engine/context.ts";
import { readLabelViews } from "../../../src/engine/queries/labels.ts";
import { readPreferences } from "../../../src/engine/queries/preferences.ts";
import { readWindow } from "../../../src/engine/queries/window.ts";
import type { Message } from "../../../src/mail/message.ts";
import type { Preferences } from "../../../src/mail/preferences.ts";
import { MAILBOXES } from "../../../src/mail/place.ts";
import { saidIn, stateKey } from "../../../src/mail/state.ts";
import { lackingIn, together, wordsIn, type Word, type Words } from "./words.ts";
import type { StateDevice, StateSimulation } from "./simulation.ts";

const MAX_TOLD = 4;

export type Seen = {
  /** Everything a person can look at, and how it looks. */
  views: Map<string, string>;
  words: Words;
  pending: string[];
  messages: readonly Message[];
};

export async function readSeen(simulation: StateSimulation, it: StateDevice): Promise<Seen> {
  return simulation.look(it, async (context) => ({
    views: await viewsOf({
      labels: () => readLabelViews(context),
      preferences: () => readPreferences(context),
      window: (args) => readWindow(context, args),
    }),
    ...(await kept(context)),
  }));
}

/** Who answers what the page asks its worker. */
export interface Asked {
  labels(): Promise<LabelView[]>;
  preferences(): Promise<Preferences>;
  window(args: WindowArgs): Promise<WindowView>;
}

export async function viewsOf(asked: Asked): Promise<Map<string, string>> {
  const views = new Map<string, string>();
  const labels = await asked.labels();
  for (const { id, name, ...rest } of labels)
    views.set(`label ${id}`, JSON.stringify({ name, ...rest }));
  views.set("order of labels", labels.map(({ id }) => id).join(" "));
  for (const [name, value] of Object.entries(await asked.preferences()))
    views.set(`preference ${name}`, JSON.stringify(value));
  const ids = labels.map(({ id, kind }) => `${kind}:${id}` as const);
  for (const mailbox of [...MAILBOXES, ...ids]) {
    if (mailbox === "drafts" || mailbox === "outbox") continue;
    const { rows, total, unread } = await asked.window({ mailbox, offset: 0, limit: 100 });
    const shown = rows.map(({ id: _id, href: _href, ...row }) => rowText(row));
    views.set(mailbox, [`${total} ${unread}`, ...shown].join("\n"));
  }
  return views;
}

function rowText({ people: _people, ...row }: Partial<RowView>): string {
  return JSON.stringify(row);
}

function kept({ store }: AccountContext): Promise<Omit<Seen, "views">> {
  return store.read(["state", "registers", "messages"], async (tx) => {
    const [keys, states, names, registers, messages] = await Promise.all([
      tx.objectStore("state").getAllKeys(),
      tx.objectStore("state").getAll(),
      tx.objectStore("registers").getAllKeys(),
      tx.objectStore("registers").getAll(),
      tx.objectStore("messages").getAll(),
    ]);
    const words: [string, Word][] = [
      ...states.flatMap(({ said }, index) =>
        saidIn(said).map(([field, [value, stamp]]): [string, Word] => [
          `message ${keys[index]} ${field}`,
          { value, stamp },
        ]),
      ),
      ...registers.map(({ said: [value, stamp] }, index): [string, Word] => [
        `register ${names[index]}`,
        { value, stamp },
      ]),
    ];
    const pending = [
      ...keys.filter((_, index) => states[index]?.pending === 1),
      ...names.filter((_, index) => registers[index]?.pending === 1),
    ];
    return { words: new Map(words), pending, messages };
  });
}

/** `expected`: the later of all words of each subject. `kept`: those of them that nobody may forget. */
export function violationsOf(
  name: string,
  seen: Seen,
  { expected, kept }: { expected: Words; kept: Words },
): string[] {
  return [
    ...seen.pending.map((subject) => `${name} has not saved ${subject}`),
    ...differences(name, seen.words, expected, kept),
    ...seen.messages.flatMap((message) => unlike(name, message, seen.words)),
  ].slice(0, MAX_TOLD);
}

function differences(name: string, words: Words, expected: Words, kept: Words): string[] {
  const all = new Set([...words.keys(), ...expected.keys()]);
  return [...all].flatMap((subject) => {
    const [is, should] = [words.get(subject), expected.get(subject)].map((w) => JSON.stringify(w));
    const isForgotten = is === undefined && !kept.has(subject);
    return is === should || isForgotten
      ? []
      : [`${name}: ${subject} is ${is}, and should be ${should}`];
  });
}

/** The row says what is said of it. */
function unlike(name: string, message: Message, words: Words): string[] {
  const said = (field: string): unknown =>
    words.get(`message ${stateKey(message)} ${field}`)?.value;
  const is: [string, unknown][] = [
    ["read", message.unread !== 1],
    ["star", message.star === 1],
    ["mute", message.mute === 1],
    ["folder", message.folder ?? null],
    ["snooze", message.snooze?.until ?? null],
  ];
  return is.flatMap(([field, value]) => {
    const wanted = said(field);
    return wanted === undefined || wanted === value
      ? []
      : [
          `${name}: ${message.mid} has ${field} ${JSON.stringify(value)}, and ${JSON.stringify(wanted)} was said`,
        ];
  });
}

export function unequal([name, one]: [string, Seen], [otherName, other]: [string, Seen]): string[] {
  const all = new Set([...one.views.keys(), ...other.views.keys()]);
  return [...all]
    .flatMap((view) => {
      const [lines, others] = [one, other].map((seen) => seen.views.get(view)?.split("\n") ?? []);
      const more = (a: string[] = [], b: string[] = []): string[] =>
        a.filter((l) => !b.includes(l));
      if (lines?.join("\n") === others?.join("\n")) return [];
      const [here] = more(lines, others);
      const [there] = more(others, lines);
      return [`${view} on ${name}: ${here}; on ${otherName}: ${there}`];
    })
    .slice(0, MAX_TOLD);
}

/** The node says all of it, and keeps what is not ours. */
export function violationsOnServer({ server, foreign }: StateSimulation, kept: Words): string[] {
  const { items } = server;
  const said = together(items.flatMap(({ payload }) => wordsIn(payload) ?? []));
  const lost = lackingIn(kept, said);
  const ids = new Set(items.map(({ id }) => id));
  return [
    ...lost.slice(0, MAX_TOLD).map((word) => `no item says ${word}`),
    ...(server.isLossy ? [] : foreign)
      .filter(({ id }) => !ids.has(id))
      .map(({ id }) => `${id} is gone, which was not ours`),
  ];
}
