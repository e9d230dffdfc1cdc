/**
 * Gives archived messages the time they were written, in Prosody's own database while the server is stopped: table
 * prosodyarchive, column "when" in seconds, one row per copy; its order (sort_id) is right already.
 */
import { DatabaseSync } from "node:sqlite";
import type { WrittenAt } from "./seed.ts";

/** Returns how many rows got their time. */
export function backdate(databaseFile: string, written: WrittenAt): number {
  const db = new DatabaseSync(databaseFile);
  try {
    db.exec("BEGIN");
    const rows = db
      .prepare("SELECT sort_id, value FROM prosodyarchive WHERE store = 'archive'")
      .all();
    const update = db.prepare('UPDATE prosodyarchive SET "when" = ? WHERE sort_id = ?');
    let changed = 0;
    for (const row of rows) {
      const id = /<message[^>]*\sid=['"]([^'"]+)['"]/.exec(String(row["value"]))?.[1];
      const at = id === undefined ? undefined : written.get(id);
      if (at === undefined) continue;
      update.run(Math.round(at / 1000), row["sort_id"] ?? null);
      changed++;
    }
    // What waited for people who were away is in their archives as well.
    db.exec("DELETE FROM prosodyarchive WHERE store = 'offline'");
    db.exec("COMMIT");
    return changed;
  } finally {
    db.close();
  }
}
