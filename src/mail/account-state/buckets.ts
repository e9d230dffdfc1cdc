import { hashText } from "../../base/hash.ts";
import { monthOf } from "../state.ts";
import { type Batch, encodeBatch } from "./batch.ts";
export const REGISTERS = "registers";
export const MAX_JOURNAL = 24;
export function bucketOf(day: number, _today: number): string {
  return String(monthOf(day));
}
export function monthsOf(bucket: string): { from: number; to: number } {
  const n = Number(bucket);
  return n < 10_000 ? { from: n * 100 + 1, to: n * 100 + 12 } : { from: n, to: n };
}
export function journalId(device: string): string {
  return `j.${device}`;
}
export function journalDevice(id: string): string | undefined {
  return /^j\.(.+)$/.exec(id)?.[1];
}
export function bucketOfItem(id: string): string | undefined {
  if (id.startsWith("r.")) return REGISTERS;
  return /^m\.(\d+)/.exec(id)?.[1];
}
export type Part = { id: string; payload: string; batch: Batch };
export function partsOf(bucket: string, batch: Batch): Part[] {
  if (batch.messages.length + batch.registers.length === 0) return [];
  const payload = encodeBatch(batch);
  return [
    { id: `${bucket === REGISTERS ? "r" : `m.${bucket}`}.${hashText(payload)}`, payload, batch },
  ];
}
