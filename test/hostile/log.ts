/** Everything the server took and gave, for saying "0 lost, 0 doubled" afterwards. */
import type { Element } from "@xmpp/xml";
import { bareOf } from "./xml.ts";

/** A message that the server took from one of its own clients, or from elsewhere. */
export type Accepted = {
  at: number;
  from: string;
  to: string;
  /** The stanza's id; "" for none. */
  id: string;
  text: string;
};

/** A copy that was written to a session. A copy that is written again to a resumed stream stands here once. */
export type Delivered = {
  at: number;
  /** Full address of the session. */
  to: string;
  from: string;
  id: string;
  how: "live" | "carbon" | "offline";
};

export class StanzaLog {
  readonly accepted: Accepted[] = [];
  readonly delivered: Delivered[] = [];

  took(stanza: Element, from: string, at: number): void {
    const to = bareOf(stanza.attrs["to"] ?? from);
    const id = stanza.attrs["id"] ?? "";
    this.accepted.push({ at, from: bareOf(from), to, id, text: stanza.toString() });
  }

  gave(stanza: Element, to: string, how: Delivered["how"], at: number): void {
    const from = bareOf(stanza.attrs["from"] ?? "");
    this.delivered.push({ at, to, from, id: stanza.attrs["id"] ?? "", how });
  }

  /** How often the server took the message with this id for this address. */
  timesAccepted(id: string, to: string): number {
    return this.accepted.filter((entry) => entry.id === id && entry.to === bareOf(to)).length;
  }

  /** Messages that were taken more than once: same sender, recipient and id. */
  doubled(): Accepted[] {
    const seen = new Set<string>();
    return this.accepted.filter(({ from, to, id }) => {
      const key = JSON.stringify([from, to, id]);
      const isAgain = id !== "" && seen.has(key);
      seen.add(key);
      return isAgain;
    });
  }
}
