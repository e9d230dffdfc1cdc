/** A private node in memory, as a server keeps one: who is connected is told; what fails, fails as told. */
import type { AccountStateEvent } from "../../src/engine/account-state/carry.ts";
import type { StateCarrier } from "../../src/xmpp/account-state/carrier.ts";
import { ConnectionError } from "../../src/xmpp/connection-error.ts";
import { StanzaError } from "../../src/xmpp/stanza-error.ts";
import type { NodeRefusal } from "../../src/xmpp/pep.ts";

export interface Connection {
  open(): StateCarrier | NodeRefusal;
  close(): void;
}

export class MemoryNode {
  private items = new Map<string, string>();
  private readonly listeners = new Map<object, (event: AccountStateEvent) => void>();
  /** Ids in the order they were published. */
  readonly published: string[] = [];
  /** To what is there: how many. */
  requests = 0;
  /** Deleted; it is made when it is opened. */
  private isGone = false;
  refuses: NodeRefusal | undefined;
  kind: StateCarrier["kind"] = "pep";
  /** Takes nothing, for a while. */
  refusesPublish = false;
  /** Gives nothing, for a while. */
  refusesFetch = false;
  /** Another client opened it to others: takes nothing until it is opened here, which makes it private again. */
  isExposed = false;
  /** How often it was opened here. */
  opened = 0;
  /** It says that it is private then, and is not. */
  staysExposed = false;
  /** Cannot give this one: its storage is damaged. */
  unreadable: string | undefined;
  /** Whether it never takes this one away, and says nothing of it, as ejabberd 23.01 of what came at once. */
  keeps: (id: string) => boolean = () => false;
  /** Prosody's default. */
  maxItems = 256;
  /** What it says of that. */
  saysMaxItems = 256;
  private clock: number;

  constructor(startsAt = Date.UTC(2026, 10, 28)) {
    this.clock = startsAt;
  }

  now(): number {
    return (this.clock += 1000);
  }

  ids(): string[] {
    return [...this.items.keys()];
  }

  payloads(): string[] {
    return [...this.items.values()];
  }

  payload(id: string): string | undefined {
    return this.items.get(id);
  }

  put(id: string, payload: string): void {
    this.items.set(id, payload);
  }

  /** Without a word. */
  drop(which: (id: string) => boolean): void {
    for (const id of this.ids()) if (which(id)) this.items.delete(id);
  }

  /** `isTold`: whether who is connected hears of it. */
  deleteNode(isTold = true): void {
    this.items.clear();
    this.isGone = true;
    if (isTold) this.tell({ items: [], retracted: [], isGone: true });
  }

  connect(listener: (event: AccountStateEvent) => void): Connection {
    const line = { isOpen: true };
    this.listeners.set(line, listener);
    const whileOpen = async <T>(answer: () => T): Promise<T> => {
      await new Promise((resolve) => setTimeout(resolve, 0));
      if (!line.isOpen) throw new ConnectionError("lost", "the cable");
      this.requests++;
      if (this.isGone) throw new StanzaError({ type: "cancel", condition: "item-not-found" });
      return answer();
    };
    const carrier: StateCarrier = {
      kind: this.kind,
      maxItems: this.saysMaxItems,
      list: () => whileOpen(() => this.ids()),
      glance: () => whileOpen(() => this.ids()),
      fetch: (ids) =>
        whileOpen(() => {
          if (this.refusesFetch)
            throw new StanzaError({ type: "wait", condition: "resource-constraint" });
          if (this.unreadable !== undefined && ids.includes(this.unreadable))
            throw new StanzaError({ type: "wait", condition: "internal-server-error" });
          return ids.flatMap((id) => {
            const payload = this.items.get(id);
            return payload === undefined ? [] : [{ id, payload }];
          });
        }),
      publish: (item) =>
        whileOpen(() => {
          if (this.refusesPublish)
            throw new StanzaError({ type: "wait", condition: "resource-constraint" });
          if (this.isExposed) throw new StanzaError({ type: "cancel", condition: "conflict" });
          this.published.push(item.id);
          this.items.delete(item.id);
          this.items.set(item.id, item.payload);
          for (const [oldest] of this.items) {
            if (this.items.size <= this.maxItems) break;
            this.items.delete(oldest);
          }
          this.tell({ items: [item], retracted: [], isGone: false });
        }),
      retract: (ids) =>
        whileOpen(() => {
          const retracted = ids.filter((id) => !this.keeps(id));
          for (const id of retracted) this.items.delete(id);
          if (retracted.length > 0) this.tell({ items: [], retracted, isGone: false });
        }),
    };
    return {
      open: () => {
        this.isGone = false;
        this.opened++;
        if (this.refuses !== undefined || !this.isExposed) return this.refuses ?? carrier;
        this.isExposed = this.staysExposed;
        return { ...carrier, wasOpen: true };
      },
      close: () => {
        line.isOpen = false;
        this.listeners.delete(line);
      },
    };
  }

  private tell(event: AccountStateEvent): void {
    for (const listener of this.listeners.values()) listener(event);
  }
}
