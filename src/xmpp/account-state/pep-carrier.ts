/** The private state on a node of the account, one item each. */
import { NODE_STATE } from "../nodes.ts";
import { standing } from "../pep-items.ts";
import {
  fetchItems,
  listItems,
  type NodeRefusal,
  type PrivateNode,
  publishItem,
  readPrivateNode,
  retractItems,
} from "../pep.ts";
import type { Session } from "../session.ts";
import { StanzaError } from "../stanza-error.ts";
import { LEAST_ITEMS, type StateCarrier } from "./carrier.ts";
import { buildPayload, parsePayload } from "./item.ts";

/** The node as it may be used, or why not. */
export function largeEnough(node: PrivateNode | NodeRefusal): PrivateNode | NodeRefusal {
  if ("refused" in node || (node.maxItems ?? LEAST_ITEMS) >= LEAST_ITEMS) return node;
  return { refused: "no-pep", detail: `it keeps ${node.maxItems} items` };
}

/** `node`: made and found private in this stream. */
export function createPepCarrier(
  session: Session,
  { maxItems, wasOpen }: PrivateNode,
): StateCarrier {
  return {
    kind: "pep",
    ...(wasOpen === undefined ? {} : { wasOpen }),
    ...(maxItems === undefined ? {} : { maxItems }),
    async list() {
      const [node, ids] = await Promise.all([
        readPrivateNode(session, NODE_STATE),
        listItems(session, NODE_STATE),
      ]);
      const now = largeEnough(node);
      if (!("refused" in now)) return ids;
      // Deleted by one device, and made anew by another's publish: private, and with room for one item.
      throw new StanzaError({ type: "cancel", condition: "conflict", text: now.detail });
    },
    glance: () => listItems(session, NODE_STATE),
    async fetch(ids) {
      const items = await fetchItems(session, NODE_STATE, ids);
      return standing(items).map(({ id, payload }) => ({ id, payload: parsePayload(payload) }));
    },
    publish: ({ id, payload }) => publishItem(session, NODE_STATE, id, buildPayload(payload)),
    retract: (ids) => retractItems(session, NODE_STATE, ids),
  };
}
