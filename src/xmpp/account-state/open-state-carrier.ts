/** Finds the place for the private state on this server, and makes sure that it is private. */
import { xml } from "@xmpp/xml";
import { budgetOf } from "../../mail/stanza-limit.ts";
import type { ServerFeatures } from "../disco.ts";
import { NODE_STATE } from "../nodes.ts";
import type { NodeRefusal, PrivateNode } from "../pep.ts";
import { createPrivateNode } from "../private-node.ts";
import type { Session } from "../session.ts";
import { wholeMessageBytes } from "../socket.ts";
import { StanzaError } from "../stanza-error.ts";
import type { StateCarrier } from "./carrier.ts";
import { MAX_PAYLOAD } from "./item.ts";
import { createPepCarrier, largeEnough } from "./pep-carrier.ts";
import { createPrivateXmlCarrier, type PrivateRoot } from "./private-xml-carrier.ts";

const STATE_ROOT = { name: "state", xmlns: NODE_STATE, maxPayload: MAX_PAYLOAD };

export type Needed = Pick<ServerFeatures, "pep" | "pepPublishOptions" | "refusesParts">;

/**
 * PEP where its node is private and keeps enough, else private XML, which only its owner can read (XEP-0049 section 5).
 * "failed" may pass: it is to be tried again, and nothing else meanwhile. Rejects with ConnectionError.
 */
export async function openStateCarrier(
  session: Session,
  features: Needed,
): Promise<StateCarrier | NodeRefusal> {
  const node = await openNode(session, features);
  if (!("refused" in node)) return createPepCarrier(session, node);
  if (node.refused === "failed") return node;
  return (await openPrivateXml(session, STATE_ROOT, features)) ?? node;
}

/** Undefined where the server has none. Rejects with ConnectionError. */
export async function openPrivateXml(
  session: Session,
  root: PrivateRoot,
  features: Needed,
): Promise<StateCarrier | undefined> {
  if (!(await hasPrivateXml(session, root))) return undefined;
  return createPrivateXmlCarrier(session, root, maxBytes(session, features));
}

async function openNode(
  session: Session,
  { pep, pepPublishOptions }: Needed,
): Promise<PrivateNode | NodeRefusal> {
  // XEP-0223 section 7: a server that does not know publish options may publish to everybody.
  if (!pep || !pepPublishOptions)
    return {
      refused: "no-pep",
      detail: "the server offers no private nodes (PEP with publish-options)",
    };
  return largeEnough(await createPrivateNode(session, NODE_STATE));
}

function maxBytes({ maxStanzaBytes }: Session, { refusesParts }: Needed): number {
  return budgetOf({
    ...(maxStanzaBytes === undefined ? {} : { advertised: maxStanzaBytes }),
    ...(refusesParts ? { whole: wholeMessageBytes() } : {}),
  });
}

async function hasPrivateXml(session: Session, { name, xmlns }: PrivateRoot): Promise<boolean> {
  const root = xml(name, { xmlns });
  try {
    await session.iq({ type: "get", child: xml("query", { xmlns: "jabber:iq:private" }, root) });
    return true;
  } catch (error) {
    if (error instanceof StanzaError) return false;
    throw error;
  }
}
