/** What happens outside and matters to the connection, told to whoever keeps it. */

/**
 * person: "Try now". credential: a new way to sign in. online, offline: the browser's word about its network, which
 * may be wrong. visible: somebody looks again. slept: the computer or the tab did.
 */
export type Wake = "person" | "credential" | "online" | "offline" | "visible" | "slept";

export interface Wakes {
  tell(why: Wake): void;
  on(listener: (why: Wake) => void): () => void;
}

export function createWakes(): Wakes {
  const listeners = new Set<(why: Wake) => void>();
  return {
    tell(why) {
      for (const listener of listeners) listener(why);
    },
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
