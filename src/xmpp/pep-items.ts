/** Items of nodes in answers and events (XEP-0060 sections 6.5.2, 7.1.2). Apart from pep.ts, which can come later. */
import type { Element } from "@xmpp/xml";

export const NS_GONE = "urn:envoi:gone:0";

/** `payload` undefined where there is none. */
export type PepItem = { id: string; payload: Element | undefined };

/** `<item/>` elements; one without an id is none. */
export function readItems(items: readonly Element[]): PepItem[] {
  return items.flatMap((item) => {
    const id = item.attrs["id"];
    return id === undefined ? [] : [{ id, payload: item.getChildElements()[0] }];
  });
}

/** Whether it says that it is gone (pep.ts `wipeItems`): then it counts as not there. */
export function isWiped({ payload }: PepItem): boolean {
  return payload?.is("gone", NS_GONE) === true;
}

/** Without those that are wiped. */
export function standing(items: readonly PepItem[]): PepItem[] {
  return items.filter((item) => !isWiped(item));
}
