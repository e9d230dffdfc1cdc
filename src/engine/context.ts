/** What every query, command and engine part of one account is given: explicit, never global. */
import type { Jid } from "../mail/address.ts";
import type { Store } from "../store/database.ts";
import type { Bus } from "./bus.ts";

export type AccountContext = {
  me: Jid;
  store: Store;
  bus: Bus;
  /** Epoch ms. */
  now: () => number;
};
