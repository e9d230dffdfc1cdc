/** Web Locks of one device: `request` with mode, signal and steal, `query`. */
import type { Loop } from "./loop.ts";
import type { Tab } from "./tab.ts";

type Mode = "exclusive" | "shared";

type Wish = {
  tab: Tab;
  name: string;
  mode: Mode;
  grant: () => void;
  /** The lock is taken away, or the wish withdrawn. */
  fail: (error: unknown) => void;
};

export class LockManagerOfDevice {
  private readonly loop: Loop;
  private held: Wish[] = [];
  private waiting: Wish[] = [];

  constructor(loop: Loop) {
    this.loop = loop;
  }

  request<T>(
    tab: Tab,
    name: string,
    options: LockOptions,
    use: (lock: Lock | null) => T | Promise<T>,
  ): Promise<T> {
    if (tab.isDead) return new Promise(() => undefined);
    const mode: Mode = options.mode ?? "exclusive";
    return new Promise<T>((resolve, reject) => {
      const wish: Wish = {
        tab,
        name,
        mode,
        fail: reject,
        grant: () => {
          this.loop.task(() =>
            tab.run(() => {
              Promise.resolve(use({ name, mode }))
                .then(resolve, reject)
                .finally(() => this.release(wish));
            }),
          );
        },
      };
      if (options.signal?.aborted === true) return reject(options.signal.reason);
      options.signal?.addEventListener("abort", () => {
        if (!this.waiting.includes(wish)) return;
        this.waiting = this.waiting.filter((other) => other !== wish);
        reject(options.signal?.reason);
        this.look();
      });
      if (options.steal === true) {
        this.rob(name);
        this.held.push(wish);
        return wish.grant();
      }
      if (options.ifAvailable === true && !this.isFree(name, mode))
        return void Promise.resolve(use(null)).then(resolve, reject);
      this.waiting.push(wish);
      this.look();
    });
  }

  query(): LockManagerSnapshot {
    const info = ({ name, mode, tab }: Wish): LockInfo => ({ name, mode, clientId: tab.name });
    return { held: this.held.map(info), pending: this.waiting.map(info) };
  }

  /** A tab that is gone holds nothing and waits for nothing. */
  forget(tab: Tab): void {
    this.held = this.held.filter((wish) => wish.tab !== tab);
    this.waiting = this.waiting.filter((wish) => wish.tab !== tab);
    this.look();
  }

  private rob(name: string): void {
    const robbed = this.held.filter((wish) => wish.name === name);
    this.held = this.held.filter((wish) => wish.name !== name);
    for (const { fail, tab } of robbed)
      tab.run(() => fail(new DOMException("The lock was stolen", "AbortError")));
  }

  private release(wish: Wish): void {
    this.held = this.held.filter((other) => other !== wish);
    this.look();
  }

  private isFree(name: string, mode: Mode): boolean {
    const others = this.held.filter((wish) => wish.name === name);
    return others.length === 0 || (mode === "shared" && others.every((w) => w.mode === "shared"));
  }

  private look(): void {
    const blocked = new Set<string>();
    for (const wish of this.waiting.slice()) {
      if (blocked.has(wish.name) || !this.isFree(wish.name, wish.mode)) {
        blocked.add(wish.name);
        continue;
      }
      this.waiting = this.waiting.filter((other) => other !== wish);
      this.held.push(wish);
      wish.grant();
    }
  }
}
