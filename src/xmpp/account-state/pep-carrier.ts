/** The private state on a node of the account, one item each. */
import { NODE_STATE } from "../nodes.ts";
import { fetchItems, listItems, type PrivateNode, publishItem, retractItems } from "../pep.ts";
import type { Session } from "../session.ts";
import type { StateCarrier } from "./carrier.ts";
import { buildPayload, parsePayload } from "./item.ts";

/** `node`: made and found private in this stream. */
export function createPepCarrier(session: Session, { maxItems }: PrivateNode): StateCarrier {
  return {
    kind: "pep",
    ...(maxItems === undefined ? {} : { maxItems }),
    list: () => listItems(session, NODE_STATE),
    async fetch(ids) {
      const items = await fetchItems(session, NODE_STATE, ids);
      return items.map(({ id, payload }) => ({ id, payload: parsePayload(payload) }));
    },
    publish: ({ id, payload }) => publishItem(session, NODE_STATE, id, buildPayload(payload)),
    retract: (ids) => retractItems(session, NODE_STATE, ids),
  };
}
