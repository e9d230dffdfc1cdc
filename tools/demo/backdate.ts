/**
 * Gives archived messages the time they were written, in Prosody's own database while the server is stopped: table
 * prosodyarchive, one row per copy, column "when" in seconds. An archive is read in the order of sort_id, so that is
 * made the order of time as well; the ids that clients see ("key") stay.
 */
import { DatabaseSync } from "node:sqlite";
import type { WrittenAt } from "./seed.ts";

/** Returns how many rows got their time. */
export function backdate(databaseFile: string, written: WrittenAt): number {
  const db = new DatabaseSync(databaseFile);
  try {
    db.exec("BEGIN");
    const rows = archivedRows(db).map(({ sortId, when, value }) => {
      const id = /<message[^>]*\sid=['"]([^'"]+)['"]/.exec(value)?.[1];
      const at = id === undefined ? undefined : written.get(id);
      return { sortId, isKnown: at !== undefined, when: at === undefined ? when : at / 1000 };
    });
    const sortIds = rows.map((row) => row.sortId);
    const inTime = rows.toSorted((a, b) => a.when - b.when || a.sortId - b.sortId);
    // Out of the way first: sort_id is the primary key.
    db.exec("UPDATE prosodyarchive SET sort_id = -sort_id WHERE store = 'archive'");
    const update = db.prepare(
      'UPDATE prosodyarchive SET sort_id = ?, "when" = ? WHERE sort_id = ?',
    );
    for (const [index, { sortId, when }] of inTime.entries())
      update.run(sortIds[index] ?? sortId, Math.round(when), -sortId);
    // What waited for people who were away is in their archives as well.
    db.exec("DELETE FROM prosodyarchive WHERE store = 'offline'");
    db.exec("COMMIT");
    return rows.filter((row) => row.isKnown).length;
  } finally {
    db.close();
  }
}

function archivedRows(db: DatabaseSync): { sortId: number; when: number; value: string }[] {
  return db
    .prepare(
      `SELECT sort_id, "when", value FROM prosodyarchive WHERE store = 'archive' ORDER BY sort_id`,
    )
    .all()
    .map((row) => ({
      sortId: Number(row["sort_id"]),
      when: Number(row["when"]),
      value: String(row["value"]),
    }));
}
