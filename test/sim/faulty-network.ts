/** The network of one device, and what goes wrong in it frame by frame. */
import type { InProcessSocket } from "../hostile/in-process.ts";
import type { Step } from "./schedule.ts";
import type { Device } from "./tab.ts";

type NetworkStep = Extract<Step, { do: "lose" | "drop" | "double" | "swap" }>;

export interface FaultyNetwork {
  take(step: NetworkStep): void;
  /** Everything works again; what is lost stays lost. */
  mend(): void;
}

/**
 * Frames of a stream get lost from some point on, not one by one: TCP sees to that. What is dropped singly, doubled or
 * swapped here is therefore only what a proxy or server that does so could still be forgiven: nothing that counts for
 * XEP-0198 on its way up, or both sides would count differently and neither could know.
 */
export function createFaultyNetwork(device: Device, note: (text: string) => void): FaultyNetwork {
  const { network } = device;
  const lost = { up: new WeakSet<InProcessSocket>(), down: new WeakSet<InProcessSocket>() };
  const drops = { up: 0, down: 0 };
  let doubles = 0;
  let swaps = false;
  const heldBack = new WeakMap<InProcessSocket, string>();

  function carry(
    direction: "up" | "down",
    text: string,
    socket: InProcessSocket,
  ): readonly string[] {
    if (lost[direction].has(socket)) return [];
    if (drops[direction] > 0 && (direction === "down" || isUncounted(text))) {
      drops[direction] -= 1;
      return [];
    }
    if (direction === "up") return [text];
    if (doubles > 0) {
      doubles -= 1;
      return [text, text];
    }
    return swap(text, socket);
  }

  function swap(text: string, socket: InProcessSocket): readonly string[] {
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

  network.carry = (direction, text, socket) => {
    const frames = carry(direction, text, socket);
    if (frames.length !== 1) note(`${device.name} ${direction}: ${frames.length} times ${text}`);
    return frames;
  };

  return {
    take(step) {
      if (step.do === "lose") {
        for (const tab of device.tabs) tab.sockets.forEach((s) => lost[step.direction].add(s));
      }
      if (step.do === "drop") drops[step.direction] += step.count;
      if (step.do === "double") doubles += step.count;
      if (step.do === "swap") swaps = true;
    },
    mend() {
      network.isUp = true;
      Object.assign(drops, { up: 0, down: 0 });
      doubles = 0;
      swaps = false;
    },
  };
}

function isUncounted(text: string): boolean {
  return text.startsWith("<a ") || text.startsWith("<r ");
}
