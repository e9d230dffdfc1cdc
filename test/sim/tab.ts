/** A device, and the tabs on it that run the real engine. */
import { AsyncLocalStorage } from "node:async_hooks";
import { IDBFactory } from "fake-indexeddb";
import type { OpenAccount } from "../../src/engine/account.ts";
import type { Stance } from "../../src/engine/holder.ts";
import { goodNetwork, type InProcessSocket, type Network } from "../hostile/in-process.ts";
import { ChannelHub } from "./channel.ts";
import type { DatabaseTransaction } from "./database.ts";
import { LockManagerOfDevice } from "./locks.ts";
import type { Loop } from "./loop.ts";
import { type Random, randomFrom } from "./random.ts";

/** Whose code is running; nobody's for the server and the simulation itself. */
const running = new AsyncLocalStorage<Tab | undefined>();

export function currentTab(): Tab | undefined {
  return running.getStore();
}

export class Device {
  readonly name: string;
  /** Bare address of whose it is. */
  readonly jid: string;
  readonly network: Network = goodNetwork();
  readonly locks: LockManagerOfDevice;
  readonly channels: ChannelHub;
  readonly databases = new IDBFactory();
  readonly loop: Loop;
  /** How far its clock is from the true time. ms */
  clockOffset = 0;
  /** Open ones first opened first. */
  tabs: Tab[] = [];
  private opened = 0;

  constructor(loop: Loop, name: string, jid: string) {
    this.loop = loop;
    this.name = name;
    this.jid = jid;
    this.locks = new LockManagerOfDevice(loop);
    this.channels = new ChannelHub(loop);
  }

  newTab(seed: string): Tab {
    const tab = new Tab(this, `${this.name}.${++this.opened}`, seed);
    this.tabs.push(tab);
    return tab;
  }
}

export class Tab {
  readonly device: Device;
  readonly name: string;
  readonly random: Random;
  webSocket: typeof WebSocket | undefined;
  readonly sockets = new Set<InProcessSocket>();
  readonly transactions = new Set<DatabaseTransaction>();
  /** The process is gone: nothing it does has an effect any more. */
  isDead = false;
  /** The process stands still: what it would do now it does when it thaws. */
  isFrozen = false;
  stance: Stance = "visible";
  account: OpenAccount | undefined;
  private readonly waiting: (() => unknown)[] = [];

  constructor(device: Device, name: string, seed: string) {
    this.device = device;
    this.name = name;
    this.random = randomFrom(`${seed}/${name}`);
  }

  /** Runs code as this tab's; later while it is frozen, never once it is dead. */
  run<T>(code: () => T): T | undefined {
    if (this.isDead) return undefined;
    if (!this.isFrozen) return running.run(this, code);
    this.waiting.push(code);
    return undefined;
  }

  thaw(): void {
    if (!this.isFrozen) return;
    this.isFrozen = false;
    for (const code of this.waiting.splice(0)) this.device.loop.task(() => this.run(code));
  }

  /**
   * The process ends in the middle of whatever it does. A transaction that was committing may still make it; the
   * tab never hears. Its sockets fall silent, which the server does not notice.
   */
  crash(commitsSurvive: boolean): void {
    this.isDead = true;
    for (const socket of this.sockets) socket.vanish();
    for (const transaction of this.transactions) {
      if (!commitsSurvive || !transaction.isCommitting()) transaction.undo();
    }
    this.device.tabs = this.device.tabs.filter((tab) => tab !== this);
    this.device.channels.forget(this);
    this.device.locks.forget(this);
  }
}

/** Leaves the tab whose code calls. */
export function outside<T>(code: () => T): T {
  return running.run(undefined, code);
}
