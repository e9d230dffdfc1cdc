import { RAW, type Tag, walkTags } from "./tags.ts";

/** So much of it is shown. */
const MAX_LENGTH = 20_000;

/**
 * The words between the tags, for HTML that no parser may see and that came without a text of its own. What has none is
 * shown as it stands: better an attack in sight than nothing.
 */
export function sourceText(html: string): string {
  const parts: string[] = [];
  let length = 0;
  let last: Tag | undefined;
  const take = (until: number): void => {
    const isHidden = last !== undefined && !last.isEnd && RAW.has(last.name);
    const text = isHidden
      ? ""
      : html.slice(last?.to ?? 0, Math.min(until, (last?.to ?? 0) + MAX_LENGTH));
    parts.push(text);
    length += text.length;
  };
  walkTags(html, (tag) => {
    take(tag.from);
    last = tag;
    return length < MAX_LENGTH;
  });
  if (length < MAX_LENGTH) take(html.length);
  const text = parts
    .join("\n")
    .replaceAll(/[ \t]+/g, " ")
    .replaceAll(/ ?\n[ \n]*/g, "\n")
    .trim();
  return text === "" ? html.slice(0, MAX_LENGTH) : text.slice(0, MAX_LENGTH);
}
