/** What was measured, each figure beside its bar. */

export type Figure = {
  what: string;
  messages: number | "";
  figure: string;
  bar: string;
};

export interface Report {
  readonly figures: readonly Figure[];
  add(what: string, messages: number | "", figure: string, bar: string): void;
  /** A time that is told again as growth between the smallest and the largest archive. */
  addGrowing(what: string, messages: number, ms: number, figure: string, bar: string): void;
  /** Growth of every such time. */
  addGrowth(): void;
}

export function createReport(): Report {
  const figures: Figure[] = [];
  const growing = new Map<string, { messages: number; ms: number }[]>();
  const report: Report = {
    figures,
    add: (what, messages, figure, bar) => void figures.push({ what, messages, figure, bar }),
    addGrowing(what, messages, ms, figure, bar) {
      report.add(what, messages, figure, bar);
      growing.set(what, [...(growing.get(what) ?? []), { messages, ms }]);
    },
    addGrowth() {
      for (const [what, times] of growing) {
        const sorted = times.toSorted((a, b) => a.messages - b.messages);
        const [least, most] = [sorted[0], sorted.at(-1)];
        if (least === undefined || most === undefined || least === most) continue;
        const range = `from ${least.messages} to ${most.messages}`;
        report.add(`growth ${range}: ${what}`, "", `${ratio(most.ms, least.ms)} ×`, "1.5 ×");
      }
    },
  };
  return report;
}

export function percentile(list: readonly number[], share: number): number {
  const sorted = list.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * share) / 100))] ?? 0;
}

export function median(list: readonly number[]): number {
  return percentile(list, 50);
}

export function ratio(a: number, b: number): string {
  return (a / b).toFixed(2);
}

export function ms(value: number): string {
  return `${value < 100 ? value.toFixed(1) : value.toFixed(0)} ms`;
}
