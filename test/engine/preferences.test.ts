import { expect, test } from "vitest";
import { setPreference } from "../../src/engine/commands/preferences.ts";
import { triage } from "../../src/engine/commands/triage.ts";
import type { AccountContext } from "../../src/engine/context.ts";
import { ingest } from "../../src/engine/ingest.ts";
import { readWindow } from "../../src/engine/queries/window.ts";
import { repair } from "../../src/engine/repair.ts";
import { WORKING_STORES } from "../../src/engine/working-set.ts";
import type { Jid } from "../../src/mail/address.ts";
import { arrivalOf } from "../../src/mail/message.ts";
import type { Received } from "../../src/mail/received.ts";
import { readPreferences } from "../../src/engine/queries/preferences.ts";
import { FIRST_PREFERENCES, preferencesOf } from "../../src/mail/preferences.ts";
import { readMeta } from "../../src/store/meta.ts";
import { accountOnTrial, me } from "./store-on-trial.ts";

test("each is kept by itself, with its time, and told", async () => {
  const context = await accountOnTrial();
  expect(await readPreferences(context)).toEqual(FIRST_PREFERENCES);
  await setPreference(context, { name: "afterArchiving", value: "older" });
  await setPreference(context, { name: "spelling", value: false });
  expect(await readPreferences(context)).toEqual({
    ...FIRST_PREFERENCES,
    afterArchiving: "older",
    spelling: false,
  });
  expect(context.touched).toEqual(["preferences", "preferences"]);
  const row = await context.store.read(["meta"], (tx) => readMeta(tx, "preferences"));
  expect(row?.afterArchiving?.at).toBeLessThan(row?.spelling?.at ?? 0);
});

test("a value that there is not is refused, and one that was kept is passed over", async () => {
  const context = await accountOnTrial();
  await expect(setPreference(context, { name: "afterArchiving", value: true })).rejects.toThrow(
    "no preference",
  );
  expect(preferencesOf({ spelling: { value: "yes" as never, at: 1 } })).toEqual(FIRST_PREFERENCES);
});

test("keys of one's own are lists of short texts by action", async () => {
  const context = await accountOnTrial();
  for (const value of [["e"], { archive: "e" }, { archive: [1] }, { archive: ["e".repeat(41)] }])
    await expect(
      setPreference(context, { name: "ownKeys", value: value as never }),
    ).rejects.toThrow("no preference");
  await setPreference(context, { name: "ownKeys", value: { archive: ["y"], mute: [] } });
  expect((await readPreferences(context)).ownKeys).toEqual({ archive: ["y"], mute: [] });
});

function message(from: string, kind: "chat" | "normal", text: string): Received {
  return {
    from: from as Jid,
    fromResource: "",
    to: me,
    toResource: "",
    type: kind,
    id: crypto.randomUUID(),
    stanzaIds: [],
    subject: kind === "chat" ? "" : text,
    body: text,
    thread: { id: text },
    references: [],
    headers: {},
    fallbacks: [],
    addresses: [],
    attachments: [],
    receiptWanted: false,
  };
}

async function takes(context: AccountContext, received: Received, at: number): Promise<void> {
  const arrival = arrivalOf(received, { me, at, unread: true });
  if (arrival === undefined) throw new Error("no message");
  await context.store.write(WORKING_STORES, (tx) => ingest(tx, me, [arrival]));
}

async function listed(context: AccountContext, mailbox: "inbox" | "all" | "chats") {
  const view = await readWindow(context, { mailbox, offset: 0, limit: 20 });
  expect(view.total).toBe(view.rows.length);
  expect(view.unread).toBe(view.rows.filter((row) => row.unread).length);
  return view.rows.map((row) => row.snippet);
}

test("chats stand among the mail as long as that is wanted, those that come later too", async () => {
  const context = await accountOnTrial();
  await takes(context, message("ann@x.example", "chat", "Chat one"), 10);
  await takes(context, message("ben@x.example", "normal", "Mail"), 20);
  expect(await listed(context, "inbox")).toEqual(["Mail"]);
  await setPreference(context, { name: "chatsAsMail", value: true });
  expect(context.touched).toContain("mail");
  expect(await listed(context, "inbox")).toEqual(["Mail", "Chat one"]);
  await takes(context, message("cat@x.example", "chat", "Chat two"), 30);
  await takes(context, message("ann@x.example", "chat", "Chat three"), 40);
  const all = ["Chat three", "Chat two", "Mail"];
  expect(await listed(context, "inbox")).toEqual(all);
  expect(await listed(context, "all")).toEqual(all);
  expect(await listed(context, "chats")).toEqual(["Chat three", "Chat two"]);
  // Read: its row is folded anew.
  await triage(context, { act: { do: "read" }, on: { conversations: ["c1"] } });
  await repair(context);
  expect(await listed(context, "inbox")).toEqual(all);
  await setPreference(context, { name: "chatsAsMail", value: false });
  expect(await listed(context, "inbox")).toEqual(["Mail"]);
  expect(await listed(context, "all")).toEqual(["Mail"]);
  expect(await listed(context, "chats")).toEqual(["Chat three", "Chat two"]);
});
