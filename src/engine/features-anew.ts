import type { Needed } from "../xmpp/account-state/open-state-carrier.ts";
import { serverFeatures } from "../xmpp/disco.ts";
import type { Session } from "../xmpp/session.ts";

/**
 * What the server can for a private place. From the second time on it is asked anew where it was not enough: it may be
 * able to by then, or had not said so in time. Rejects with ConnectionError.
 */
export function createFeaturesAnew(session: Session, known: Needed): () => Promise<Needed> {
  const isAble = known.pep && known.pepPublishOptions;
  let isFirst = true;
  return async () => {
    const isKnown = isFirst || isAble;
    isFirst = false;
    return isKnown ? known : serverFeatures(session);
  };
}
