/** What a person makes of a folder or a tag. Store: labels. */
import type { Label } from "../mail/label.ts";
import { labelRegister } from "../mail/account-state/registers.ts";
import { putRow } from "../store/put.ts";
import type { WriteTx } from "../store/schema.ts";
import { sayRegister } from "./account-state/registers.ts";
import type { Clock } from "./states.ts";

/** Writes a label's fields where they differ from what is there, each with a new stamp. */
export async function putLabel(tx: WriteTx, wanted: Label, clock: Clock): Promise<void> {
  const known = await tx.objectStore("labels").get(wanted.id);
  const { id, kind } = wanted;
  const next: Record<string, unknown> = { ...known, id, kind };
  if (known === undefined) await sayRegister(tx, clock, labelRegister(id, "kind"), kind);
  let isNews = known === undefined;
  for (const field of ["name", "hue", "inside", "order", "gone"] as const) {
    const value = valueOf(wanted, field);
    if (known !== undefined && valueOf(known, field) === value) continue;
    next[field] = [value, await sayRegister(tx, clock, labelRegister(id, field), value)];
    isNews = true;
  }
  if (isNews) putRow(tx, "labels", next as unknown as Label);
}

function valueOf(label: Label, field: "name" | "hue" | "inside" | "order" | "gone") {
  return label[field] === undefined ? false : label[field][0];
}
