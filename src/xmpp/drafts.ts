/** Where drafts lie on the server: `<draft xmlns='urn:envoi:drafts:0'>` around the text of mail/account-state/draft-item.ts. */
import { type Element, xml } from "@xmpp/xml";
import type { StateCarrier } from "./account-state/carrier.ts";
import { type Needed, openPrivateXml } from "./account-state/open-state-carrier.ts";
import { NODE_DRAFTS } from "./nodes.ts";
import {
  fetchItems,
  listItems,
  type NodeRefusal,
  type PrivateNode,
  publishItem,
  retractItems,
} from "./pep.ts";
import { standing } from "./pep-items.ts";
import { createPrivateNode } from "./private-node.ts";
import type { Session } from "./session.ts";

/** No server takes a stanza of more. */
const DRAFTS_ROOT = { name: "drafts", xmlns: NODE_DRAFTS, maxPayload: 1024 * 1024 };

/**
 * A node of the account where that is private, else private XML (XEP-0049), as with the rest of the state. Rejects with
 * ConnectionError.
 */
export async function openDraftCarrier(
  session: Session,
  features: Needed,
): Promise<StateCarrier | NodeRefusal> {
  const isAble = features.pep && features.pepPublishOptions;
  const node = isAble ? await createPrivateNode(session, NODE_DRAFTS) : NO_PEP;
  if (!("refused" in node)) return createDraftNodeCarrier(session, node);
  if (node.refused === "failed") return node;
  return (await openPrivateXml(session, DRAFTS_ROOT, features)) ?? node;
}

const NO_PEP: NodeRefusal = {
  refused: "no-pep",
  detail: "the server offers no private nodes (PEP with publish-options)",
};

/** For a node that was made and found private in this stream. */
export function createDraftNodeCarrier(
  session: Session,
  { maxItems }: Pick<PrivateNode, "maxItems"> = {},
): StateCarrier {
  const list = (): Promise<string[]> => listItems(session, NODE_DRAFTS);
  return {
    kind: "pep",
    ...(maxItems === undefined ? {} : { maxItems }),
    list,
    glance: list,
    async fetch(ids) {
      const items = await fetchItems(session, NODE_DRAFTS, ids);
      return standing(items).map(({ id, payload }) => ({
        id,
        payload: parseDraftPayload(payload),
      }));
    },
    publish: ({ id, payload }) => publishItem(session, NODE_DRAFTS, id, draftPayload(payload)),
    retract: (ids) => retractItems(session, NODE_DRAFTS, ids),
  };
}

function draftPayload(text: string): Element {
  return xml("draft", { xmlns: NODE_DRAFTS }, text);
}

/** "" for what is no draft. */
export function parseDraftPayload(payload: Element | undefined): string {
  return payload?.is("draft", NODE_DRAFTS) === true ? payload.text() : "";
}
