/**
 * The stream on which a person just signed in, for the engine of the same tab: a stream of its own would cost it all
 * the round trips once more. What the server says before the engine comes waits, unacknowledged. Where another tab has
 * the lock nobody comes, and the stream is closed.
 */
import type { SessionOptions } from "../xmpp/session.ts";
import type { SignedIn } from "./sign-in.ts";

/** The engine of a tab that has the lock is there within a second. ms */
const NOBODY_CAME_MS = 10_000;

export type StreamEnds = Pick<SessionOptions, "onInbound" | "onAcked" | "onAnswer" | "onClosed">;

export interface HandOver {
  /** What the session is opened with. */
  readonly ends: StreamEnds & { resumable: true };
  /** It was opened, and what it brought is noted. */
  offer(signedIn: SignedIn): void;
  /** Connects it to whoever goes on with it; undefined where it is over, or somebody has it. */
  take(ends: StreamEnds): SignedIn | undefined;
  /** Closes it, unless somebody has it. */
  drop(): void;
}

export function createHandOver(): HandOver {
  let offered: SignedIn | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let taker: StreamEnds | undefined;
  const taken = Promise.withResolvers<StreamEnds>();
  taken.promise.catch(() => undefined);

  function drop(): void {
    clearTimeout(timer);
    const session = offered?.session;
    offered = undefined;
    if (taker !== undefined) return;
    // Whatever waits was handled by nobody, and is not to be acknowledged.
    taken.reject(new Error("nobody goes on with this stream"));
    session?.close().catch(() => session.abort());
  }

  return {
    ends: {
      resumable: true,
      onInbound: async (event) => (await taken.promise).onInbound(event),
      onAcked: (ids) => taker?.onAcked?.(ids),
      onAnswer: async (kept) => (await taken.promise).onAnswer?.(kept),
      onClosed(reason) {
        offered = undefined;
        taker?.onClosed(reason);
      },
    },
    offer(signedIn) {
      offered = signedIn;
      timer = setTimeout(drop, NOBODY_CAME_MS);
    },
    take(ends) {
      const found = offered;
      if (found === undefined) return undefined;
      clearTimeout(timer);
      offered = undefined;
      taker = ends;
      taken.resolve(ends);
      return found;
    },
    drop,
  };
}
