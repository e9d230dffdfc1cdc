/** What a person's devices share, and how it lies on the server. */
import type { DevicesView } from "../../api/contract.ts";
import { deviceOf } from "../../mail/account-state/registers.ts";
import { isMoment } from "../../base/moment.ts";
import { domainOf } from "../../mail/address.ts";
import { readMeta } from "../../store/meta.ts";
import type { DraftMark } from "../../store/rows.ts";
import { countPending } from "../account-state/rows.ts";
import type { AccountContext } from "../context.ts";
import { readMarks } from "../draft-shelf.ts";

const DRAFTS = { open: "pep", "private-xml": "private-xml", closed: "none" } as const;

/** A draft, or that one is gone. */
function isOnlyHere({ dirty, held, gone }: DraftMark): boolean {
  return dirty === 1 || (held !== undefined && gone === undefined);
}

export async function readDevices({ store, me }: AccountContext): Promise<DevicesView> {
  return store.read(["meta", "state", "registers"], async (tx) => {
    const registers = tx.objectStore("registers");
    const range = IDBKeyRange.bound("device/", "device0", false, true);
    const [health, drafts, marks, mine, names, rows, changes] = await Promise.all([
      readMeta(tx, "stateHealth"),
      readMeta(tx, "draftNode"),
      readMarks(tx),
      readMeta(tx, "device"),
      registers.getAllKeys(range),
      registers.getAll(range),
      countPending(tx),
    ]);
    const devices = names.flatMap((register, index): DevicesView["devices"] => {
      const id = deviceOf(register);
      const { name, at } = (rows[index]?.said[0] ?? {}) as { name?: unknown; at?: unknown };
      if (id === undefined || !isMoment(at)) return [];
      return [{ id, name: typeof name === "string" ? name : "", at, isThis: id === mine }];
    });
    return {
      ...(health ?? { carrier: "none", items: 0, bytes: 0, unreadable: 0 }),
      host: domainOf(me),
      ...(drafts === undefined ? {} : { drafts: DRAFTS[drafts] }),
      pending: changes + (health?.lacking ?? 0) + [...marks.values()].filter(isOnlyHere).length,
      devices: devices.sort((a, b) => b.at - a.at),
    };
  });
}
