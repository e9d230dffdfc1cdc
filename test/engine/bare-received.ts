import type { Received } from "../../src/mail/received.ts";

/** What a plain message lacks. */
export const BARE = {
  stanzaIds: [],
  references: [],
  headers: {},
  fallbacks: [],
  addresses: [],
  attachments: [],
  receiptWanted: false,
} satisfies Partial<Received>;
