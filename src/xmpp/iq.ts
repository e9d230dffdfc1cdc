/**
 * Requests and their answers (RFC 6120 section 8.2.3). An answer counts only when it comes from whom was asked: ids
 * alone can be guessed or seen (CVE-2014-0364 and its kin), so anything else is dropped and the wait goes on.
 */
import { type Element, xml } from "@xmpp/xml";
import { domainOf, type Jid, parseAddress } from "../mail/address.ts";
import { ConnectionError } from "./connection-error.ts";
import { parseStanzaError, StanzaError } from "./stanza-error.ts";

export type IqRequest = {
  type: "get" | "set";
  /** Absent: my own account. */
  to?: string;
  child: Element;
  /** ms; 60,000 unless told. */
  timeoutMs?: number;
  signal?: AbortSignal;
};

/** ms */
export const DEFAULT_TIMEOUT_MS = 60_000;

type Waiting = {
  to: string | undefined;
  resolve: (iq: Element) => void;
  reject: (error: Error) => void;
};

export interface IqCaller {
  request(request: IqRequest): Promise<Element>;
  /** "answered", "forged" (an answer from somebody else) or "unknown" (nobody waits for it). */
  take(iq: Element): "answered" | "forged" | "unknown";
  failAll(error: Error): void;
}

/** `fullJid`: my own, which servers also use as the sender of answers about my account. */
export function createIqCaller(
  me: () => Jid,
  fullJid: () => string,
  send: (iq: Element) => void,
): IqCaller {
  const waiting = new Map<string, Waiting>();

  function isFromAsked(from: string | undefined, to: string | undefined): boolean {
    // RFC 6120 section 8.1.2.1: a stanza without `from` is my own account's.
    if (to !== undefined) return sameAddress(from ?? me(), to);
    return (
      from === undefined || sameAddress(from, me()) || from === domainOf(me()) || from === fullJid()
    );
  }

  return {
    request({ type, to, child, timeoutMs = DEFAULT_TIMEOUT_MS, signal }) {
      const id = crypto.randomUUID();
      return new Promise<Element>((resolve, reject) => {
        const end = (): void => {
          clearTimeout(timer);
          signal?.removeEventListener("abort", abort);
          waiting.delete(id);
        };
        const fail = (error: Error): void => {
          end();
          reject(error);
        };
        const abort = (): void => fail(reasonOf(signal));
        const timer = setTimeout(
          () =>
            // No StanzaError: those are answers, and an answer proves that the stanzas before it were handled.
            fail(new ConnectionError("timeout", `no answer in ${timeoutMs} ms`)),
          timeoutMs,
        );
        waiting.set(id, {
          to,
          resolve: (iq) => {
            end();
            resolve(iq);
          },
          reject: fail,
        });
        if (signal?.aborted === true) return abort();
        signal?.addEventListener("abort", abort, { once: true });
        try {
          send(xml("iq", { type, id, to }, child));
        } catch (error) {
          fail(error instanceof Error ? error : new Error(String(error)));
        }
      });
    },
    take(iq) {
      const entry = waiting.get(iq.attrs["id"] ?? "");
      if (entry === undefined) return "unknown";
      if (!isFromAsked(iq.attrs["from"], entry.to)) return "forged";
      if (iq.attrs["type"] === "error") entry.reject(new StanzaError(parseStanzaError(iq)));
      else entry.resolve(iq);
      return "answered";
    },
    failAll(error) {
      const all = Array.from(waiting.values());
      waiting.clear();
      for (const { reject } of all) reject(error);
    },
  };
}

function sameAddress(a: string, b: string): boolean {
  const one = parseAddress(a);
  const other = parseAddress(b);
  return one.ok && other.ok && one.jid === other.jid && one.resource === other.resource;
}

function reasonOf(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new Error("aborted");
}
