/**
 * Waits for room when the browser's storage is full. Nothing is acknowledged meanwhile: the engine stands still, the
 * page says why, and both go on when a write of some size succeeds again.
 */
import type { Store } from "../store/database.ts";
import { StorageError } from "../store/storage-error.ts";
import type { Bus } from "./bus.ts";
import { freeSpace } from "./free-space.ts";
import type { Troubles } from "./troubles.ts";

const PROBE_MS = 3000;
/** Room that was used up again this soon was not worth it: the next wait is longer. ms */
const SHORT_MS = 60_000;
const MAX_WAIT_MS = 60_000;
/** What must fit before the engine tries again: more than any small write, less than most pages. */
const PROBE_BYTES = 256 * 1024;

export interface Room {
  /** Told by the store: a write found no room. */
  noteFull(): void;
  /** Another tab found it full. */
  hearFull(): void;
  /** Resolves when there is room; undefined where there is. */
  waiting(): Promise<void> | undefined;
  stop(): void;
}

export function createRoom(store: Store, bus: Bus, troubles: Troubles, onRoom: () => void): Room {
  let waiting: Promise<void> | undefined;
  let stopped = false;
  let lastRoomAt = -Infinity;
  let waitMs = PROBE_MS;

  async function untilRoom(tell: boolean): Promise<void> {
    // What can be fetched again goes first; where that is enough nobody needs to hear of it.
    const isFreed = tell && (await freeSpace(store).catch(() => false));
    // Pictures stay where they are seen.
    if (isFreed) bus.touch(["status"]);
    if (!(isFreed && (await hasRoom(store)))) {
      troubles.set({ kind: "full" });
      if (tell) bus.call("storage-full");
      waitMs =
        performance.now() - lastRoomAt < SHORT_MS ? Math.min(MAX_WAIT_MS, waitMs * 2) : PROBE_MS;
      do await new Promise((resolve) => setTimeout(resolve, waitMs));
      while (!stopped && !(await hasRoom(store)));
    }
    lastRoomAt = performance.now();
    waiting = undefined;
    if (stopped) return;
    troubles.clear("full");
    onRoom();
  }

  function begin(tell: boolean): void {
    if (stopped || waiting !== undefined) return;
    waiting = untilRoom(tell);
  }

  return {
    noteFull: () => begin(true),
    hearFull: () => begin(false),
    waiting: () => waiting,
    stop() {
      stopped = true;
    },
  };
}

/** Writes something of a size, and takes it out again. Random bytes: the browser compresses what it keeps. */
async function hasRoom(store: Store): Promise<boolean> {
  try {
    const bytes = new Uint8Array(PROBE_BYTES);
    // One call gives 65,536 bytes at the most (Web Cryptography, section 10.1.1).
    for (let at = 0; at < PROBE_BYTES; at += 65_536)
      crypto.getRandomValues(bytes.subarray(at, at + 65_536));
    await store.write(["meta"], async (tx) => void tx.objectStore("meta").put(bytes, "probe"));
    await store.write(["meta"], async (tx) => void tx.objectStore("meta").delete("probe"));
    return true;
  } catch (error) {
    // Anything but a full storage is not for waiting: whoever writes next finds out.
    return !(error instanceof StorageError && error.problem === "full");
  }
}
