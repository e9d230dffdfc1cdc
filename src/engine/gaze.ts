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
