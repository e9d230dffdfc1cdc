/**
 * The private state in private XML storage (XEP-0049 1.2): all of it in one element, read and written whole, and nobody
 * is told of changes. Two devices that write at once lose what one of them wrote: each finds it missing when it looks
 * again, and says it again.
 */
import { type Element, xml } from "@xmpp/xml";
import { utf8Length } from "../../base/utf8.ts";
import { NODE_STATE } from "../nodes.ts";
import type { Session } from "../session.ts";
import { StanzaError } from "../stanza-error.ts";
import type { StateCarrier } from "./carrier.ts";
import { type CarriedItem, textOf } from "./item.ts";

const NS_PRIVATE = "jabber:iq:private";
/** The request around the storage. Bytes. */
const AROUND_BYTES = 200;

/** What becomes of the elements in storage; none is dropped that is not meant. */
type Change = (all: Map<string, Element>) => void;

/** `maxBytes`: of a stanza; a larger one may end the stream. */
export function createPrivateXmlCarrier(session: Session, maxBytes: number): StateCarrier {
  const change = createWriter(session, maxBytes);
  return {
    kind: "private-xml",
    async list() {
      return idsOf(await readAll(session));
    },
    async fetch(ids) {
      const all = await readAll(session);
      return all.flatMap((element): CarriedItem[] => {
        const id = idOf(element);
        return id !== undefined && ids.includes(id) ? [{ id, payload: textOf(element) }] : [];
      });
    },
    publish: ({ id, payload }) => change((all) => void all.set(id, xml("item", { id }, payload))),
    retract: (ids) => change((all) => ids.forEach((id) => all.delete(id))),
  };
}

/** One read and one write at a time; what is asked for meanwhile goes together into the next. */
function createWriter(session: Session, maxBytes: number): (change: Change) => Promise<void> {
  let next: { changes: Change[]; done: Promise<void> } | undefined;
  let last: Promise<unknown> = Promise.resolve();
  return (change) => {
    if (next === undefined) {
      const changes: Change[] = [];
      const done = last.then(() => {
        next = undefined;
        return apply(session, changes, maxBytes);
      });
      last = done.catch(() => undefined);
      next = { changes, done };
    }
    next.changes.push(change);
    return next.done;
  };
}

async function apply(
  session: Session,
  changes: readonly Change[],
  maxBytes: number,
): Promise<void> {
  const found = await readAll(session);
  const all = new Map(found.map((element, at) => [idOf(element) ?? `\n${at}`, element]));
  for (const change of changes) change(all);
  const state = xml("state", { xmlns: NODE_STATE }, [...all.values()]);
  const bytes = utf8Length(state.toString());
  if (bytes + AROUND_BYTES > maxBytes) throw tooLarge(bytes);
  await session.iq({ type: "set", child: xml("query", { xmlns: NS_PRIVATE }, state) });
}

/** Said here: a server may close the stream over it instead of answering. */
function tooLarge(bytes: number): StanzaError {
  const text = `${bytes} bytes are too many for private XML storage`;
  return new StanzaError({ type: "modify", condition: "resource-constraint", text });
}

/** Everything in our element, also what is none of ours. */
async function readAll(session: Session): Promise<Element[]> {
  const child = xml("query", { xmlns: NS_PRIVATE }, xml("state", { xmlns: NODE_STATE }));
  const iq = await session.iq({ type: "get", child });
  const state = iq.getChild("query", NS_PRIVATE)?.getChild("state", NODE_STATE);
  return state?.getChildElements() ?? [];
}

function idsOf(elements: readonly Element[]): string[] {
  return elements.flatMap((element) => idOf(element) ?? []);
}

function idOf(element: Element): string | undefined {
  return element.is("item", NODE_STATE) ? element.attrs["id"] : undefined;
}
