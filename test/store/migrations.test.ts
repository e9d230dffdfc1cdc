/** Every schema that ever lay on somebody's machine is opened by the app of today, and loses nothing. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openDB } from "idb";
import { describe, expect, test } from "vitest";
import { accountOn } from "../engine/store-on-trial.ts";
import { countOnlyHere } from "../../src/engine/commands/only-here.ts";
import { readConversation } from "../../src/engine/queries/conversation.ts";
import { readFormatted } from "../../src/engine/queries/formatted.ts";
import { readMailboxes } from "../../src/engine/queries/mailboxes.ts";
import { readWindow } from "../../src/engine/queries/window.ts";
import { MAILBOXES } from "../../src/mail/place.ts";
import { openStore } from "../../src/store/database.ts";
import { StorageError } from "../../src/store/storage-error.ts";
import { databaseName } from "../../src/store/keys.ts";
import { type EnvoiSchema, MIGRATIONS, type UpgradeTx } from "../../src/store/schema.ts";
import { answer, copyDatabase, restoreDatabase, schemaOf, type StoredCopy } from "./stored-copy.ts";

const VERSIONS = MIGRATIONS.map((_migrate, index) => index + 1);
const quiet = { onLost: () => undefined, onBlocked: () => undefined };

function storedCopy(version: number): StoredCopy {
  const path = join(import.meta.dirname, `fixtures/version-${version}.json`);
  return JSON.parse(readFileSync(path, "utf8")) as StoredCopy;
}

describe.each(VERSIONS)("version %i", (version) => {
  test("its stored copy is what its migrations still make: no migration was edited", async () => {
    const db = await openDB<EnvoiSchema>(crypto.randomUUID(), version, {
      upgrade(database, _old, _new, tx) {
        for (const migrate of MIGRATIONS.slice(0, version))
          migrate(database, tx as unknown as UpgradeTx);
      },
    });
    const copy = storedCopy(version);
    expect(copy.version).toBe(version);
    expect(schemaOf(db as unknown as IDBDatabase)).toEqual(copy.schema);
    db.close();
  });

  test("opens in the app of today: schema, counters, every list, every message", async () => {
    const name = `old-${version}-${crypto.randomUUID()}`;
    const copy = storedCopy(version);
    await restoreDatabase(databaseName(name), copy);
    const store = await openStore(name, quiet);
    expect(store.isNew).toBe(false);
    const context = accountOn(store);
    const raw = await answer(indexedDB.open(databaseName(name)));
    const now = await copyDatabase(raw);
    raw.close();
    expect(now.version).toBe(MIGRATIONS.length);
    expect(now.schema).toEqual(storedCopy(MIGRATIONS.length).schema);
    for (const [kept, rows] of Object.entries(copy.rows)) {
      const keys = now.rows[kept]?.map(([key]) => key);
      // Version 7 keeps what is said of messages under other keys.
      if (kept === "state" && version < 7) expect(keys).toHaveLength(rows.length);
      else expect(keys).toEqual(rows.map(([key]) => key));
    }

    expect(await readMailboxes(context)).toEqual({
      ...Object.fromEntries(MAILBOXES.map((box) => [box, { total: 0, unread: 0 }])),
      labels: version < 6 ? {} : { "tag:work000000": { total: 1, unread: 0 } },
      starred: { total: version < 6 ? 0 : 1, unread: 0 },
      inbox: { total: 3, unread: 1 },
      sent: { total: 2, unread: 0 },
      outbox: { total: 1, unread: 0 },
      drafts: { total: 1, unread: 0 },
      all: { total: 4, unread: 1 },
      chats: { total: 1, unread: 0 },
    });
    const inbox = await readWindow(context, { mailbox: "inbox", offset: 0, limit: 50 });
    expect(inbox.rows.map((row) => [row.subject, row.count])).toEqual([
      ["Zeichnungen für Ljubljana 🚢", 1],
      ["Ferry", 1],
      ["Harbour survey", 3],
    ]);
    const opened = await readConversation(context, { thread: "survey", limit: 100 });
    expect(opened.state === "found" && opened.messages.map((m) => m.body)).toEqual([
      "Who is free on Friday?",
      "I am.",
      "great, 7:30 at the gate",
    ]);
    // HTML that stands in a row of its own; versions before had none.
    expect((await readFormatted(context, { key: 7 }))?.html.length).toBe(
      version < 5 ? undefined : 4820,
    );
    // The one headline the archive never had.
    expect((await countOnlyHere(context)).messages).toBe(1);
    store.close();
  });
});

test("a database of a newer app is left alone, and that is what the error says", async () => {
  const name = `newer-${crypto.randomUUID()}`;
  const copy = storedCopy(MIGRATIONS.length);
  await restoreDatabase(databaseName(name), { ...copy, version: MIGRATIONS.length + 1 });
  const failure = await openStore(name, quiet).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(StorageError);
  expect(failure).toMatchObject({ problem: "newer" });
  const db = await answer(indexedDB.open(databaseName(name)));
  expect((await copyDatabase(db)).rows).toEqual(copy.rows);
  db.close();
});
