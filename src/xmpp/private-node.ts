/** A node of the own account for which the server says that nobody else reads it, or writes to it. */
import { createEmpty } from "./empty-node.ts";
import {
  type Config,
  configOf,
  dismissStrangers,
  isNotFound,
  judge,
  type NodeRefusal,
  onlyNotFound,
  onlyStanzaErrors,
  type PrivateNode,
  readPrivateNode,
  repair,
  wrongIn,
} from "./pep.ts";
import { remakeNode, spareOf } from "./remake-node.ts";
import type { Session } from "./session.ts";
import { StanzaError } from "./stanza-error.ts";

/**
 * Makes the node, or repairs the one that is there, and reads its configuration back: only what the server then says
 * counts (XEP-0223 section 7, CVE-2018-6591). Nothing may be published where it is refused. Rejects with
 * ConnectionError.
 */
export async function createPrivateNode(
  session: Session,
  node: string,
): Promise<PrivateNode | NodeRefusal> {
  try {
    const [known, left] = await Promise.all([
      configOf(session, node).catch(onlyNotFound),
      // Whatever a server says of a node there is not: without this one nothing is half done.
      configOf(session, spareOf(node)).catch(onlyStanzaErrors),
    ]);
    if (left !== undefined) return await makeAnew(session, node);
    if (known === undefined && (await createEmpty(session, node)))
      return await readPrivateNode(session, node);
    // There, or made by another device just now.
    return await mend(session, node, known ?? (await configOf(session, node)));
  } catch (error) {
    if (!(error instanceof StanzaError)) throw error;
    const isMissing = ["service-unavailable", "feature-not-implemented"].includes(error.condition);
    return { refused: isMissing ? "no-pep" : "failed", detail: error.message };
  }
}

/** Puts a node right that is there already. `config`: what it is like. */
async function mend(
  session: Session,
  node: string,
  config: Config,
): Promise<PrivateNode | NodeRefusal> {
  const wrong = wrongIn(config);
  const isOpen = "access_model" in wrong;
  // Asked before it looks private: once it does, nobody could tell that others are left in it.
  if (isOpen && (await dismissStrangers(session, node)) !== true) return makeAnew(session, node);
  const isRight = Object.keys(wrong).length === 0;
  if (!isRight) await repair(session, node, wrong);
  // Behind the repair: from now on nobody can join any more.
  if ((await dismissStrangers(session, node)) === false) return makeAnew(session, node);
  const made = isRight ? judge(node, config) : await readPrivateNode(session, node);
  return isOpen ? closed(made) : made;
}

async function makeAnew(session: Session, node: string): Promise<PrivateNode | NodeRefusal> {
  try {
    return await remakeNode(session, node);
  } catch (error) {
    // What passes, or another device took away meanwhile, says nothing of who may read it.
    const isRefused = error instanceof StanzaError && error.type !== "wait" && !isNotFound(error);
    if (!isRefused) throw error;
    return { refused: "not-private", detail: `others may read it: ${error.message}` };
  }
}

function closed(made: PrivateNode | NodeRefusal): PrivateNode | NodeRefusal {
  return "refused" in made ? made : { ...made, wasOpen: true };
}
