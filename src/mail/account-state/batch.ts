import { deflateSync, inflateSync } from "fflate";
import type { Stamp } from "../clock.ts";
import type { MessageState } from "../state.ts";
export type RegisterValue =
  | string
  | number
  | boolean
  | null
  | readonly RegisterValue[]
  | { readonly [k: string]: RegisterValue };
export type RegisterSaid = readonly [RegisterValue, Stamp];
export type MessageEntry = { key: string; day: number; said: MessageState };
export type RegisterEntry = { name: string; said: RegisterSaid };
export type Batch = { messages: MessageEntry[]; registers: RegisterEntry[] };
export type Decoded = { batch: Batch } | { problem: "damaged" | "newer" | "too-big" };
export function encodeBatch(batch: Batch): string {
  return btoa(String.fromCharCode(...deflateSync(new TextEncoder().encode(JSON.stringify(batch)))));
}
export function decodeBatch(text: string): Decoded {
  try {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    return { batch: JSON.parse(new TextDecoder().decode(inflateSync(bytes))) as Batch };
  } catch {
    return { problem: "damaged" };
  }
}
