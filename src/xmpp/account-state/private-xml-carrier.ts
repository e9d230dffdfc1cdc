/**
 * The private state, or drafts, in private XML storage (XEP-0049 1.2): all of it in one element, read and written whole, and nobody
 * is told of changes. Two devices that write at once lose what one of them wrote: each finds it missing when it looks
 * again, and says it again.
 */
import { type Element, xml } from "@xmpp/xml";
import { utf8Length } from "../../base/utf8.ts";
import type { Session } from "../session.ts";
import { StanzaError } from "../stanza-error.ts";
import type { StateCarrier } from "./carrier.ts";
import { type CarriedItem, textOf } from "./item.ts";

const NS_PRIVATE = "jabber:iq:private";
/** The request around the storage. Bytes. */
const AROUND_BYTES = 200;

/** What becomes of the elements in storage; none is dropped that is not meant. */
type Change = (all: Map<string, Element>) => void;

/** The element that holds all items, and how much of one is read, in UTF-16 units. */
export type PrivateRoot = { name: string; xmlns: string; maxPayload: number };

/** `maxBytes`: of a stanza; a larger one may end the stream. */
export function createPrivateXmlCarrier(
  session: Session,
  root: PrivateRoot,
  maxBytes: number,
): StateCarrier {
  const { xmlns, maxPayload } = root;
  const change = createWriter(session, root, maxBytes);
  const idOf = (element: Element): string | undefined => idIn(element, xmlns);
  const list = async (): Promise<string[]> =>
    (await readAll(session, root)).flatMap((element) => idOf(element) ?? []);
  return {
    kind: "private-xml",
    list,
    glance: list,
    async fetch(ids) {
      const all = await readAll(session, root);
      return all.flatMap((element): CarriedItem[] => {
        const id = idOf(element);
        return id !== undefined && ids.includes(id)
          ? [{ id, payload: textOf(element, maxPayload) }]
          : [];
      });
    },
    publish: ({ id, payload }) => change((all) => void all.set(id, xml("item", { id }, payload))),
    retract: (ids) => change((all) => ids.forEach((id) => all.delete(id))),
  };
}

/** One read and one write at a time; what is asked for meanwhile goes together into the next. */
function createWriter(
  session: Session,
  root: PrivateRoot,
  maxBytes: number,
): (change: Change) => Promise<void> {
  let next: { changes: Change[]; done: Promise<void> } | undefined;
  let last: Promise<unknown> = Promise.resolve();
  return (change) => {
    if (next === undefined) {
      const changes: Change[] = [];
      const done = last.then(() => {
        next = undefined;
        return apply(session, root, changes, maxBytes);
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
  root: PrivateRoot,
  changes: readonly Change[],
  maxBytes: number,
): Promise<void> {
  const { name, xmlns } = root;
  const found = await readAll(session, root);
  const all = new Map(found.map((element, at) => [idIn(element, xmlns) ?? `\n${at}`, element]));
  for (const change of changes) change(all);
  const whole = xml(name, { xmlns }, [...all.values()]);
  const bytes = utf8Length(whole.toString());
  if (bytes + AROUND_BYTES > maxBytes) throw tooLarge(bytes);
  await session.iq({ type: "set", child: xml("query", { xmlns: NS_PRIVATE }, whole) });
}

/** Said here: a server may close the stream over it instead of answering. */
function tooLarge(bytes: number): StanzaError {
  const text = `${bytes} bytes are too many for private XML storage`;
  return new StanzaError({ type: "modify", condition: "resource-constraint", text });
}

/** Everything in our element, also what is none of ours. */
async function readAll(session: Session, { name, xmlns }: PrivateRoot): Promise<Element[]> {
  const child = xml("query", { xmlns: NS_PRIVATE }, xml(name, { xmlns }));
  const iq = await session.iq({ type: "get", child });
  const found = iq.getChild("query", NS_PRIVATE)?.getChild(name, xmlns);
  return found?.getChildElements() ?? [];
}

function idIn(element: Element, xmlns: string): string | undefined {
  return element.is("item", xmlns) ? element.attrs["id"] : undefined;
}
