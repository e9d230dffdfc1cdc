/** Throws away what can be had again, oldest need first: pictures of people, and notes about what could not be read. */
import type { Store } from "../store/database.ts";

/** True where anything was freed. Deleting needs no room. */
export async function freeSpace(store: Store): Promise<boolean> {
  return store.write(["avatars", "rejects"], async (tx) => {
    const [avatars, rejects] = await Promise.all([
      tx.objectStore("avatars").count(),
      tx.objectStore("rejects").count(),
    ]);
    void tx.objectStore("avatars").clear();
    void tx.objectStore("rejects").clear();
    return avatars + rejects > 0;
  });
}
