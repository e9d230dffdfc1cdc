/**
 * What is known of a message of mine, never more: DESIGN.md section 2, "Words for what happened to my message".
 * waiting: in the outbox only. sending: written to a stream, no word yet. sent: my server has it (XEP-0198
 * acknowledgement, or its copy in my archive or on another device). delivered: a receipt came (XEP-0184).
 */
export type DeliveryState = "waiting" | "sending" | "sent" | "delivered" | "failed";

const RANK: Record<DeliveryState, number> = {
  failed: 0,
  waiting: 1,
  sending: 2,
  sent: 3,
  delivered: 4,
};

/** One word for a message to several people: the least that is true of all of them. */
export function leastDelivered(states: readonly DeliveryState[]): DeliveryState | undefined {
  let least: DeliveryState | undefined;
  for (const state of states) {
    if (least === undefined || RANK[state] < RANK[least]) least = state;
  }
  return least;
}
