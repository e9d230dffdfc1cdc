/** A small mailbox with everything in it that a database can hold: what the stored copies are made of. */
import { saveDraft } from "../../src/engine/commands/drafts.ts";
import { send } from "../../src/engine/commands/send.ts";
import { triage } from "../../src/engine/commands/triage.ts";
import type { AccountContext } from "../../src/engine/context.ts";
import { ingest } from "../../src/engine/ingest.ts";
import { putLabel } from "../../src/engine/put-label.ts";
import { takeRoster } from "../../src/engine/live.ts";
import { putClock, readClock } from "../../src/engine/states.ts";
import { WORKING_STORES } from "../../src/engine/working-set.ts";
import type { Jid } from "../../src/mail/address.ts";
import type { Stamp } from "../../src/mail/clock.ts";
import type { Draft } from "../../src/mail/draft.ts";
import type { Label } from "../../src/mail/label.ts";
import { type Arrival, arrivalOf } from "../../src/mail/message.ts";
import type { Received } from "../../src/mail/received.ts";
import { putMeta } from "../../src/store/meta.ts";

const DAY = 24 * 3600 * 1000;
const START = Date.UTC(2026, 9, 1, 8);
const nadia = "nadia@harbour.example" as Jid;
const jun = "jun@lantern.example" as Jid;

type Spec = Partial<Received> & { day: number; archived?: boolean };

function arrival(me: Jid, index: number, { day, archived = true, ...more }: Spec): Arrival {
  const received: Received = {
    from: nadia,
    fromResource: "",
    to: me,
    toResource: "",
    type: "normal",
    id: `mail-of-october-${index}`,
    stanzaIds: [],
    references: [],
    headers: {},
    fallbacks: [],
    addresses: [],
    attachments: [],
    receiptWanted: false,
    ...more,
  };
  const made = arrivalOf(received, {
    me,
    at: START + day * DAY,
    unread: day > 20,
    ...(archived ? { archiveId: `archive-${index}` } : {}),
  });
  if (made === undefined) throw new Error("no message");
  return made;
}

const SPECS = (me: Jid): Spec[] => [
  { day: 0, subject: "Harbour survey", body: "Who is free on Friday?", thread: { id: "survey" } },
  {
    day: 1,
    from: me,
    to: nadia,
    subject: "Harbour survey",
    body: "I am.",
    thread: { id: "survey" },
    reply: { id: "mail-of-october-0", to: me },
  },
  { day: 1.1, type: "chat", body: "great, 7:30 at the gate" },
  { day: 3, from: jun, type: "chat", body: "ok, see you at the ferry" },
  { day: 4, from: me, to: jun, type: "chat", body: "👍" },
  { day: 5, from: jun, type: "headline", subject: "Ferry", body: "Cancelled.", archived: false },
  {
    day: 22,
    subject: "Zeichnungen für Ljubljana 🚢",
    body: "Siehe Anhang.\n> quoted\n> twice\n",
    nick: "Nadia Rossi",
    content: { type: "text/html", text: `<p>Siehe Anhang.</p>${"<br>".repeat(1200)}` },
    source: { xml: "<message/>", isWhole: true },
    attachments: [
      {
        name: "wall.txt",
        mediaType: "text/plain",
        size: 5,
        hashes: {},
        sources: ["data:text/plain;base64,aGVsbG8="],
      },
    ],
    addresses: [
      { type: "to", jid: me, delivered: true },
      { type: "cc", jid: jun, desc: "Jun Park", delivered: true },
    ],
  },
];

/** Fills a fresh account as the app itself would. */
export async function liveIn(trial: AccountContext): Promise<void> {
  const context = { ...trial, now: () => START + 23 * DAY };
  const { me, store } = context;
  const arrivals = SPECS(me).map((spec, index) => arrival(me, index, spec));
  await store.write([...WORKING_STORES, "rejects", "avatars"], async (tx) => {
    await ingest(tx, me, arrivals);
    putMeta(tx, "firstSignInAt", START);
    putMeta(tx, "ranges", [
      {
        oldestId: "archive-0",
        oldestAt: START,
        newestId: "archive-6",
        newestAt: START + 22 * DAY,
        bottom: true,
      },
    ]);
    putMeta(tx, "fetched", { messages: 6, mail: 3 });
    putMeta(tx, "sync", { state: "up-to-date", done: 6, mail: 3 });
    putMeta(tx, "connection", { state: "offline" });
    putMeta(tx, "noArchive", false);
    putMeta(tx, "storagePersisted", false);
    putMeta(tx, "dismissed", ["storage-not-persistent"]);
    void tx.objectStore("rejects").add({ at: START, why: "1 in an archive page" });
    void tx
      .objectStore("avatars")
      .put({ jid: nadia, type: "image/png", bytes: new Uint8Array([137, 80]), checkedAt: START });
  });
  await takeRoster(context, [{ jid: jun, name: "Jun", subscription: "both" }], "v1");
  await saveDraft(context, { draft: draft("draft-1", "Half a thought") });
  await send(context, { draft: draft("draft-2", "On its way") });
  await store.write(["labels", "meta", "registers"], async (tx) => {
    const clock = await readClock(tx, context.now());
    await putLabel(tx, WORK, clock);
    putClock(tx, clock);
  });
  const on = { conversations: ["c1"] };
  await triage(context, { act: { do: "tag", tag: WORK.id, on: true }, on });
  await triage(context, { act: { do: "star" }, on });
}

const NEVER = "" as Stamp;
const WORK: Label = {
  id: "work000000",
  kind: "tag",
  name: ["Work", NEVER],
  hue: [145, NEVER],
  inside: [null, NEVER],
  order: [1, NEVER],
};

function draft(id: string, subject: string): Draft {
  return {
    id,
    kind: "new",
    to: [{ jid: nadia, name: "Nadia Rossi" }],
    cc: [],
    bcc: [{ jid: jun }],
    pending: { to: "", cc: "", bcc: "" },
    subject,
    body: "It began with",
    quote: "",
    updatedAt: START,
  };
}
