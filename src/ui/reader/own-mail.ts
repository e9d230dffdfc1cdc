/** What can still be done with mail of mine that went out. */
import type { MessageView } from "../../api/contract.ts";

/** It is with somebody, and nothing is under way for it. */
export function canRetract({ direction, kind, id, retracted, ...message }: MessageView): boolean {
  if (direction !== "out" || kind !== "mail" || id === undefined || retracted !== undefined)
    return false;
  const { recipients = [] } = message;
  const isUnderWay = recipients.some((r) => r.state === "waiting" || r.state === "sending");
  const isWithSomebody = recipients.length === 0 || recipients.some((r) => r.state !== "failed");
  return isWithSomebody && !isUnderWay;
}

/** A correction takes the place of the whole message (XEP-0308): only where ours can say all that it said. */
export function canCorrect(message: MessageView): boolean {
  return canRetract(message) && !message.hasHtml && message.attachments.length === 0;
}
