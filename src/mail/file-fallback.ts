/**
 * Text that only stands for a file, for clients that know no files: what its sender marked so (XEP-0428), and a body
 * that is nothing but the file's link (XEP-0066 section 3). Who sees the file need not read it.
 */
import type { FallbackRange } from "./received.ts";

const FOR_FILES = new Set(["urn:xmpp:sfs:0", "urn:xmpp:sims:1", "jabber:x:oob"]);

export type Marked = { body: string; fallbacks: FallbackRange[] };

/** The text without it, the other ranges moved along. Offsets count code points. `links`: of the files that are shown. */
export function withoutFileFallback({ body, fallbacks }: Marked, links: readonly string[]): Marked {
  if (links.includes(body.trim())) return { body: "", fallbacks: [] };
  const marked = fallbacks.filter((range) => FOR_FILES.has(range.for));
  if (marked.length === 0 || body === "") return { body, fallbacks: [...fallbacks] };
  const points = Array.from(body);
  const gone = new Uint8Array(points.length);
  for (const { start = 0, end = points.length } of marked)
    gone.fill(1, Math.min(start, points.length), Math.min(end, points.length));
  const before = new Uint32Array(points.length + 1);
  for (let at = 0; at < points.length; at++)
    before[at + 1] = (before[at] ?? 0) + (gone[at] === 1 ? 0 : 1);
  const moved = (offset: number): number => before[Math.min(offset, points.length)] ?? 0;
  return {
    body: points
      .filter((_point, at) => gone[at] !== 1)
      .join("")
      .trimEnd(),
    fallbacks: fallbacks
      .filter((range) => !FOR_FILES.has(range.for))
      .map((range) => ({
        ...range,
        ...(range.start === undefined ? {} : { start: moved(range.start) }),
        ...(range.end === undefined ? {} : { end: moved(range.end) }),
      })),
  };
}
