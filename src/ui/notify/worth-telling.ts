/** Which of the unread mail is news: not what was there before, not what is old, not what was told already. */
import type { NewsItem, NewsView } from "../../api/contract.ts";

/** By conversation: the time of the mail that was told of. */
export type Told = Readonly<Record<string, number>>;
const MAX_TOLD = 100;

/** `since`: time of the newest mail somebody may have seen. */
export function worthTelling(
  { items }: NewsView,
  { since, told }: { since: number; told: Told },
): NewsItem[] {
  return items.filter(({ id, at, isOld }) => at > since && at > (told[id] ?? 0) && isOld !== true);
}

/** With these, the oldest forgotten. */
export function withTold(told: Told, items: readonly NewsItem[]): Told {
  const all = { ...told, ...Object.fromEntries(items.map(({ id, at }) => [id, at])) };
  const newest = Object.entries(all).sort(([, a], [, b]) => b - a);
  return Object.fromEntries(newest.slice(0, MAX_TOLD));
}

/** Garbage is nothing told. */
export function parseTold(text: string | undefined): Told {
  try {
    const kept = JSON.parse(text ?? "{}") as Record<string, unknown> | null;
    const entries = Object.entries(kept ?? {}).filter(([, at]) => typeof at === "number");
    return Object.fromEntries(entries) as Told;
  } catch {
    return {};
  }
}
