/** What the lock holder is given to work with. */
import type { AccountRow, Registry } from "../store/registry.ts";
import type { Credential } from "../xmpp/credential.ts";
import type { Config } from "./config.ts";
import type { AccountContext } from "./context.ts";
import type { Gaze } from "./gaze.ts";
import type { HandOver } from "./hand-over.ts";
import type { Tenure } from "./holder.ts";
import type { Wakes } from "./wakes.ts";

export type EngineOptions = {
  context: AccountContext;
  registry: Registry;
  /** As the registry has it. */
  account: () => AccountRow;
  /** The latest; another tab may have renewed it. */
  credential: () => Promise<Credential | undefined>;
  /** The server takes it no more, said often enough; nothing else is tried by itself. */
  onRefused: () => Promise<void>;
  config: Config;
  /** The stream on which the person signed in, in this tab. */
  handOver?: HandOver;
  wakes: Wakes;
  gaze: Gaze;
  tenure: Tenure;
  /** The page of this tab has what it shows first. */
  firstAnswer: Promise<void>;
  /** A part of the app could not be loaded, and will not be by this worker. */
  onPartMissing: () => void;
  /** While the browser's storage is full: resolves when there is room again. */
  room: () => Promise<void> | undefined;
};
