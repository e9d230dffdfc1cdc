/** What is fetched from an archive on its way into the database. */
import { expect, test, vi } from "vitest";
import { createArchiveWriter } from "../../src/engine/archive-writer.ts";
import { StorageError } from "../../src/store/storage-error.ts";
import type { ArchivePage } from "../../src/xmpp/mam.ts";
import { accountOnTrial } from "./store-on-trial.ts";

const PAGE: ArchivePage = {
  items: [],
  marks: [{ archiveId: "one", at: 1 }],
  unreadable: [],
  complete: true,
  ended: true,
  length: 100,
};

test("who waits until all is written hears that the database failed", async () => {
  const account = await accountOnTrial();
  const writer = createArchiveWriter(account);
  await writer.load();
  vi.spyOn(account.store, "write").mockRejectedValue(new StorageError("failed", "the disk"));
  writer.put(PAGE);
  await expect(writer.drained()).rejects.toThrow("the disk");
  account.store.close();
});
