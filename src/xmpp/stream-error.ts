/** Errors that end a stream, RFC 6120 section 4.9. */
import type { Element } from "@xmpp/xml";
import { ConnectionError, type ConnectProblem } from "./connection-error.ts";
import { cleanLine } from "./text.ts";

const NS_STREAM = "http://etherx.jabber.org/streams";
const MAX_DETAIL = 500;

const PROBLEMS: ReadonlyMap<string, ConnectProblem> = new Map([
  ["host-unknown", "host-unknown"],
  ["host-gone", "host-unknown"],
  ["conflict", "conflict"],
  ["not-authorized", "wrong-password"],
  ["system-shutdown", "shutdown"],
  ["resource-constraint", "busy"],
  ["policy-violation", "policy"],
  ["see-other-host", "redirect"],
]);

/** Prosody ends the streams of a deleted account with not-authorized, ejabberd with conflict; both say so in words. */
const ACCOUNT_DELETED = /^(?:account deleted|user removed)$/i;

/**
 * What a `<stream:error/>` says, or undefined where the element is none. A redirect (see-other-host, section 4.9.3.19)
 * is never followed: it would carry the password elsewhere.
 */
export function parseStreamError(element: Element): ConnectionError | undefined {
  if (!element.is("error", NS_STREAM) && element.name !== "stream:error") return undefined;
  const condition =
    element.getChildElements().find((e) => e.name !== "text")?.name ?? "undefined-condition";
  const text = cleanLine(element.getChildText("text") ?? "", MAX_DETAIL);
  const detail = text === "" ? condition : `${condition}: ${text}`;
  const problem = ACCOUNT_DELETED.test(text) ? "gone" : PROBLEMS.get(condition);
  return new ConnectionError(problem ?? "lost", detail);
}
