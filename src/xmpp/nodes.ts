/** Nodes of the own account that this client reads and is told of: their names stand in caps with "+notify" (XEP-0163 section 4). */

/** What a person says of messages, tags, settings: account-state/. */
export const NODE_STATE = "urn:envoi:state:0";
/** Drafts, one item each. */
export const NODE_DRAFTS = "urn:envoi:drafts:0";
/** How far a chat was read, XEP-0490; chat apps write it too. */
export const NODE_DISPLAYED = "urn:xmpp:mds:displayed:0";

export const WATCHED_NODES = [NODE_STATE, NODE_DRAFTS, NODE_DISPLAYED];
