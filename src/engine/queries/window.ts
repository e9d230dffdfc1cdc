/** The rows of a mailbox from the top: what the list shows. */
import type { RowView, WindowArgs, WindowView } from "../../api/contract.ts";
import { shownLine } from "../../base/display.ts";
import { type ArchiveGap, gapsOf } from "../../mail/archive-range.ts";
import { type Conversation, sleepsUntil, wokeAt } from "../../mail/conversation.ts";
import type { Label } from "../../mail/label.ts";
import type { Draft, DraftHeld } from "../../mail/draft.ts";
import { hrefOfConversation, hrefOfDraft } from "../../mail/route.ts";
import { snippetOf } from "../../mail/snippet.ts";
import { NONE, readEntries } from "../../store/entries.ts";
import { readMeta } from "../../store/meta.ts";
import type { PersonRow } from "../../store/rows.ts";
import type { ReadTx } from "../../store/schema.ts";
import type { AccountContext } from "../context.ts";
import { readLabels } from "../labels.ts";
import { briefNameOf, nameOf, readPeople } from "../people.ts";
import { folderNames, tagViews } from "./labels.ts";
import { marksOf } from "./marks.ts";

const MAX_PEOPLE = 3;
const STORES = ["meta", "entries", "conversations", "people", "labels"] as const;

export async function readWindow(context: AccountContext, args: WindowArgs): Promise<WindowView> {
  if (args.mailbox === "drafts") return draftWindow(context, args);
  const { mailbox } = args;
  return context.store.read(STORES, async (tx) => {
    // Here and not before: whoever heard of a change may ask before the marks have heard of it.
    const marks = marksOf(context);
    const [{ ids, mark }, totals, gaps] = await Promise.all([
      readEntries(tx, mailbox, args.offset, args.limit, marks.get(mailbox)),
      readMeta(tx, "totals"),
      readGaps(tx),
    ]);
    if (mark !== undefined) marks.set(mailbox, mark);
    const found = await Promise.all(ids.map((id) => tx.objectStore("conversations").get(id)));
    const conversations = found.filter((c) => c !== undefined);
    const isLabelled = conversations.some((c) => c.tags !== undefined || c.folders !== undefined);
    const [people, labels] = await Promise.all([
      readPeople(
        tx,
        conversations.flatMap((c) => c.people.slice(0, MAX_PEOPLE).map((p) => p.jid)),
      ),
      isLabelled ? readLabels(tx) : [],
    ]);
    const rows = conversations.map((c) => rowOf(c, people, labels));
    const counts = totals?.[mailbox] ?? NONE;
    const shown =
      mailbox === "inbox" || mailbox === "all" ? withGaps(rows, gaps, args, counts.total) : rows;
    return {
      mailbox,
      offset: args.offset,
      rows: shown,
      total: counts.total + (shown.length - rows.length),
      unread: counts.unread,
    };
  });
}

function rowOf(c: Conversation, people: Map<string, PersonRow>, labels: readonly Label[]): RowView {
  const writers =
    c.people.length === 0 && c.person !== undefined ? [{ jid: c.person, at: c.at }] : c.people;
  return {
    id: `c${c.id}`,
    kind: "conversation",
    href: hrefOfConversation(c),
    people: writers
      .slice(0, MAX_PEOPLE)
      .map(({ jid, nick }) => ({ jid, name: briefNameOf(people.get(jid), jid, nick) })),
    morePeople: Math.max(0, writers.length - MAX_PEOPLE),
    mine: c.sent > 0,
    subject: shownLine(c.subject),
    snippet: shownLine(c.snippet),
    at: c.at,
    count: Math.max(1, c.count - (c.versions ?? 0)),
    unread: c.unread > 0,
    attachments: c.attachments,
    answeredInChat: c.kind === "mail" && c.mails < c.count,
    ...saidOf(c, labels),
    ...(c.failed > 0
      ? { delivery: "failed" as const }
      : c.waiting > 0
        ? { delivery: "waiting" as const }
        : {}),
  };
}

/** What a person said of it: absent where there is nothing, so that rows stay small. */
function saidOf(c: Conversation, labels: readonly Label[]): Partial<RowView> {
  const tags = c.tags === undefined ? [] : tagViews(labels, Object.keys(c.tags));
  const folders = c.folders === undefined ? [] : folderNames(labels, Object.keys(c.folders));
  const asleep = sleepsUntil(c);
  const woke = wokeAt(c);
  return {
    ...(c.starred === undefined ? {} : { starred: true }),
    ...(tags.length === 0 ? {} : { tags }),
    ...(folders.length === 0 ? {} : { folders }),
    ...(asleep === undefined ? {} : { snoozedUntil: asleep }),
    ...(woke === undefined ? {} : { wokeAt: woke }),
    ...(c.muted === undefined ? {} : { muted: true }),
  };
}

/** Gaps are shown once nobody is busy closing them. */
async function readGaps(tx: ReadTx): Promise<ArchiveGap[]> {
  const [ranges, sync, connection] = await Promise.all([
    readMeta(tx, "ranges"),
    readMeta(tx, "sync"),
    readMeta(tx, "connection"),
  ]);
  const closing = sync?.state !== "paused" && connection?.state === "connected";
  return gapsOf(ranges ?? []).filter((gap) => gap.end !== undefined || !closing);
}

/** Puts each gap where it belongs in time, if that is within this window. */
function withGaps(
  rows: RowView[],
  gaps: readonly ArchiveGap[],
  { offset }: WindowArgs,
  total: number,
): RowView[] {
  const all = [...rows];
  const isLast = offset + rows.length >= total;
  for (const gap of gaps) {
    const index = all.findIndex((row) => row.at < gap.to);
    if (index > 0 || (index === 0 && offset === 0)) all.splice(index, 0, gapRow(gap));
    else if (index < 0 && isLast) all.push(gapRow(gap));
  }
  return all;
}

function gapRow({ id, from, to, end }: ArchiveGap): RowView {
  return {
    id: `g${id}`,
    kind: "gap",
    href: "",
    people: [],
    morePeople: 0,
    mine: false,
    subject: "",
    snippet: "",
    at: to,
    count: 0,
    unread: false,
    attachments: 0,
    answeredInChat: false,
    gap: { to, isGone: end === "gone", ...(from === undefined ? {} : { from }) },
  };
}

async function draftWindow(
  context: AccountContext,
  { offset, limit }: WindowArgs,
): Promise<WindowView> {
  return context.store.read(["drafts", "people", "meta"], async (tx) => {
    const [drafts, marks] = await Promise.all([
      tx.objectStore("drafts").getAll(),
      readMeta(tx, "draftMarks"),
    ]);
    drafts.sort((a, b) => b.updatedAt - a.updatedAt);
    const shown = drafts.slice(offset, offset + limit);
    const people = await readPeople(
      tx,
      shown.flatMap((d) => d.to.map((r) => r.jid)),
    );
    return {
      mailbox: "drafts",
      offset,
      rows: shown.map((d) => draftRow(d, people, marks?.[d.id]?.held)),
      total: drafts.length,
      unread: 0,
    };
  });
}

function draftRow(
  draft: Draft,
  people: Map<string, PersonRow>,
  held: DraftHeld | undefined,
): RowView {
  const to = [...draft.to, ...draft.cc, ...draft.bcc];
  return {
    id: `d${draft.id}`,
    kind: "draft",
    href: hrefOfDraft(draft.id),
    people: to
      .slice(0, MAX_PEOPLE)
      .map(({ jid, name }) => ({ jid, name: nameOf(people.get(jid), jid, name) })),
    morePeople: Math.max(0, to.length - MAX_PEOPLE),
    mine: true,
    subject: shownLine(draft.subject),
    snippet: shownLine(snippetOf(draft.body, [])),
    at: draft.updatedAt,
    count: 1,
    unread: false,
    attachments: 0,
    answeredInChat: false,
    ...(held === undefined ? {} : { held }),
  };
}
