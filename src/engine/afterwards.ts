/** What the lock holder needs once the newest mail is here: sending, what becomes of what was sent, pictures. */
export { createAvatars } from "./avatars.ts";
export { createBlocking, takeBlockChange } from "./blocking.ts";
export { takeBounce } from "./bounces.ts";
export { takeReceipt } from "./delivery.ts";
export { createDisplayedSync, takeDisplayedEvent } from "./displayed.ts";
export { createDraftSync, maySendTwice, takeDraftEvent } from "./draft-sync.ts";
export { createLookUps } from "./look-up.ts";
export { createOutbox } from "./outbox.ts";
export { watchRetention } from "./retention.ts";
