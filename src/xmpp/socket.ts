/** A WebSocket that carries XMPP frames (RFC 7395): one element out, one checked element in. */
import { type Element, xml } from "@xmpp/xml";
import { carriable, isCarriable } from "../base/carriable.ts";
import { ConnectionError } from "./connection-error.ts";
import { parseFrame, type StanzaName } from "./frame.ts";

const NS_FRAMING = "urn:ietf:params:xml:ns:xmpp-framing";
/** One bad frame is one bad message; this many without a good one between are not XMPP. */
const MAX_NONSENSE = 30;

/**
 * The longest message that this browser surely sends in one frame, bytes of UTF-8; Infinity where it never breaks one.
 * Chromium copies messages through a ring of 128 kB and sends what it finds there: above 64 kB it depends on chance.
 * No feature tells.
 */
export function wholeMessageBytes(): number {
  return /Chrom(e|ium)\//.test(navigator.userAgent) ? 65_536 : Infinity;
}

export interface XmppSocket {
  /** Elements in order, with their text; replaced as the stream goes on. Exceptions in it end the stream, never wedge it. */
  onElement: (element: Element, text: string) => void;
  /** A frame that is no XML or endless; `name` where it began like a stanza, and so was one to who sent it. */
  onSkipped: (text: string, name: StanzaName | undefined) => void;
  /** Once, when the socket is gone. */
  onClosed: (error: ConnectionError) => void;
  send(element: Element): void;
  sendText(text: string): void;
  /** Bytes the browser has not handed to the network yet. */
  buffered(): number;
  /** `<open/>` for the domain; also restarts the stream. `from` where the server may know who comes (XEP-0484). */
  open(domain: string, from?: string): void;
  /** Says `<close/>` and closes; `error` where it was not our wish. */
  close(error?: ConnectionError): void;
  /** Closes at once. */
  abort(error: ConnectionError): void;
}

/** Connects. Rejects with ConnectionError "unreachable". */
export function connectSocket(
  url: string,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<XmppSocket> {
  return new Promise((resolve, reject) => {
    let socket: WebSocket;
    try {
      socket = new WebSocket(url, "xmpp");
    } catch (error) {
      reject(
        new ConnectionError(
          "unreachable",
          `${url}: ${error instanceof Error ? error.message : "not a WebSocket URL"}`,
        ),
      );
      return;
    }
    const give = (error: ConnectionError): void => {
      done();
      socket.close();
      reject(error);
    };
    const timer = setTimeout(
      () => give(new ConnectionError("unreachable", `${url}: no connection in ${timeoutMs} ms`)),
      timeoutMs,
    );
    const onAbort = (): void => give(new ConnectionError("lost", "cancelled"));
    const onError = (): void =>
      give(new ConnectionError("unreachable", `${url}: the connection was refused`));
    const onOpen = (): void => {
      done();
      resolve(socketOn(socket));
    };
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      socket.removeEventListener("error", onError);
      socket.removeEventListener("close", onError);
      socket.removeEventListener("open", onOpen);
    }
    signal?.addEventListener("abort", onAbort, { once: true });
    socket.addEventListener("error", onError);
    socket.addEventListener("close", onError);
    socket.addEventListener("open", onOpen);
    if (signal?.aborted === true) onAbort();
  });
}

function socketOn(socket: WebSocket): XmppSocket {
  let closed = false;
  let nonsense = 0;
  const end = (error: ConnectionError): void => {
    if (closed) return;
    closed = true;
    api.onClosed(error);
  };
  const api: XmppSocket = {
    onElement: () => undefined,
    onSkipped: () => undefined,
    onClosed: () => undefined,
    send: (element) => api.sendText(element.toString()),
    sendText(text) {
      if (closed || socket.readyState !== WebSocket.OPEN)
        throw new ConnectionError("lost", "the stream is closed");
      // One character that is no XML would end the stream, and again whenever it is sent again.
      socket.send(isCarriable(text) ? text : carriable(text));
    },
    buffered: () => socket.bufferedAmount ?? 0,
    open: (domain, from) =>
      api.send(xml("open", { xmlns: NS_FRAMING, from, to: domain, version: "1.0" })),
    close(error = new ConnectionError("lost", "closed by us")) {
      if (!closed && socket.readyState === WebSocket.OPEN)
        socket.send(xml("close", { xmlns: NS_FRAMING }).toString());
      socket.close();
      end(error);
    },
    abort(error) {
      socket.close();
      end(error);
    },
  };
  socket.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    if (closed) return;
    const text = typeof data === "string" ? data : "";
    const frame = parseFrame(text);
    nonsense = frame.ok ? 0 : nonsense + 1;
    try {
      if (frame.ok) api.onElement(frame.element, text);
      else if (nonsense > MAX_NONSENSE) throw new Error("the server sends what is not XML");
      else api.onSkipped(text, frame.name);
    } catch (error) {
      api.abort(
        new ConnectionError("lost", error instanceof Error ? error.message : String(error)),
      );
    }
  });
  socket.addEventListener("close", ({ code, reason }) =>
    end(new ConnectionError("lost", `WebSocket closed, code ${code} ${reason}`.trim())),
  );
  return api;
}

/** Whether this is `<open/>` or `<close/>` of the framing. */
export function isFraming(element: Element, name: "open" | "close"): boolean {
  return element.is(name, NS_FRAMING);
}
