/** Every key encoding of the database, in one place. */

/** Sorted by newest first: the time is stored negated. */
export function entryKey(
  mailbox: string,
  at: number,
  conversation: number,
): [string, number, number] {
  return [mailbox, -at, -conversation];
}

/** All entries of a mailbox. */
export function mailboxRange(mailbox: string): IDBKeyRange {
  return IDBKeyRange.bound([mailbox], [mailbox, []]);
}

/** Entries of a mailbox older than one, nearest first. */
export function olderRange(mailbox: string, at: number, conversation: number): IDBKeyRange {
  return IDBKeyRange.bound(entryKey(mailbox, at, conversation), [mailbox, []], true);
}

/** Entries of a mailbox newer than one; walk it backwards for the nearest. */
export function newerRange(mailbox: string, at: number, conversation: number): IDBKeyRange {
  return IDBKeyRange.bound([mailbox], entryKey(mailbox, at, conversation), false, true);
}

/** One event between a person and me. */
export function timelineKey(person: string, at: number, key: number): [string, number, number] {
  return [person, at, key];
}

/** Bytes of one attachment of a message. */
export function partKey(message: number, index: number): [number, number] {
  return [message, index];
}

/** All of a message's bytes. */
export function partsRange(message: number): IDBKeyRange {
  return IDBKeyRange.bound([message], [message, []]);
}

/** Messages of a conversation, oldest first; with `last` of all from one to the other. */
export function conversationRange(conversation: number, last = conversation): IDBKeyRange {
  return IDBKeyRange.bound([conversation], [last, []]);
}

/** Messages that carry a thread id, mail and chats alike. */
export function threadRange(thread: string): IDBKeyRange {
  return IDBKeyRange.bound([thread], [thread, []]);
}

/** Name of an account's database. */
export function databaseName(jid: string): string {
  return `envoi:${jid}`;
}
