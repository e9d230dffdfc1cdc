/** A simulated device's database, read past its tabs. */
import { openStore } from "../../src/store/database.ts";
import { type Contents, contentsOf } from "./check.ts";
import type { Simulation } from "./simulation.ts";
import type { Device } from "./tab.ts";

export function readContents(simulation: Simulation, device: Device): Promise<Contents> {
  return simulation.look(device, async () => {
    const store = await openStore(device.jid, {
      onLost: () => undefined,
      onBlocked: () => undefined,
    });
    const names = ["messages", "bodies", "conversations", "entries", "outbox", "meta"] as const;
    const rows = await store.read(names, async (tx) => {
      const meta = tx.objectStore("meta");
      const [messages, bodies, conversations, entryKeys, entries, outbox] = await Promise.all([
        tx.objectStore("messages").getAll(),
        tx.objectStore("bodies").getAll(),
        tx.objectStore("conversations").getAll(),
        tx.objectStore("entries").getAllKeys(),
        tx.objectStore("entries").getAll(),
        tx.objectStore("outbox").getAll(),
      ]);
      return {
        messages,
        bodies,
        conversations,
        entryKeys,
        entries,
        outbox,
        totals: await meta.get("totals"),
        ranges: await meta.get("ranges"),
        connection: await meta.get("connection"),
        sync: await meta.get("sync"),
      };
    });
    store.close();
    return contentsOf(device, rows);
  });
}
