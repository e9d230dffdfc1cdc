/** What stanzas of the server's mean, and who of us asked for them. */
import type { Element } from "@xmpp/xml";
import type { Jid } from "../mail/address.ts";
import type { StanzaName } from "./frame.ts";
import { type Inbound, readBlockPush, readInbound, readRosterPush } from "./inbound.ts";
import type { IqCaller } from "./iq.ts";
import { type ArchiveListener, salvageResult } from "./mam.ts";
import { answerRequest } from "./requests.ts";

export interface Incoming {
  /** Undefined where it was for somebody who waited for it, or nobody is to be told. */
  readStanza(stanza: Element, text: string): Inbound | undefined;
  readIq(iq: Element): Inbound | undefined;
  /** A frame that is no XML. */
  readUnreadable(text: string, name: StanzaName | undefined): Inbound | undefined;
  /** Results of one archive query, until the returned function is called. */
  onArchiveResult(queryId: string, listener: ArchiveListener): () => void;
}

export function createIncoming(options: {
  me: Jid;
  iqs: IqCaller;
  answer: (iq: Element) => void;
}): Incoming {
  const { me } = options;
  const queries = new Map<string, ArchiveListener>();
  return {
    readStanza(stanza, text) {
      const event = readInbound(stanza, me);
      if (event.kind !== "archive-result") return event;
      const listener = queries.get(event.queryId);
      if (listener === undefined)
        return { kind: "rejected", why: "archive result nobody asked for" };
      listener.take(event.result, text);
      return undefined;
    },
    readIq(iq) {
      const type = iq.attrs["type"];
      if (type === "result" || type === "error") {
        return options.iqs.take(iq) === "forged"
          ? { kind: "rejected", why: "answer from somebody who was not asked" }
          : undefined;
      }
      const push = readRosterPush(iq, me) ?? readBlockPush(iq, me);
      const isTaken = push !== undefined && push.kind !== "rejected";
      const answer = answerRequest(iq, isTaken);
      if (answer !== undefined) options.answer(answer);
      return push;
    },
    readUnreadable(text, name) {
      const archived = name === "message" ? salvageResult(text, me) : undefined;
      const listener = queries.get(archived?.queryId ?? "");
      if (archived === undefined || listener === undefined) return { kind: "unreadable", text };
      listener.unreadable(archived, text);
      return undefined;
    },
    onArchiveResult(queryId, listener) {
      queries.set(queryId, listener);
      return () => queries.delete(queryId);
    },
  };
}
