/** A private node as servers keep one, and everything that goes wrong with it; by the simulation's clock. */
import type { AccountStateEvent } from "../../../src/engine/account-state/carry.ts";
import type { StateCarrier } from "../../../src/xmpp/account-state/carrier.ts";
import type { CarriedItem } from "../../../src/xmpp/account-state/item.ts";
import { ConnectionError } from "../../../src/xmpp/connection-error.ts";
import type { NodeRefusal } from "../../../src/xmpp/pep.ts";
import { StanzaError } from "../../../src/xmpp/stanza-error.ts";
import type { Loop } from "../loop.ts";
import type { Tab } from "../tab.ts";
import type { StateWorld } from "./schedule.ts";

/** As many as the account's owner may have, unless somebody says less (Prosody). */
const MAX_ITEMS = 256;
/** A node that a publish made. */
const MAX_ITEMS_REMADE = 1;
/** Where the devices are to think that there is too much. */
const MAX_ITEMS_TOLD = 3;
/** xmpp/account-state/pep-carrier.ts */
const LEAST_ITEMS = 64;
/** Silence, until the one who asked gives up. */
const SILENCE_MS = 30_000;
const DELAY_MS = 20_000;

export type Line = {
  tab: Tab;
  isUp: boolean;
  /** The last it was told of the node: not to be written to. */
  isRefused: boolean;
  take: (event: AccountStateEvent) => void;
  /** The stream broke. */
  ended: () => void;
  /** Who waits for an answer. */
  waiting: Set<(error: Error) => void>;
  losing?: { count: number; breaks: boolean };
  disturbed?: { how: "lose" | "double" | "delay"; count: number };
};

type Node = { isPrivate: boolean; maxItems: number; items: Map<string, string> };

/** What is watched while it happens. */
export type Watch = {
  published: (tab: Tab, item: CarriedItem) => void;
  /** Items that go, and what stays. */
  retracted: (tab: Tab, gone: CarriedItem[], left: CarriedItem[]) => void;
  complain: (text: string) => void;
  note: (line: string) => void;
};

export class StateServer {
  private readonly loop: Loop;
  private readonly world: StateWorld;
  private readonly watch: Watch;
  private readonly lines = new Set<Line>();
  private node: Node | undefined;
  private maxItems = MAX_ITEMS;
  private refusesPublish = false;
  private refusesPrivacy = false;
  /** Requests so far. */
  asked = 0;
  /** It lost items, or had others do so: what is not there now was perhaps there. */
  isLossy = false;

  constructor(loop: Loop, world: StateWorld, watch: Watch) {
    this.loop = loop;
    this.world = world;
    this.watch = watch;
  }

  get items(): CarriedItem[] {
    return [...(this.node?.items ?? [])].map(([id, payload]) => ({ id, payload }));
  }

  put({ id, payload }: CarriedItem): void {
    this.node ??= { isPrivate: true, maxItems: this.maxItems, items: new Map() };
    this.node.items.set(id, payload);
  }

  connect(tab: Tab, take: Line["take"], ended: () => void): Line {
    const line: Line = { tab, isUp: true, isRefused: true, take, ended, waiting: new Set() };
    this.lines.add(line);
    return line;
  }

  close(line: Line): void {
    line.isUp = false;
    this.lines.delete(line);
    for (const reject of line.waiting) reject(new ConnectionError("lost", "the stream is over"));
    line.waiting.clear();
  }

  private break(line: Line): void {
    if (!line.isUp) return;
    this.close(line);
    line.ended();
  }

  cut(tab: Tab): void {
    for (const line of this.lines) if (line.tab === tab) this.break(line);
  }

  lose(tab: Tab, losing: { count: number; breaks: boolean }): void {
    for (const line of this.lines) if (line.tab === tab) line.losing = { ...losing };
  }

  disturb(tab: Tab, disturbed: NonNullable<Line["disturbed"]>): void {
    for (const line of this.lines) if (line.tab === tab) line.disturbed = { ...disturbed };
  }

  drop(what: "journals" | "rest" | "all", isOne: () => boolean): void {
    this.isLossy = true;
    const { items } = this.node ?? { items: new Map<string, string>() };
    for (const id of items.keys()) {
      const isMeant = what === "all" || id.startsWith("j.") === (what === "journals");
      if (isMeant && isOne()) items.delete(id);
    }
  }

  deleteNode(): void {
    this.isLossy = true;
    this.node = undefined;
    if (this.world.tellsOfRetractions) this.tell({ items: [], retracted: [], isGone: true });
  }

  limit(items: number): void {
    this.maxItems = items;
    if (this.node === undefined) return;
    this.node.maxItems = items;
    this.trim(this.node);
  }

  refuse(isSo: boolean): void {
    this.refusesPublish = isSo;
  }

  openToAll(isMendable: boolean): void {
    this.refusesPrivacy = !isMendable;
    if (this.node !== undefined) this.node.isPrivate = false;
  }

  closeToOthers(): void {
    this.refusesPrivacy = false;
    if (this.node !== undefined) this.node.isPrivate = true;
  }

  heal(): void {
    this.refuse(false);
    this.closeToOthers();
    this.limit(MAX_ITEMS);
    for (const line of this.lines) {
      delete line.losing;
      delete line.disturbed;
    }
  }

  /** As xmpp/account-state/open-state-carrier.ts, without private XML. */
  async open(line: Line): Promise<StateCarrier | NodeRefusal> {
    const opened = await this.ask(line, "open", () => this.openNode(line));
    line.isRefused = "refused" in opened;
    return opened;
  }

  private openNode(line: Line): StateCarrier | NodeRefusal {
    const known = this.node;
    if (this.maxItems < LEAST_ITEMS)
      return { refused: "no-pep", detail: `it keeps ${this.maxItems} items` };
    if (known?.isPrivate === false && this.refusesPrivacy)
      return { refused: "not-private", detail: "access model open" };
    const node = { isPrivate: true, maxItems: this.maxItems, items: known?.items ?? new Map() };
    this.node = node;
    // Whoever was there while it was open would stay: deleted, made anew, with the same items.
    if (known?.isPrivate === false && this.world.tellsOfRetractions)
      this.tell({ items: [], retracted: [], isGone: true });
    return this.carrierOf(line, node.maxItems);
  }

  private carrierOf(line: Line, keeps: number): StateCarrier {
    // Told of less, devices forget what may be forgotten.
    const maxItems = this.world.archiveFrom === undefined ? keeps : MAX_ITEMS_TOLD;
    return {
      kind: "pep",
      maxItems,
      list: () =>
        this.ask(line, "list", () => {
          const node = this.existing();
          if (!node.isPrivate || node.maxItems < LEAST_ITEMS) throw error("conflict");
          return [...node.items.keys()];
        }),
      glance: () => this.ask(line, "glance", () => [...this.existing().items.keys()]),
      fetch: (ids) =>
        this.ask(line, `fetch ${ids.join(" ")}`, () => {
          const { items } = this.existing();
          return ids.flatMap((id) => {
            const payload = items.get(id);
            return payload === undefined ? [] : [{ id, payload }];
          });
        }),
      publish: (item) => {
        if (line.isRefused) this.watch.complain(`${line.tab.name} publishes where it must not`);
        return this.ask(line, `publish ${item.id}`, () => this.publish(line, item));
      },
      retract: (ids) => this.ask(line, `retract ${ids.join(" ")}`, () => this.retract(line, ids)),
    };
  }

  private existing(): Node {
    if (this.node === undefined) throw error("item-not-found");
    return this.node;
  }

  private publish({ tab }: Line, item: CarriedItem): void {
    if (this.refusesPublish) throw error("resource-constraint", "wait");
    if (this.node === undefined && this.world.remakesOnPublish)
      this.node = { isPrivate: true, maxItems: MAX_ITEMS_REMADE, items: new Map() };
    const node = this.existing();
    if (!node.isPrivate) throw error("conflict");
    node.items.delete(item.id);
    node.items.set(item.id, item.payload);
    this.watch.published(tab, item);
    this.trim(node);
    this.tell({ items: [item], retracted: [], isGone: false });
  }

  private trim({ items, maxItems }: Node): void {
    for (const [oldest] of items) {
      if (items.size <= maxItems) return;
      this.isLossy = true;
      items.delete(oldest);
    }
  }

  private retract({ tab }: Line, ids: readonly string[]): void {
    const { items } = this.existing();
    const gone = this.items.filter(({ id }) => ids.includes(id));
    for (const { id } of gone) items.delete(id);
    this.watch.retracted(tab, gone, this.items);
    if (this.world.tellsOfRetractions && gone.length > 0)
      this.tell({ items: [], retracted: gone.map(({ id }) => id), isGone: false });
  }

  private tell(event: AccountStateEvent): void {
    for (const line of this.lines) {
      const { how, count = 0 } = line.disturbed ?? {};
      if (line.disturbed !== undefined && count > 0) line.disturbed.count--;
      const isDisturbed = count > 0;
      if (isDisturbed && how === "lose") continue;
      const late = isDisturbed && how === "delay" ? DELAY_MS : 0;
      this.deliver(line, event, this.world.latencyMs + late);
      if (isDisturbed && how === "double")
        this.deliver(line, event, this.world.latencyMs + DELAY_MS);
    }
  }

  private deliver(line: Line, event: AccountStateEvent, ms: number): void {
    this.loop.after(ms, () => {
      if (line.isUp) line.tab.run(() => line.take(event));
    });
  }

  private ask<T>(line: Line, what: string, work: () => T): Promise<T> {
    this.asked++;
    return new Promise((resolve, reject) => {
      if (!line.isUp) return reject(new ConnectionError("lost", "the stream is over"));
      const fail = (reason: Error): void => {
        line.waiting.delete(fail);
        line.tab.run(() => reject(reason));
      };
      line.waiting.add(fail);
      this.loop.after(this.world.latencyMs, () => {
        if (!line.isUp) return;
        const outcome = attempt(work);
        this.watch.note(`${line.tab.name} ${what}: ${outcome.ok ? "ok" : String(outcome.reason)}`);
        if (this.losesAnswer(line, fail)) return;
        this.loop.after(this.world.latencyMs, () => {
          if (!line.waiting.delete(fail)) return;
          line.tab.run(() => (outcome.ok ? resolve(outcome.value) : reject(outcome.reason)));
        });
      });
    });
  }

  private losesAnswer(line: Line, fail: (reason: Error) => void): boolean {
    if (line.losing === undefined || line.losing.count === 0) return false;
    line.losing.count--;
    if (line.losing.breaks) this.break(line);
    else
      this.loop.after(SILENCE_MS, () => {
        if (line.waiting.has(fail)) fail(new ConnectionError("timeout", "no answer"));
      });
    return true;
  }
}

function attempt<T>(work: () => T): { ok: true; value: T } | { ok: false; reason: Error } {
  try {
    return { ok: true, value: work() };
  } catch (reason) {
    return { ok: false, reason: reason as Error };
  }
}

function error(condition: string, type: "cancel" | "wait" = "cancel"): StanzaError {
  return new StanzaError({ type, condition });
}
