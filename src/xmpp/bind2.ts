/** A resource, stream management and carbons in the same round trip as signing in: XEP-0386 1.1. */
import { type Element, xml } from "@xmpp/xml";
import { NS_CARBONS } from "./carbons.ts";
import { buildEnable, NS_SM } from "./stream-management.ts";

const NS_BIND2 = "urn:xmpp:bind:0";

/** What can be had with the resource, or undefined where the server does not bind inline. */
export function bind2Offer(inline: Element | undefined): readonly string[] | undefined {
  const bind = inline?.getChild("bind", NS_BIND2);
  const list = bind?.getChild("inline")?.getChildren("feature") ?? [];
  return bind === undefined ? undefined : list.flatMap(({ attrs }) => attrs["var"] ?? []);
}

/** `tag` becomes part of the resource, which others may see. */
export function buildBind2(
  offer: readonly string[],
  options: { tag: string; resumable: boolean },
): Element {
  return xml(
    "bind",
    { xmlns: NS_BIND2 },
    xml("tag", {}, options.tag),
    ...(offer.includes(NS_CARBONS) ? [xml("enable", { xmlns: NS_CARBONS })] : []),
    ...(offer.includes(NS_SM) ? [buildEnable(options.resumable)] : []),
  );
}

/** `<bound/>` in what `<success/>` brought. */
export function boundIn(success: Element): Element | undefined {
  return success.getChild("bound", NS_BIND2);
}
