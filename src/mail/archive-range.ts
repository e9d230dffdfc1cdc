/**
 * What is known of the archive, as ranges that only merge (DESIGN.md section 1, sentence 5). A range says: between
 * these two archived messages nothing is missing here. Archive ids carry no order of their own (XEP-0313 section 3.1),
 * so a range keeps the times beside them.
 */
export type ArchiveRange = {
  oldestId: string;
  oldestAt: number;
  newestId: string;
  newestAt: number;
  /** Nothing older exists in the archive. */
  bottom: boolean;
  /** What came of asking for what lies below, if it came to an end. */
  below?: GapEnd;
};

/** failed: it did not come, and may be asked for again. gone: the archive has it no more. */
export type GapEnd = "failed" | "gone";

export type FetchedPage = {
  /** In archive order, oldest first. */
  items: readonly { archiveId: string; at: number }[];
  /** The archive begins with this page, or with the anchor where the page is empty. */
  complete: boolean;
};

/**
 * A page fetched going back: from the newest end or from nowhere in particular (`anchor` undefined), or from the
 * oldest id of a range. Ranges the page runs into are merged. Pure.
 */
export function withPage(
  ranges: readonly ArchiveRange[],
  anchor: string | undefined,
  page: FetchedPage,
): ArchiveRange[] {
  const grown = ranges.find((r) => r.oldestId === anchor);
  const first = page.items[0];
  const last = page.items.at(-1);
  if (first === undefined || last === undefined) {
    return page.complete && grown !== undefined ? withBottom(ranges, grown) : [...ranges];
  }
  const made: ArchiveRange = {
    oldestId: first.archiveId,
    oldestAt: Math.min(first.at, grown?.oldestAt ?? first.at),
    newestId: grown?.newestId ?? last.archiveId,
    newestAt: grown?.newestAt ?? last.at,
    bottom: false,
  };
  const others = ranges.filter((r) => r !== grown);
  const { merged, apart } = absorb(made, others, page);
  const all = [...apart, merged].sort((a, b) => a.newestAt - b.newestAt);
  return page.complete ? withBottom(all, merged) : all;
}

/** The archive begins with this range: what is known from before that is no longer there, nor what lay between. */
function withBottom(ranges: readonly ArchiveRange[], range: ArchiveRange): ArchiveRange[] {
  const { below: _old, ...rest } = range;
  const isOldest = ranges[0] === range;
  const bottom: ArchiveRange = isOldest
    ? { ...rest, bottom: true }
    : { ...rest, bottom: false, below: "gone" };
  return ranges.map((r) => (r === range ? bottom : r));
}

/** Notes what came of asking for what lies below a range; undefined: it may be asked for again. Pure. */
export function withGapEnd(
  ranges: readonly ArchiveRange[],
  oldestId: string,
  end: GapEnd | undefined,
): ArchiveRange[] {
  return ranges.map(({ below, ...range }) => {
    const now = range.oldestId === oldestId ? end : below;
    return now === undefined ? range : { ...range, below: now };
  });
}

/**
 * Merges into `made` every range whose end the page contains, or that the page goes past in time: its end may have
 * expired. One item alone does not prove that; some archives have one with a time that is wrong.
 */
function absorb(
  made: ArchiveRange,
  others: readonly ArchiveRange[],
  page: FetchedPage,
): { merged: ArchiveRange; apart: ArchiveRange[] } {
  const ids = new Set(page.items.map((item) => item.archiveId));
  let merged = made;
  const apart: ArchiveRange[] = [];
  for (const other of [...others].sort((a, b) => b.newestAt - a.newestAt)) {
    const met = ids.has(other.newestId) || ids.has(other.oldestId);
    const past = page.items.filter((item) => item.at < other.newestAt).length;
    const inside =
      other.newestAt > merged.oldestAt && other.oldestAt < merged.newestAt && past >= 2;
    if (met || inside) merged = join(merged, other);
    else apart.push(other);
  }
  return { merged, apart };
}

function join(a: ArchiveRange, b: ArchiveRange): ArchiveRange {
  const older = a.oldestAt <= b.oldestAt ? a : b;
  const newer = a.newestAt >= b.newestAt ? a : b;
  return {
    oldestId: older.oldestId,
    oldestAt: older.oldestAt,
    newestId: newer.newestId,
    newestAt: newer.newestAt,
    bottom: older.bottom,
    ...(older.below === undefined ? {} : { below: older.below }),
  };
}

/** `end` absent: it is being fetched, or will be. */
export type ArchiveGap = { id: string; from?: number; to: number; end?: GapEnd };

/** What is missing below each range: between two of them, or below the oldest one. Newest first. */
export function gapsOf(ranges: readonly ArchiveRange[]): ArchiveGap[] {
  const gaps: ArchiveGap[] = [];
  ranges.forEach((range, index) => {
    const lower = ranges[index - 1];
    if (lower === undefined && range.bottom) return;
    gaps.push({
      id: range.oldestId,
      to: range.oldestAt,
      ...(lower === undefined ? {} : { from: lower.newestAt }),
      ...(range.below === undefined ? {} : { end: range.below }),
    });
  });
  return gaps.reverse();
}

/** The gap to be closed next: the newest one of which nothing is known yet. */
export function nextGap(ranges: readonly ArchiveRange[]): ArchiveGap | undefined {
  return gapsOf(ranges).find((gap) => gap.end === undefined);
}

/**
 * About how many messages there are, from how many of a span of time are here: for servers that do not count. Two
 * significant digits; undefined while there is too little to go by.
 */
export function estimateTotal(
  done: number,
  newest: ArchiveRange | undefined,
  startAt: number,
): number | undefined {
  if (newest === undefined || done < 100) return undefined;
  const covered = newest.newestAt - newest.oldestAt;
  if (covered <= 0 || startAt >= newest.oldestAt) return undefined;
  const estimate = done * ((newest.newestAt - startAt) / covered);
  return Number(estimate.toPrecision(2));
}
