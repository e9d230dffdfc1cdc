/**
 * Nodes in which nobody else left anything. What ejabberd 23.01 does not take away of a node (pep.ts `retractItems`)
 * outlives it, and lies in the next one that any account makes in its place: to be read like one's own, and never to be
 * taken away. The place that was free last is taken first, so it is tried with a node of another name.
 */
import { create, deleteNode, listItems, onlyStanzaErrors } from "./pep.ts";
import type { Session } from "./session.ts";

/** Places that are tried. */
const MOST_PLACES = 4;

/** As `create`. */
export async function createEmpty(session: Session, node: string): Promise<boolean> {
  await findPlace(session, node).catch(onlyStanzaErrors);
  return create(session, node);
}

/** Where something lies, the node that found it stays, so that no other is made there. */
async function findPlace(session: Session, node: string): Promise<void> {
  for (let places = 0; places < MOST_PLACES; places++) {
    const cover = `${node}#cover-${crypto.randomUUID()}`;
    if (!(await create(session, cover))) return;
    if ((await listItems(session, cover)).length === 0) return deleteNode(session, cover);
  }
}
