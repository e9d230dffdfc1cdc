/** What is written to a stream, in order and counted (XEP-0198), with places that can be kept free. */
import type { Element } from "@xmpp/xml";
import { utf8Length } from "../base/utf8.ts";
import type { ConnectionError } from "./connection-error.ts";
import type { Reservation } from "./session.ts";
import type { XmppSocket } from "./socket.ts";
import type { StreamManagement } from "./stream-management.ts";

export interface Outgoing {
  /** Throws ConnectionError when the stream is closed. */
  send(stanza: Element): void;
  /** See Session. */
  reserve(): Reservation;
  /** What a slow server must take before it can answer. */
  bytesWaiting(): number;
}

export function createOutgoing(options: {
  socket: XmppSocket;
  sm: StreamManagement | undefined;
  /** Why the stream is closed, once it is. */
  closed: () => ConnectionError | undefined;
  onWritten: () => void;
}): Outgoing {
  const { socket, sm, closed } = options;
  /** Stanzas behind a reserved place. */
  let held: Element[] | undefined;

  function write(stanza: Element): void {
    stanza.attrs["xmlns"] ??= "jabber:client";
    const text = stanza.toString();
    sm?.sent(stanza, utf8Length(text));
    socket.sendText(text);
    options.onWritten();
  }

  function throwIfClosed(): void {
    const error = closed();
    if (error !== undefined) throw error;
  }

  return {
    send(stanza) {
      throwIfClosed();
      if (held === undefined) write(stanza);
      else held.push(stanza);
    },
    reserve() {
      throwIfClosed();
      if (held !== undefined) throw new Error("one place at a time");
      held = [];
      let over = false;
      const end = (first: Element[]): void => {
        if (over) return;
        over = true;
        const behind = held ?? [];
        held = undefined;
        if (first.length > 0) throwIfClosed();
        if (closed() === undefined) for (const stanza of [...first, ...behind]) write(stanza);
      };
      return { number: sm?.next, send: (stanza) => end([stanza]), release: () => end([]) };
    },
    // Without acknowledgements the browser's own buffer is all we see.
    bytesWaiting: () => Math.max(sm?.waiting.bytes ?? 0, socket.buffered()),
  };
}
