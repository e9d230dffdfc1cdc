/** The network of one device, and what goes wrong in it frame by frame. */
import type { Step } from "./schedule.ts";

type NetworkStep = Extract<Step, { do: "lose" | "drop" | "double" | "swap" }>;

export interface FaultyNetwork<Socket extends object> {
  take(step: NetworkStep): void;
  /** What comes out at the other end for a frame put in: `[]` loses it, two of it doubles it. */
  carry(direction: "up" | "down", text: string, socket: Socket): readonly string[];
  /** Everything works again; what is lost stays lost. */
  mend(): void;
}

/** Whose network it is. */
export type Owner<Socket> = {
  name: string;
  /** The sockets there are now. */
  open: () => Iterable<Socket>;
  note: (text: string) => void;
};

/**
 * Frames of a stream get lost from some point on, not one by one: TCP sees to that. What is dropped singly, doubled or
 * swapped here is therefore only what a proxy or server that does so could still be forgiven: nothing that counts for
 * XEP-0198 on its way up, or both sides would count differently and neither could know. Of a stream's beginning nothing is
 * doubled: who says something else where the proof of SCRAM belongs is no server to be signed in to.
 */
export function createFaultyNetwork<Socket extends object>({
  name,
  open,
  note,
}: Owner<Socket>): FaultyNetwork<Socket> {
  const lost = { up: new WeakSet<Socket>(), down: new WeakSet<Socket>() };
  const drops = { up: 0, down: 0 };
  let doubles = 0;
  let swaps = false;
  const heldBack = new WeakMap<Socket, string>();

  function pass(direction: "up" | "down", text: string, socket: Socket): readonly string[] {
    if (lost[direction].has(socket)) return [];
    if (drops[direction] > 0 && (direction === "down" || isUncounted(text))) {
      drops[direction] -= 1;
      return [];
    }
    if (direction === "up") return [text];
    if (doubles > 0 && isStanza(text)) {
      doubles -= 1;
      return [text, text];
    }
    return swap(text, socket);
  }

  function swap(text: string, socket: Socket): readonly string[] {
    if (!text.startsWith("<message") || text.includes("<result")) return [text];
    const before = heldBack.get(socket);
    if (before !== undefined) {
      heldBack.delete(socket);
      return [text, before];
    }
    if (!swaps) return [text];
    swaps = false;
    heldBack.set(socket, text);
    return [];
  }

  return {
    carry(direction, text, socket) {
      const frames = pass(direction, text, socket);
      if (frames.length !== 1) note(`${name} ${direction}: ${frames.length} times ${text}`);
      return frames;
    },
    take(step) {
      if (step.do === "lose") {
        for (const socket of open()) lost[step.direction].add(socket);
      }
      if (step.do === "drop") drops[step.direction] += step.count;
      if (step.do === "double") doubles += step.count;
      if (step.do === "swap") swaps = true;
    },
    mend() {
      Object.assign(drops, { up: 0, down: 0 });
      doubles = 0;
      swaps = false;
    },
  };
}

function isStanza(text: string): boolean {
  return /^<(message|iq|presence)\b/.test(text);
}

function isUncounted(text: string): boolean {
  return text.startsWith("<a ") || text.startsWith("<r ");
}
