/** A mailbox as people have them: to look at, and to test on. */
import type {
  AttachmentView,
  BlockedView,
  ConversationView,
  DevicesView,
  DraftParted,
  LookUpView,
  LabelView,
  MailboxesView,
  MessageView,
  NoticeView,
  OtherConversation,
  PersonConversation,
  Person,
  RowView,
  SenderView,
  SessionView,
  SourceView,
  StatusView,
  TriageArgs,
  TriageProgress,
  TroubleView,
  UndoView,
  WindowView,
} from "../../src/api/contract.ts";
import type { Jid } from "../../src/mail/address.ts";
import type { Draft } from "../../src/mail/draft.ts";
import { FIRST_PREFERENCES, type Preferences } from "../../src/mail/preferences.ts";
import { placeOfFolder } from "../../src/mail/place.ts";
import { nameOfAct } from "../../src/mail/undo.ts";
import { patchOf } from "../../src/ui/triage/patch.ts";
import { createFakeApi, type FakeApi, type FakeCommands, type FakeViews } from "./fake-api.ts";

export const me = "alice@example.org" as Jid;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const now = Date.now();
const jid = (text: string): Jid => text as Jid;
const person = (name: string, address: string): Person => ({ name, jid: jid(address) });

export const nadia = person("Nadia Rossi", "nadia@harbour.example");
const tom = person("Tom Whitfield", "tom@harbour.example");
export const jun = person("Jun Park", "jun@lantern.example");
const mum = person("Mum", "ruth@family.example");
export const liat = person("ליאת כהן", "liat@music.example");
const violet = person("Violet Okafor", "violet@quarry.example");
const board = person("Board list", "board@lists.harbour.example");
const sam = person("Sam", "sam@ridge.example");
const invoices = person("invoices@orchard.example", "invoices@orchard.example");
export const kenji = person("田中健二", "kenji@studio.example");
export const alice = person("Alice Marsh", me);

let lastRow = 0;
function row(part: Partial<RowView> & { at: number }): RowView {
  const id = `c${++lastRow}`;
  return {
    id,
    kind: "conversation",
    href: `#/t/${id}`,
    people: [],
    morePeople: 0,
    mine: false,
    subject: "",
    snippet: "",
    count: 1,
    unread: false,
    attachments: 0,
    answeredInChat: false,
    ...part,
  };
}

function inboxRows(): RowView[] {
  lastRow = 0;
  const rows = [
    row({
      at: now - 8 * MINUTE,
      people: [nadia, tom],
      mine: true,
      subject: "Harbour survey: who can come on Friday?",
      snippet: "The boat leaves at seven. If the wind stays under 20 knots we can finish both",
      count: 7,
      unread: true,
      attachments: 2,
    }),
    row({
      at: now - 95 * MINUTE,
      people: [invoices],
      subject: "Invoice 2291",
      snippet: "Attached is the invoice for October. Payment within fourteen days, please.",
      unread: true,
      attachments: 1,
    }),
    row({
      at: now - DAY,
      people: [jun],
      mine: true,
      subject: "Lantern prototypes",
      snippet: "I measured the second one at dusk: 4.2 lux at three metres, so the paper holds",
      count: 3,
      answeredInChat: true,
    }),
    row({
      at: now - 2 * DAY,
      people: [mum],
      subject: "Sunday",
      snippet: "Lunch at one? Bring the small table if you can fit it in the car.",
    }),
    row({
      at: now - 2 * DAY - 3 * HOUR,
      people: [liat],
      subject: "שיעור פסנתר ביום שלישי",
      snippet: "אפשר להזיז את השיעור לארבע? יש לי ישיבה בבית הספר",
      unread: true,
    }),
    row({
      at: now - 3 * DAY,
      people: [violet],
      subject: "Granite samples, second attempt",
      snippet: "The courier swears they left on Monday. Tracking number below.",
      attachments: 3,
      count: 2,
    }),
    row({
      at: now - 12 * DAY,
      people: [board],
      subject: "Minutes of the October meeting",
      snippet: "Approved with two corrections; the slipway vote moves to December.",
    }),
    row({ at: now - 14 * DAY, people: [sam], snippet: "photo from the ridge" }),
    row({
      at: now - 20 * DAY,
      people: [kenji],
      subject: "来月の展示について",
      snippet: "会場の図面を送ります。ご確認ください。",
      attachments: 1,
    }),
    row({
      at: now - 26 * DAY,
      people: [tom, nadia, violet],
      morePeople: 4,
      mine: true,
      subject:
        "A subject that simply will not end, because somebody pasted the whole first paragraph of the message into it and pressed Send",
      snippet: "See above.",
      count: 20,
    }),
  ];
  const writers = [nadia, jun, mum, violet, board, sam, tom];
  const subjects = ["Keys for the shed", "Train times", "Re-wiring the mast light", "Photos", ""];
  for (let i = 0; i < 140; i++) {
    const writer = writers[i % writers.length] ?? nadia;
    rows.push(
      row({
        at: now - (30 + i * 3) * DAY,
        people: [writer],
        subject: subjects[i % subjects.length] ?? "",
        snippet: "Short and to the point, as agreed. Let me know what you think.",
        count: (i % 4) + 1,
        attachments: i % 6 === 0 ? 1 : 0,
      }),
    );
  }
  return rows;
}

export const rowsOf: Record<string, () => RowView[]> = {
  inbox: inboxRows,
  all: inboxRows,
  sent: () => [
    row({
      at: now - HOUR,
      people: [jun],
      mine: true,
      subject: "Lantern prototypes",
      snippet: "Send me the drawing when it is dry.",
    }),
    row({
      at: now - 2 * DAY,
      people: [nadia, tom],
      mine: true,
      subject: "Lead line",
      snippet: "I have the long one.",
      delivery: "failed",
    }),
  ],
  outbox: () => [
    row({
      at: now - 3 * MINUTE,
      people: [nadia],
      mine: true,
      subject: "Friday",
      snippet: "Count me in. I can take two people from the station.",
      delivery: "waiting",
    }),
    row({
      at: now - 9 * MINUTE,
      people: [mum],
      mine: true,
      subject: "Sunday",
      snippet: "Yes to one o'clock.",
      delivery: "sending",
    }),
    row({
      at: now - DAY,
      people: [person("old@gone.example", "old@gone.example")],
      mine: true,
      subject: "Are you still there?",
      snippet: "It has been a while.",
      delivery: "failed",
    }),
  ],
  drafts: () => [
    row({
      at: now - 20 * MINUTE,
      kind: "draft",
      href: "#/drafts?open=d1",
      people: [violet],
      mine: true,
      subject: "Granite samples",
      snippet: "The blue one is",
    }),
    row({
      at: now - 4 * DAY,
      kind: "draft",
      href: "#/drafts?open=d2",
      people: [],
      mine: true,
      subject: "",
      snippet: "Dear all,",
    }),
  ],
  starred: () => [],
  snoozed: () => [],
  archive: () => [],
  spam: () => [],
  trash: () => [],
  chats: () => [
    row({
      at: now - 30 * MINUTE,
      people: [jun],
      mine: true,
      snippet: "ok, see you at the ferry",
      count: 120,
    }),
    row({ at: now - 5 * DAY, people: [sam], snippet: "👍", count: 14, unread: true }),
  ],
};

const files: AttachmentView[] = [
  {
    name: "north-wall-2026-10-drawing-revision-c.pdf",
    mediaType: "application/pdf",
    size: 482_113,
    where: "inline",
    hashes: {},
  },
  {
    name: "tide table.csv",
    mediaType: "text/csv",
    size: 2_310,
    where: "link",
    url: "https://files.harbour.example/t.csv",
    hashes: {},
  },
];

let lastKey = 0;
export function message(part: Partial<MessageView> & { at: number; from: Person }): MessageView {
  const key = ++lastKey;
  return {
    key,
    id: `m${key}`,
    kind: "mail",
    direction: part.from.jid === me ? "out" : "in",
    to: [alice, tom],
    cc: [],
    bcc: [],
    bccToMe: false,
    isStranger: false,
    format: "styled",
    hasHtml: false,
    subject: "Harbour survey: who can come on Friday?",
    body: "",
    quote: "",
    snippet: part.body?.split("\n")[0] ?? "",
    unread: false,
    starred: false,
    attachments: [],
    ...part,
  };
}

export function harbour(): Extract<ConversationView, { state: "found" }> {
  lastKey = 0;
  const messages = [
    message({
      at: now - 4 * DAY,
      from: nadia,
      body: "Who is free on Friday? We need four people for the north wall.",
    }),
    message({ at: now - 4 * DAY + HOUR, from: tom, body: "I am, all day." }),
    message({
      at: now - 3 * DAY,
      from: alice,
      to: [nadia, tom],
      body: "Morning only, I think. I will know on Wednesday.",
      delivery: "delivered",
    }),
    message({
      at: now - 3 * DAY + HOUR,
      from: nadia,
      body: "Morning is when the light is good anyway.",
    }),
    message({
      at: now - 2 * DAY,
      from: tom,
      body: "Forecast says 12 to 18 knots: https://weather.example/harbour/friday",
    }),
    message({
      at: now - DAY,
      from: alice,
      to: [nadia, tom],
      body: "All day works after all.",
      delivery: "sent",
    }),
    message({
      at: now - 8 * MINUTE,
      from: nadia,
      cc: [violet],
      unread: true,
      lang: "en",
      body: "The boat leaves at seven. If the wind stays under 20 knots we can finish both the north wall and the slipway before lunch, and nobody has to come back on Saturday.\n\nTom has the drawings (https://harbour.example/drawings?rev=c); I will bring the lead line and coffee. Tell me by tonight if you need a lift from the station.\n\nNadia",
      quote:
        "On 2026-11-22 14:05, Alice Marsh <alice@example.org> wrote:\n> All day works after all.",
      attachments: files,
    }),
  ];
  return {
    state: "found",
    id: "c1",
    href: "#/t/c1",
    subject: "Harbour survey: who can come on Friday?",
    kind: "mail",
    unread: true,
    starred: false,
    muted: false,
    tags: [],
    folders: ["inbox"],
    messages,
    older: 0,
  };
}

function oddConversation(part: Partial<MessageView>): ConversationView {
  lastKey = 0;
  const from = person("Olaf", "olaf@elsewhere.example");
  const odd = message({ at: now - MINUTE, from, to: [alice], subject: "Odd", ...part });
  return { ...harbour(), id: "c1", href: "#/t/odd", subject: odd.subject, messages: [odd] };
}

function conversationOf(id: string | undefined): ConversationView {
  if (id === "c1") return harbour();
  if (id === "chat")
    return {
      ...harbour(),
      id: "c3",
      href: "#/t/c3",
      subject: "Lantern prototypes",
      unread: false,
      messages: [
        message({
          at: now - 2 * DAY,
          from: alice,
          to: [jun],
          body: "How bright is the second one?",
          subject: "Lantern prototypes",
          delivery: "delivered",
        }),
        message({
          at: now - DAY,
          from: jun,
          to: [alice],
          kind: "chat",
          body: "4.2 lux at three metres 🎉",
          subject: "",
        }),
        message({
          at: now - HOUR,
          from: alice,
          to: [jun, person("old@gone.example", "old@gone.example")],
          body: "Send me the drawing when it is dry.",
          subject: "Lantern prototypes",
          delivery: "failed",
          recipients: [
            { ...jun, state: "delivered" },
            {
              jid: jid("old@gone.example"),
              name: "old@gone.example",
              state: "failed",
              reason: "remote-server-not-found",
            },
          ],
        }),
        message({
          at: now - 30 * MINUTE,
          from: violet,
          to: [board],
          bccToMe: true,
          replyTo: [board],
          body: "For your information only.",
          subject: "Fwd: Lantern prototypes",
        }),
      ],
    };
  const found = inboxRows().find((r) => r.id === id);
  if (found === undefined) return { state: "missing" };
  return {
    ...harbour(),
    id: found.id,
    href: found.href,
    subject: found.subject,
    unread: found.unread,
    messages: [
      message({
        at: found.at,
        from: found.people[0] ?? nadia,
        to: [alice],
        body: found.snippet,
        subject: found.subject,
        unread: found.unread,
      }),
    ],
  };
}

export const sessions = {
  signedIn: { state: "signed-in", address: me, keep: true },
  signedOut: { state: "signed-out" },
  signingIn: {
    state: "signing-in",
    address: me,
    phase: "authenticating",
    host: "xmpp.hosting.example",
  },
  leftOver: {
    state: "left-over",
    address: me,
    only: { messages: 3, drafts: 1, waiting: 2, changes: 1 },
  },
} as const satisfies Record<string, SessionView>;

export const statuses = {
  upToDate: {
    connection: { state: "connected", host: "xmpp.example.org" },
    sync: { state: "up-to-date", done: 5120, mail: 1204 },
  },
  syncing: {
    connection: { state: "connected", host: "xmpp.example.org" },
    sync: { state: "syncing", done: 1200, total: 5000, mail: 320 },
  },
  onlyChats: {
    connection: { state: "connected", host: "xmpp.example.org" },
    sync: { state: "syncing", done: 12_300, total: 20_000, mail: 0 },
  },
  offline: {
    connection: {
      state: "offline",
      host: "xmpp.example.org",
      retryInMs: 42_000,
      trouble: { kind: "unreachable", detail: "the connection was refused" },
      failures: 3,
    },
    sync: { state: "up-to-date", done: 5120, mail: 1204 },
  },
  again: {
    connection: {
      state: "offline",
      trouble: { kind: "wrong-password", detail: "not-authorized" },
      failures: 1,
    },
    sync: { state: "up-to-date", done: 5120, mail: 1204 },
  },
  noArchive: {
    connection: { state: "connected", host: "xmpp.example.org" },
    sync: { state: "no-archive", done: 0, mail: 12 },
  },
} as const satisfies Record<string, StatusView>;

export function blockedList(): BlockedView {
  return {
    host: "example.org",
    isOffered: true,
    canReport: false,
    entries: [
      { entry: "prizes@lottery.example", state: "blocked" },
      { entry: "spam.example", state: "unblocking" },
      { entry: "loud@elsewhere.example", state: "refused", problem: "not-allowed" },
    ],
  };
}

/** A message of somebody who pretends, whom the server blocks. */
export function pretender(): Partial<World> {
  const bob = jid("bob@bank.example");
  const from = person("bob@bank.example", "bob\\40bank.example@xn--80ak6aa92e.example");
  return {
    odd: {
      from,
      claimedName: from.name,
      isStranger: true,
      stranger: { namesakes: [bob], lookAlikes: [], isOutsider: true },
      subject: "Your account",
      body: "Log in at https://bank.example@evil.example/login to keep your account.",
      replyTo: [person("x", "x@evil.example")],
    },
    sender: {
      canReport: true,
      block: { entry: from.jid, state: "blocked" },
    },
    source: {
      isWhole: false,
      xml: `<message xmlns="jabber:client" from="${from.jid}/x" to="${me}" id="a1"><subject>Your account</subject><body>Log in at https://bank.example@evil.example/login to keep your account.</body><nick xmlns="http://jabber.org/protocol/nick">bob@bank.example</nick></message>`,
    },
  };
}

export type World = {
  session: SessionView;
  troubles: TroubleView[];
  status: StatusView;
  notices: NoticeView[];
  preferences: Preferences;
  rows: Partial<Record<string, RowView[]>>;
  drafts: Map<string, Draft>;
  /** Drafts whose words parted: where the composer's words are by now, and what is told of it. */
  parted: Map<string, { to?: string; left?: DraftParted; beside?: string[] }>;
  /** The one message of "#/t/odd". */
  odd: Partial<MessageView>;
  /** All there is in whatever other conversation is opened, in place of the usual ones. */
  messages: MessageView[];
  sender: Partial<NonNullable<SenderView>>;
  blocked: BlockedView;
  source: SourceView;
  /** What else "#/t/odd" may mean. */
  others: { others?: OtherConversation[] };
  lookUp: LookUpView;
  person: PersonConversation[];
  labels: LabelView[];
  /** Steps that can be taken back, the newest last, and the rows before each. */
  steps: { view: NonNullable<UndoView>; rows: World["rows"] }[];
  progress: TriageProgress;
  devices: Partial<DevicesView>;
};

/** What there is with one person. */
export function conversationsWith(): PersonConversation[] {
  const texts = ["Harbour survey: who can come on Friday?", "Keys for the shed", ""];
  return texts.map((subject, i) => ({
    id: `c${i}`,
    href: "#/t/c1",
    kind: subject === "" ? "chat" : "mail",
    subject,
    snippet: "The tide is low at ten, so we could take the small boat and the long lead line.",
    at: now - i * 9 * DAY,
    unread: i === 0,
  }));
}

/** Tags and folders as people have them. */
export function someLabels(): LabelView[] {
  const label = (
    id: string,
    kind: LabelView["kind"],
    name: string,
    hue: number,
    inside?: string,
  ): LabelView => ({
    id,
    kind,
    name,
    hue,
    depth: inside === undefined ? 0 : 1,
    ...(inside === undefined ? {} : { inside }),
  });
  return [
    label("t1", "tag", "Work", 25),
    label("t2", "tag", "Harbour", 250),
    label("t3", "tag", "Slipway", 195, "t2"),
    label("t4", "tag", "מוזיקה", 295),
    label("f1", "folder", "House", 85),
    label("f2", "folder", "Receipts 🧾", 145, "f1"),
    label("f3", "folder", "Club", 345),
  ];
}

const tag = (id: string) => {
  const { name, hue } = someLabels().find((label) => label.id === id) as LabelView;
  return { id, name, hue };
};

/** An inbox in the middle of being dealt with. */
export function triagedRows(): RowView[] {
  const rows = inboxRows();
  const marks: Partial<RowView>[] = [
    { tags: [tag("t1"), tag("t2"), tag("t3")], starred: true },
    { tags: [tag("t1")] },
    { starred: true },
    { wokeAt: now - HOUR, unread: true },
    { tags: [tag("t4")] },
    { muted: true },
  ];
  marks.forEach((mark, i) => Object.assign(rows[i] ?? {}, mark));
  return rows;
}

export function createWorld(part: Partial<World> = {}): World {
  return {
    session: sessions.signedIn,
    troubles: [],
    status: statuses.upToDate,
    notices: [],
    preferences: FIRST_PREFERENCES,
    rows: {},
    drafts: new Map(),
    parted: new Map(),
    odd: {},
    messages: [],
    sender: {},
    blocked: { host: "example.org", isOffered: true, canReport: false, entries: [] },
    source: null,
    others: {},
    lookUp: { state: "not-found", isSyncing: false },
    person: [],
    labels: [],
    steps: [],
    progress: null,
    devices: {},
    ...part,
  };
}

/** What the worker does with it, as far as lists show it. */
function triaged(world: World, { act, on }: TriageArgs): { count: number; undo?: string } {
  const before = structuredClone(world.rows);
  const taggedBy = act.do === "tag" ? world.labels.find(({ id }) => id === act.tag) : undefined;
  const patch = patchOf(
    { act, on, ...(taggedBy === undefined ? {} : { tag: taggedBy }) },
    Infinity,
  );
  const changed = new Set<string>();
  for (const [mailbox, rows = []] of Object.entries(before)) {
    const view = { mailbox, offset: 0, rows, total: rows.length, unread: 0 } as WindowView;
    const after = new Map(patch(view).rows.map((r) => [r.id, r]));
    world.rows[mailbox] = [...after.values()];
    const gone = rows.filter((r) => after.get(r.id) !== r);
    for (const { id } of gone) changed.add(id);
    const to = act.do === "move" ? placeOfFolder(act.to) : undefined;
    if (to !== undefined) world.rows[to] = [...gone, ...(world.rows[to] ?? [])];
  }
  if (changed.size === 0) return { count: 0 };
  const id = `s${world.steps.length + 1}`;
  const name = nameOfAct(act);
  if (name === undefined) return { count: changed.size };
  world.steps.push({ view: { id, act: name, count: changed.size }, rows: before });
  return { count: changed.size, undo: id };
}

export function draft(id: string, part: Partial<Draft> = {}): Draft {
  return {
    id,
    kind: "new",
    to: [],
    cc: [],
    bcc: [],
    pending: { to: "", cc: "", bcc: "" },
    subject: "",
    body: "",
    quote: "",
    updatedAt: now,
    ...part,
  };
}

const everybody = [nadia, tom, jun, mum, liat, violet, board, sam, invoices, kenji];

/** A whole app's worth of answers. `world` may be changed; `touch()` tells. */
export function createFixtureApi(world: World, more: FakeCommands = {}): FakeApi {
  const rows = (mailbox: string): RowView[] => world.rows[mailbox] ?? rowsOf[mailbox]?.() ?? [];
  const views: FakeViews = {
    session: () => world.session,
    troubles: () => world.troubles,
    sender: () => ({
      host: "example.org",
      isOffered: true,
      canReport: false,
      ...world.sender,
    }),
    blocked: () => world.blocked,
    formatted: () => null,
    source: () => world.source,
    storage: () => ({
      host: "example.org",
      archive: "expires",
      keeps: { ms: 7 * DAY, isAbout: true },
      archiveSince: now - 7 * DAY,
      checkedAt: now - 8 * MINUTE,
      messages: 12_480,
      onlyHere: 1204,
      usedBytes: 48_200_000,
      quotaBytes: 5_370_000_000,
      persisted: false,
      rejected: 0,
    }),
    devices: () => ({
      host: "example.org",
      carrier: "pep",
      savedAt: now - 2 * MINUTE,
      readAt: now - 8 * MINUTE,
      items: 14,
      maxItems: 256,
      bytes: 96_400,
      unreadable: 0,
      pending: 0,
      devices: [
        { id: "abc123", name: "Chrome on Linux", at: now - 2 * MINUTE, isThis: true },
        { id: "def456", name: "Firefox on Android", at: now - 3 * DAY, isThis: false },
      ],
      ...world.devices,
    }),
    server: () => ({
      host: "example.org",
      archive: true,
      carbons: true,
      resumption: true,
      privateState: true,
      blocking: false,
      maxStanzaBytes: 262_144,
    }),
    status: () => world.status,
    notices: () => world.notices,
    labels: () => world.labels,
    undo: () => world.steps.at(-1)?.view ?? null,
    triageProgress: () => world.progress,
    preferences: () => world.preferences,
    news: () => ({ isMine: true, latestAt: 0, items: [] }),
    mailboxes: () => ({
      labels: { "tag:t1": { total: 2, unread: 2 }, "folder:f1": { total: 12, unread: 1 } },
      ...(Object.fromEntries(
        Object.keys(rowsOf).map((name) => [
          name,
          { total: rows(name).length, unread: rows(name).filter((r) => r.unread).length },
        ]),
      ) as Omit<MailboxesView, "labels">),
    }),
    window: ({ mailbox, offset, limit }): WindowView => {
      const all = rows(mailbox);
      return {
        mailbox,
        offset,
        rows: all.slice(offset, offset + limit),
        total: all.length,
        unread: all.filter((r) => r.unread).length,
      };
    },
    conversation: ({ thread, message: id }) =>
      thread === "odd"
        ? { ...oddConversation(world.odd), ...world.others }
        : world.messages.length === 0
          ? conversationOf(thread ?? id)
          : { ...harbour(), id: "one", unread: false, messages: world.messages },
    neighbours: ({ mailbox, id }) => {
      const all = rows(mailbox);
      const at = all.findIndex((r) => r.id === id);
      const [newer, older] = [all[at - 1]?.href, all[at + 1]?.href];
      return {
        ...(newer === undefined ? {} : { newer }),
        ...(older === undefined ? {} : { older }),
      };
    },
    draft: ({ id, editor }) => {
      const { to = id, ...parted } = world.parted.get(id) ?? {};
      const draft = world.drafts.get(to);
      if (draft === undefined) return null;
      return { draft, ...(editor === undefined ? {} : { editor }), ...parted };
    },
    people: ({ text, limit }) =>
      everybody
        .filter((p) => `${p.name} ${p.jid}`.toLowerCase().includes(text.toLowerCase()))
        .slice(0, limit),
    person: ({ jid }) => ({
      name: everybody.find((p) => p.jid === jid)?.name ?? jid,
      conversations: world.person,
      isCut: false,
    }),
    lookUp: () => world.lookUp,
    avatar: () => null,
  };
  let lastDraft = 0;
  const commands: FakeCommands = {
    signIn: () => ({ ok: true, address: me }),
    signInAgain: () => ({ ok: true, address: me }),
    saveNow: () => null,
    countOnlyHere: () => ({ messages: 1204, drafts: 2, waiting: 1, changes: 0 }),
    exportMail: () => ({
      name: "mail.mbox",
      blob: new Blob(["From "]),
      count: 1,
      total: 1,
      next: null,
    }),
    beginDraft: ({ kind, key, to }) => {
      const id = `new-${++lastDraft}`;
      const source = harbour().messages.find((m) => m.key === key);
      if (source === undefined) return draft(id, { kind, to: (to ?? []).map((j) => ({ jid: j })) });
      return draft(id, {
        kind,
        to: kind === "forward" ? [] : [{ jid: source.from.jid, name: source.from.name }],
        cc: kind === "reply-all" ? [{ jid: tom.jid, name: tom.name }] : [],
        subject: source.subject,
        quote: `On 2026-11-23 14:05, ${source.from.name} wrote:\n> ${source.snippet}`,
        source: { key: source.key },
      });
    },
    saveDraft: ({ draft: saved }) => {
      world.drafts.set(saved.id, structuredClone(saved));
      return { savedAt: Date.now(), sent: false, id: saved.id };
    },
    discardDraft: () => ({}),
    send: () => ({ ok: true }),
    triage: (args) => {
      const result = triaged(world, args);
      api.touch();
      return result;
    },
    undo: ({ id }) => {
      const at =
        id === undefined ? world.steps.length - 1 : world.steps.findIndex((s) => s.view.id === id);
      const [step] = world.steps.splice(at, 1);
      if (step === undefined) return null;
      world.rows = step.rows;
      api.touch();
      return step.view;
    },
    saveLabel: ({ id = `n${world.labels.length}`, kind, name, hue, inside }) => {
      const old = world.labels.find((l) => l.id === id);
      const isTaken = world.labels.some((l) => l.kind === kind && l.id !== id && l.name === name);
      if (name?.trim() === "") return { ok: false, problem: "no-name" };
      if (isTaken) return { ok: false, problem: "same-name" };
      const next: LabelView = {
        depth: 0,
        ...(old ?? { id, kind, name: "", hue: 25 }),
        ...(name === undefined ? {} : { name }),
        ...(hue === undefined ? {} : { hue }),
        ...(typeof inside === "string" ? { inside, depth: 1 } : {}),
      };
      world.labels = [...world.labels.filter((l) => l.id !== id), next];
      api.touch();
      return { ok: true, id };
    },
    deleteLabel: ({ id }) => {
      world.labels = world.labels.filter((l) => l.id !== id);
      api.touch();
      return {};
    },
    ...more,
  };
  const api = createFakeApi(views, commands);
  return api;
}
