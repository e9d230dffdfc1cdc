/** Who is killed at which message: the seed decides. */
export type Kill = {
  victim: "tab" | "server" | "socket";
  delayMs: number;
  /** The sender's server, or the recipient's. */
  isSenders: boolean;
  /** A server is killed while it takes the message, or the message is sent while it is gone. */
  isSentFirst: boolean;
};

export function planOf(messages: number, kills: number, random: () => number): Map<number, Kill> {
  const plan = new Map<number, Kill>();
  while (plan.size < Math.min(kills, messages)) {
    plan.set(Math.floor(random() * messages), {
      victim: (["tab", "server", "socket"] as const)[Math.floor(random() * 3)] ?? "tab",
      delayMs: Math.floor(random() * 500),
      isSenders: random() < 0.5,
      isSentFirst: random() < 0.5,
    });
  }
  return plan;
}

/** Lets several press, or one kill a server. */
export class Gate {
  private pressing = 0;
  private open: Promise<void> = Promise.resolve();

  async press(work: () => Promise<void>): Promise<void> {
    for (let awaited; awaited !== this.open;) {
      awaited = this.open;
      await awaited;
    }
    this.pressing++;
    try {
      await work();
    } finally {
      this.pressing--;
    }
  }

  async alone(work: () => Promise<void>): Promise<void> {
    const before = this.open;
    let done: () => void = () => undefined;
    this.open = new Promise((resolve) => (done = resolve));
    try {
      await before;
      while (this.pressing > 0) await new Promise((resolve) => setTimeout(resolve, 10));
      await work();
    } finally {
      done();
    }
  }
}
