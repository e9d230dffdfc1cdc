/** Folders and tags as the sidebar and the pickers show them. */
import type { LabelView, TagView } from "../../api/contract.ts";
import { asTree, isGone, type Label } from "../../mail/label.ts";
import type { AccountContext } from "../context.ts";
import { readLabels } from "../labels.ts";

export async function readLabelViews({ store }: AccountContext): Promise<LabelView[]> {
  const all = await store.read(["labels"], readLabels);
  return (["folder", "tag"] as const).flatMap((kind) =>
    asTree(all, kind).map(({ label, depth }) => ({
      id: label.id,
      kind,
      name: label.name[0],
      hue: label.hue[0],
      depth,
      ...(depth === 0 || label.inside[0] === null ? {} : { inside: label.inside[0] }),
    })),
  );
}

/** Those of these tags that are still there, in the sidebar's order. */
export function tagViews(labels: readonly Label[], ids: readonly string[]): TagView[] {
  if (ids.length === 0) return [];
  return asTree(labels, "tag")
    .filter(({ label }) => ids.includes(label.id))
    .map(({ label: { id, name, hue } }) => ({ id, name: name[0], hue: hue[0] }));
}

/** Names of those of these folders that are the person's own. */
export function folderNames(labels: readonly Label[], ids: readonly string[]): string[] {
  return labels
    .filter((l) => l.kind === "folder" && !isGone(l) && ids.includes(l.id))
    .map((l) => l.name[0]);
}
