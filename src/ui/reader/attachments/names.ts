/** File names of strangers, as they are shown and saved. */
import type { AttachmentView } from "../../../api/contract.ts";
import { endingOf } from "../../../mail/sniff.ts";
import { safeFileName } from "../../parts/save-file.ts";
import { fileWords } from "../../words/files.ts";

/** Never empty; without its sender's name for it, one by its type. */
export function fileName(file: AttachmentView): string {
  if (file.name !== "") return safeFileName(file.name);
  const ending = endingOf(file.mediaType);
  return ending === undefined ? fileWords.unnamed : `${fileWords.unnamed}.${ending}`;
}

/** Beginning and end: the beginning is cut where room is short, the end, where the type is, stays in sight. */
export function nameParts(name: string): [string, string] {
  const points = Array.from(name);
  return points.length <= 14
    ? [name, ""]
    : [points.slice(0, -10).join(""), points.slice(-10).join("")];
}

/** Each name once: "a.txt", "a (2).txt". */
export function distinctNames(names: readonly string[]): string[] {
  const seen = new Set<string>();
  return names.map((name) => {
    const [, stem = name, ending = ""] = /^(.+?)(\.[^.]*)?$/s.exec(name) ?? [];
    let free = name;
    for (let n = 2; seen.has(free.toLowerCase()); n++) free = `${stem} (${n})${ending}`;
    seen.add(free.toLowerCase());
    return free;
  });
}
