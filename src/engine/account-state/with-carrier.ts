/** What carries the state, and what it is carried by: loaded when the mail is here. */
export { openStateCarrier } from "../../xmpp/account-state/open-state-carrier.ts";
export { createAccountState } from "./carry.ts";
