/**
 * localStorage and sessionStorage, where they may be full, forbidden or missing (a browser that blocks site data throws
 * at the mere mention). What cannot be kept is not, and the caller is told.
 */
type Area = "localStorage" | "sessionStorage";

export function readKept(area: Area, name: string): string | undefined {
  return attempt(area, (storage) => storage.getItem(name)) ?? undefined;
}

/** Whether it was kept. */
export function keep(area: Area, name: string, value: string): boolean {
  return (
    attempt(area, (storage) => {
      storage.setItem(name, value);
      return true;
    }) ?? false
  );
}

export function keptNames(area: Area): string[] {
  return attempt(area, (storage) => Object.keys(storage)) ?? [];
}

export function dropKept(area: Area, isDropped: (name: string) => boolean): void {
  attempt(area, (storage) => {
    for (const name of Object.keys(storage)) if (isDropped(name)) storage.removeItem(name);
  });
}

function attempt<T>(area: Area, act: (storage: Storage) => T): T | undefined {
  try {
    return act(globalThis[area]);
  } catch {
    return undefined;
  }
}
