/** Where the private state lies on the server; PEP and private XML look alike from here on. */
import { StanzaError } from "../stanza-error.ts";
import type { CarriedItem } from "./item.ts";

/** With less, items would push each other out: a journal for each device and a few years of mail. */
export const LEAST_ITEMS = 64;

export interface StateCarrier {
  readonly kind: "pep" | "private-xml";
  /** How many items it keeps, where the server says so; what keeps fewer than LEAST_ITEMS is not used. */
  readonly maxItems?: number;
  /** Others could read what is there until it was opened here, and put right. */
  readonly wasOpen?: true;
  /**
   * Ids of everything that is there. Rejects with StanzaError `item-not-found` or `conflict` where the place is gone, or
   * is not what it was: then the carrier is to be opened again.
   */
  list(): Promise<string[]>;
  /** The same for one request, which does not find out that the place is not what it was. */
  glance(): Promise<string[]>;
  /** In portions; those that are gone are left out. */
  fetch(ids: readonly string[]): Promise<CarriedItem[]>;
  /**
   * Rejects with StanzaError; `item-not-found` and `conflict` as above. The item is safe when `list` has it, not before:
   * a server may have made the place anew, smaller.
   */
  publish(item: CarriedItem): Promise<void>;
  /** What is gone already does not matter. */
  retract(ids: readonly string[]): Promise<void>;
}

/** Whether it says that the place was deleted, or opened to others: it is to be opened again before anything goes there. */
export function isOfPlace(error: unknown): boolean {
  return error instanceof StanzaError && ["conflict", "item-not-found"].includes(error.condition);
}

/**
 * Whether any of these is gone, or the place itself, for one request: ejabberd 23.01 tells of what is published, and of
 * nothing that goes.
 */
export async function isAnyGone(carrier: StateCarrier, known: readonly string[]): Promise<boolean> {
  try {
    const ids = new Set(await carrier.glance());
    return known.some((id) => !ids.has(id));
  } catch (error) {
    if (error instanceof StanzaError && error.condition === "item-not-found") return true;
    throw error;
  }
}
