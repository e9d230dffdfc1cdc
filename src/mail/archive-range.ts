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
};

export type FetchedPage = {
  /** In archive order, oldest first. */
  items: readonly { archiveId: string; at: number }[];
  /** The archive has nothing beyond this page in the direction asked. */
  complete: boolean;
};

/**
 * A page fetched going back: from the newest end (`anchor` undefined) or from the oldest id of a range.
 * Ranges the page runs into are merged. Pure.
 */
export function withPageBefore(
  ranges: readonly ArchiveRange[],
  anchor: string | undefined,
  page: FetchedPage,
): ArchiveRange[] {
  const grown = ranges.find((r) => r.oldestId === anchor);
  const first = page.items[0];
  const last = page.items.at(-1);
  if (first === undefined || last === undefined) {
    // Nothing before the anchor: its range reaches the bottom.
    return ranges.map((r) => (r === grown && page.complete ? { ...r, bottom: true } : { ...r }));
  }
  const made: ArchiveRange = {
    oldestId: first.archiveId,
    oldestAt: first.at,
    newestId: grown?.newestId ?? last.archiveId,
    newestAt: grown?.newestAt ?? last.at,
    bottom: page.complete,
  };
  return absorb(
    made,
    ranges.filter((r) => r !== grown),
    page,
  );
}

/** A page fetched going forward from the newest id of a range. Pure. */
export function withPageAfter(
  ranges: readonly ArchiveRange[],
  anchor: string,
  page: FetchedPage,
): ArchiveRange[] {
  const grown = ranges.find((r) => r.newestId === anchor);
  const last = page.items.at(-1);
  if (grown === undefined || last === undefined) return ranges.map((r) => ({ ...r }));
  const made = { ...grown, newestId: last.archiveId, newestAt: last.at };
  return absorb(
    made,
    ranges.filter((r) => r !== grown),
    page,
  );
}

/** Merges into `made` every range whose end the page contains or that lies within it in time. */
function absorb(
  made: ArchiveRange,
  others: readonly ArchiveRange[],
  page: FetchedPage,
): ArchiveRange[] {
  const ids = new Set(page.items.map((item) => item.archiveId));
  let merged = made;
  const apart: ArchiveRange[] = [];
  for (const other of [...others].sort((a, b) => b.newestAt - a.newestAt)) {
    const met = ids.has(other.newestId) || ids.has(other.oldestId);
    const inside = other.newestAt > merged.oldestAt && other.oldestAt < merged.newestAt;
    if (met || inside) merged = join(merged, other);
    else apart.push({ ...other });
  }
  return [...apart, merged].sort((a, b) => a.newestAt - b.newestAt);
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
  };
}

export type ArchiveGap = { id: string; from?: number; to: number };

/** What is missing below each range: between two of them, or below the oldest one. Newest first. */
export function gapsOf(ranges: readonly ArchiveRange[]): ArchiveGap[] {
  const gaps: ArchiveGap[] = [];
  ranges.forEach((range, index) => {
    const below = ranges[index - 1];
    if (below !== undefined)
      gaps.push({ id: range.oldestId, from: below.newestAt, to: range.oldestAt });
    else if (!range.bottom) gaps.push({ id: range.oldestId, to: range.oldestAt });
  });
  return gaps.reverse();
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
