/** The queries that no list needs: loaded after it, or when one of them is first asked. */
export { readConversation, readNeighbours } from "./conversation.ts";
export { readDevices } from "./devices.ts";
export { readDraft } from "./draft.ts";
export { readFormatted, readSource } from "./formatted.ts";
export { readNews } from "./news.ts";
export { readLookUp } from "./look-up.ts";
export { readPerson } from "./person.ts";
export { readBlocked, readSender } from "./sender.ts";
export { readServer, readStorage } from "./storage.ts";
export { readTriageProgress, readUndo } from "./undo.ts";
