/** Errors in stanzas: RFC 6120 section 8.3. */
import type { Element } from "@xmpp/xml";
import type { StanzaProblem } from "../mail/received.ts";
import { cleanId, cleanLine, cleanText } from "./text.ts";

const NS = "urn:ietf:params:xml:ns:xmpp-stanzas";
const TYPES = ["auth", "cancel", "continue", "modify", "wait"] as const;
const MAX_TEXT = 500;

/** A request that was answered with an error. */
export class StanzaError extends Error {
  override readonly name = "StanzaError";
  readonly type: StanzaProblem["type"];
  readonly condition: string;
  readonly text: string | undefined;
  readonly by: string | undefined;
  constructor(problem: StanzaProblem) {
    super(problem.text === undefined ? problem.condition : `${problem.condition}: ${problem.text}`);
    this.type = problem.type;
    this.condition = problem.condition;
    this.text = problem.text;
    this.by = problem.by;
  }
}

/** The problem a stanza of type error tells of; one without details is "undefined-condition". */
export function parseStanzaError(stanza: Element): StanzaProblem {
  const error = stanza.getChild("error");
  const condition = error?.getChildElements().find((e) => e.getNS() === NS && e.name !== "text");
  const text = cleanText(error?.getChildText("text", NS) ?? "", MAX_TEXT).trim();
  const by = cleanId(error?.attrs["by"]);
  return {
    type: TYPES.find((t) => t === error?.attrs["type"]) ?? "cancel",
    condition: condition === undefined ? "undefined-condition" : cleanLine(condition.name, 100),
    ...(text === "" ? {} : { text }),
    ...(by === undefined ? {} : { by }),
  };
}
