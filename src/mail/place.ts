/** Where a conversation is listed: mailboxes, tags and folders, by the names their addresses have. */

/** In the order they are shown; DESIGN.md section 5. */
export const MAILBOXES = [
  "inbox",
  "starred",
  "snoozed",
  "sent",
  "outbox",
  "drafts",
  "archive",
  "all",
  "chats",
  "spam",
  "trash",
] as const;
export type Mailbox = (typeof MAILBOXES)[number];

/** A mailbox, "tag:ID" or "folder:ID". */
export type Place = Mailbox | `tag:${string}` | `folder:${string}`;

/** Places made of conversations. */
export type ListPlace = Exclude<Place, "drafts">;

/**
 * Where a message lies: "inbox", "archive", "spam", "trash", or the id of a folder of the person's own. "gone": deleted
 * for good.
 */
export type FolderId = string;

/** Not of the person's own: there without a label. */
export function isBuiltIn(folder: FolderId): boolean {
  return placeOfFolder(folder) !== `folder:${folder}`;
}

/** Mail a person threw out: nowhere but there. */
export function isJunk(folder: unknown): folder is "spam" | "trash" {
  return folder === "spam" || folder === "trash";
}

/** The place of a folder's mail, undefined for what is listed nowhere. */
export function placeOfFolder(folder: FolderId): ListPlace | undefined {
  switch (folder) {
    case "inbox":
    case "archive":
    case "spam":
    case "trash":
      return folder;
    case "gone":
      return undefined;
    default:
      return `folder:${folder}`;
  }
}

/** Tag or folder of a place; undefined for a mailbox. */
export function labelOfPlace(place: Place): { kind: "tag" | "folder"; id: string } | undefined {
  const [, kind, id] = /^(tag|folder):(.+)$/s.exec(place) ?? [];
  return kind === undefined || id === undefined
    ? undefined
    : { kind: kind === "tag" ? "tag" : "folder", id };
}
