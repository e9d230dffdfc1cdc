/** What a person does in a schedule, on a page. */
import type { Page } from "playwright-core";
import type { Draft } from "../../../../src/mail/draft.ts";
import { actNamed, CHOICES, LABEL_NAMES } from "../../../sim/state/acts.ts";
import type { ActName, StateAction } from "../../../sim/state/schedule.ts";
import type { SaidHere } from "./said-here.ts";
import { ask, run } from "./worker-port.ts";

/** Rows of the list that are looked through for a conversation. */
const LISTED = 60;

/** Gmail's keys. The star's takes it back, too. */
const KEYS: Partial<Record<ActName, string>> = {
  read: "I",
  unread: "U",
  star: "s",
  unstar: "s",
  archive: "e",
  trash: "#",
  spam: "!",
  mute: "m",
};

/** With the conversation of the nth message; by its key, where it stands in the list in front. */
export async function act(page: Page, name: ActName, which: number, here: SaidHere): Promise<void> {
  const rows = here.messages.toSorted((a, b) => (a.mid < b.mid ? -1 : 1));
  const row = rows[which % Math.max(1, rows.length)];
  if (row === undefined) return;
  const conversation = `c${row.conversation}`;
  const key = KEYS[name];
  if (key !== undefined && (await focusRow(page, conversation))) return page.keyboard.press(key);
  const wanted = actNamed(name, await ask(page, "labels", null));
  if (wanted !== undefined)
    await run(page, "triage", { act: wanted, on: { conversations: [conversation] } });
}

export async function actOnAll(page: Page, name: ActName): Promise<void> {
  const wanted = actNamed(name, await ask(page, "labels", null));
  if (wanted !== undefined)
    await run(page, "triage", { act: wanted, on: { place: "all", except: [] } });
}

/** False where it is not on the screen. */
async function focusRow(page: Page, conversation: string): Promise<boolean> {
  const { rows } = await ask(page, "window", { mailbox: "all", offset: 0, limit: LISTED });
  const at = rows.findIndex(({ id }) => id === conversation);
  return page.evaluate((index) => {
    const row = document.querySelector<HTMLElement>(`[role=grid] [data-index="${index}"]`);
    row?.focus();
    return row !== null && document.activeElement === row;
  }, at);
}

export async function changeLabel(
  page: Page,
  { how, which }: Extract<StateAction, { do: "label" }>,
): Promise<void> {
  const kind = which % 2 === 0 ? "tag" : "folder";
  if (how === "new")
    return void (await run(page, "saveLabel", { kind, name: LABEL_NAMES[which] ?? "X" }));
  const labels = await ask(page, "labels", null);
  const label = labels[which % Math.max(1, labels.length)];
  if (label === undefined) return;
  const { id } = label;
  const change = {
    rename: { name: `${label.name} ${which}` },
    hue: { hue: (label.hue + 40) % 360 },
    place: { place: which % 2 },
  };
  if (how === "delete") await run(page, "deleteLabel", { id });
  else await run(page, "saveLabel", { id, kind: label.kind, ...change[how] });
}

export async function prefer(page: Page, which: number): Promise<void> {
  const choice = CHOICES[which];
  if (choice !== undefined) await run(page, "setPreference", choice);
}

/** Goes on with the nth draft, or begins one, as a composer does that was opened just now. */
export async function draft(
  page: Page,
  { which, mark }: { which: number; mark: string },
  here: SaidHere,
): Promise<void> {
  const editor = crypto.randomUUID();
  const ids = here.drafts.map(({ id }) => id).sort();
  const id = ids[which];
  const known = id === undefined ? null : await ask(page, "draft", { id, editor });
  const kept = known?.draft;
  const before: Draft = kept ?? (await run(page, "beginDraft", { kind: "new" }));
  const base = kept === undefined ? undefined : known?.base;
  await run(page, "saveDraft", {
    draft: { ...before, body: `${before.body}${mark}. ` },
    editor,
    ...(base === undefined ? {} : { base }),
  });
}
