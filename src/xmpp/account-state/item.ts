/** One item of the private state as it stands on the wire: `<state xmlns='urn:envoi:state:0'>base64</state>`. */
import { type Element, xml } from "@xmpp/xml";
import { NODE_STATE } from "../nodes.ts";

/** UTF-16 units. Nobody writes a larger one; what is larger is left alone. */
export const MAX_PAYLOAD = 64 * 1024;

/** `payload`: "" where the item is none of ours, or too large: it is there, and stays. */
export type CarriedItem = { id: string; payload: string };

/** The payload of `<state/>`, or of whatever else stands there. Never throws. */
export function parsePayload(payload: Element | undefined): string {
  if (payload?.is("state", NODE_STATE) !== true) return "";
  return textOf(payload, MAX_PAYLOAD);
}

export function buildPayload(payload: string): Element {
  return xml("state", { xmlns: NODE_STATE }, payload);
}

/** Text alone; "" for elements, which are somebody else's, and for what is too long. */
export function textOf(element: Element, most: number): string {
  if (!element.children.every((child) => typeof child === "string")) return "";
  const text = element.text();
  return text.length > most ? "" : text;
}
