/** What passed between a person and me, in order: the ground of the rule that a chat may answer a mail. */
import type { Jid } from "../mail/address.ts";
import type { TimelineEvent } from "../mail/grouping.ts";
import { type Message, type NewMessage, participantsOf } from "../mail/message.ts";
import { timelineKey } from "../store/keys.ts";
import { putRow } from "../store/put.ts";
import { isSound } from "../store/sound.ts";
import type { WriteTx } from "../store/schema.ts";

/** The events a message makes; mail of mine makes one per recipient. */
export function eventsOf(message: Message, me: Jid): TimelineEvent[] {
  const { at, key } = message;
  if (message.kind === "mail") {
    if (message.direction === "in") return [];
    return participantsOf(message, me).map((person) => ({ person, at, key, what: "my-mail" }));
  }
  const what = message.direction === "in" ? "their-chat" : "my-chat";
  const person = otherSideOf(message, me);
  return person === undefined ? [] : [{ person, at, key, what }];
}

/** Whom a chat is with. */
export function otherSideOf(message: NewMessage, me: Jid): Jid | undefined {
  return message.direction === "in"
    ? message.from
    : (message.to.find((n) => n.jid !== me)?.jid ?? me);
}

/**
 * The timelines a batch touches. Neighbours are read once per person: what lies within the batch's span and one
 * event on each side.
 */
export class Timelines {
  private readonly tx: WriteTx;
  private readonly events = new Map<Jid, TimelineEvent[]>();

  constructor(tx: WriteTx) {
    this.tx = tx;
  }

  /** There was never a chat with this person: events of the past say nothing. */
  skip(person: Jid): void {
    if (!this.events.has(person)) this.events.set(person, []);
  }

  /** Reads a person's events around a span of time (epoch ms). */
  async load(person: Jid, from: number, to: number): Promise<void> {
    if (this.events.has(person)) return;
    const list: TimelineEvent[] = [];
    this.events.set(person, list);
    const store = this.tx.objectStore("timeline");
    const [before, within, after] = await Promise.all([
      store.openCursor(IDBKeyRange.bound([person], [person, from], false, true), "prev"),
      store.getAll(IDBKeyRange.bound([person, from], [person, to, []])),
      store.openCursor(IDBKeyRange.bound([person, to, []], [person, []], true), "next"),
    ]);
    // A cursor gives damaged rows, too.
    const near = [before?.value, ...within, after?.value];
    for (const event of near)
      if (event !== undefined && isSound("timeline", event)) list.push(event);
  }

  async insert(event: TimelineEvent): Promise<{ previous?: TimelineEvent; next?: TimelineEvent }> {
    await this.load(event.person, event.at, event.at);
    const list = this.events.get(event.person) ?? [];
    let index = list.length;
    while (index > 0 && isAfter(list[index - 1], event)) index--;
    list.splice(index, 0, event);
    putRow(this.tx, "timeline", event, timelineKey(event.person, event.at, event.key));
    const previous = list[index - 1];
    const next = list[index + 1];
    return { ...(previous && { previous }), ...(next && { next }) };
  }

  remove(event: TimelineEvent): void {
    const list = this.events.get(event.person);
    const index = list?.findIndex((e) => e.key === event.key) ?? -1;
    if (index >= 0) list?.splice(index, 1);
    void this.tx.objectStore("timeline").delete(timelineKey(event.person, event.at, event.key));
  }

  /** The event right before a moment. */
  async previous(person: Jid, at: number): Promise<TimelineEvent | undefined> {
    await this.load(person, at, at);
    const list = this.events.get(person) ?? [];
    return list.filter((e) => e.at < at).at(-1);
  }
}

function isAfter(a: TimelineEvent | undefined, b: TimelineEvent): boolean {
  return a !== undefined && (a.at > b.at || (a.at === b.at && a.key > b.key));
}
