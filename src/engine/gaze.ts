import type { Session } from "../xmpp/session.ts";

/** Whether somebody looks at this tab. */
export interface Gaze {
  readonly isOn: boolean;
  turn(isOn: boolean): void;
  on(listener: (isOn: boolean) => void): () => void;
}

export function createGaze(isOn: boolean): Gaze {
  const listeners = new Set<(isOn: boolean) => void>();
  let now = isOn;
  return {
    get isOn() {
      return now;
    },
    turn(next) {
      if (next === now) return;
      now = next;
      for (const listener of listeners) listener(now);
    },
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/**
 * A server spares a page that nobody looks at. It takes a new stream for looked at (XEP-0352 section 5), and should a
 * resumed one: Prosody's mod_csi_simple goes on with what it was told last, and five seconds later writes nothing more,
 * no answer either. So a resumed stream is told in any case.
 */
export function tellGaze(session: Session, gaze: Gaze): () => void {
  const tell = (isOn: boolean): void => {
    try {
      session.setActive(isOn);
    } catch {
      // The stream just ended; the next one is told.
    }
  };
  if (session.resumed || !gaze.isOn) tell(gaze.isOn);
  return gaze.on(tell);
}
