/** Bounces of sessions that lingered after their device was gone. */
import type { StanzaProblem } from "../mail/received.ts";

/**
 * Such a session answers for a copy that other devices and the archive got
 * (PROTOCOL.md section 3, rule 5). Prosody says recipient-unavailable, ejabberd service-unavailable with these words.
 */
export function isOfGhost({ condition, text }: Pick<StanzaProblem, "condition" | "text">): boolean {
  return (
    condition === "recipient-unavailable" ||
    (condition === "service-unavailable" && text === "User session terminated")
  );
}
