/** Where the private state lies on the server; PEP and private XML look alike from here on. */
import type { CarriedItem } from "./item.ts";

export interface StateCarrier {
  readonly kind: "pep" | "private-xml";
  /** How many items it keeps, where the server says a number. */
  readonly maxItems?: number;
  /** Ids of everything that is there. Rejects with StanzaError `item-not-found` where the place itself is gone. */
  list(): Promise<string[]>;
  /** In portions; those that are gone are left out. */
  fetch(ids: readonly string[]): Promise<CarriedItem[]>;
  /**
   * Rejects with StanzaError. After `conflict` or `item-not-found` the carrier is to be opened again: the place is not
   * private any more, or gone.
   */
  publish(item: CarriedItem): Promise<void>;
  /** What is gone already does not matter. */
  retract(ids: readonly string[]): Promise<void>;
}
