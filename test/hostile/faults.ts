/** Everything the server can be made to do wrong without a script. All of it may be changed while it runs. */
import type { StoredMessage } from "./archive.ts";
import { noPepFaults, type PepFaults } from "./pep.ts";

/** What may go unanswered. `sm`: no `<a/>`; `fin`: archive results without the end. */
export type Mute = "iq" | "mam" | "fin" | "sm" | "ping" | "pep" | "sasl" | "bind" | "everything";

export type Faults = {
  /** Each frame takes this long, each way. ms */
  latencyMs: number;
  /** How much goes through each way; undefined for as fast as it can. */
  bytesPerSecond: number | undefined;
  mute: Set<Mute>;
  /** What an `<a/>` says instead of the true count. */
  ackOf: ((h: number) => string | number) | undefined;
  refuseResume: boolean;
  refuseConnections: boolean;
  /** RFC 6120 section 6.5: "account-disabled", "credentials-expired", "temporary-auth-failure", ... */
  saslFailure: string | undefined;
  /** RFC 6120 section 4.9.3, said to every `<open/>`: "host-unknown", "policy-violation", ... */
  streamError: string | undefined;
  mam: MamFaults;
  pep: PepFaults;
};

export type MamFaults = {
  /** A page is never longer. */
  pageCap: number;
  /** RSM's first and last stand the wrong way round after flip-page. */
  swapsFlippedEnds: boolean;
  /** What an unknown id gets: the error of section 4.3.1, a silent start from the oldest, or an empty page. */
  unknownId: "item-not-found" | "oldest" | "empty";
  /** Every result comes this often. */
  copies: number;
  /** These are never told of. */
  hides: ((message: StoredMessage) => boolean) | undefined;
  /** What `complete` says, whatever is true. */
  complete: "true" | "never" | "always";
  /** Pages are empty, and not complete either. */
  emptyPages: boolean;
  /** What RSM's count says; undefined for none. */
  count: ((count: number) => number | undefined) | undefined;
  /** Results carry whole seconds only, as Prosody's do. */
  wholeSeconds: boolean;
};

export function noFaults(): Faults {
  return {
    latencyMs: 0,
    bytesPerSecond: undefined,
    mute: new Set(),
    ackOf: undefined,
    refuseResume: false,
    refuseConnections: false,
    saslFailure: undefined,
    streamError: undefined,
    mam: {
      pageCap: 50,
      swapsFlippedEnds: false,
      unknownId: "item-not-found",
      copies: 1,
      hides: undefined,
      complete: "true",
      emptyPages: false,
      count: undefined,
      wholeSeconds: false,
    },
    pep: noPepFaults(),
  };
}
