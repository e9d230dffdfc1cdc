/** Reads one element after another while a stream is being set up. */
import type { Element } from "@xmpp/xml";
import { ConnectionError } from "./connection-error.ts";
import { isFraming, type XmppSocket } from "./socket.ts";
import { parseStreamError } from "./stream-error.ts";

export class StreamReader {
  /** The server answered with `<open/>`. */
  isOpen = false;
  private readonly socket: XmppSocket;
  /** Longest silence. */
  readonly timeoutMs: number;
  private readonly signal: AbortSignal | undefined;
  private readonly queue: Element[] = [];
  private waiting:
    | { resolve: (element: Element | undefined) => void; reject: (error: Error) => void }
    | undefined;
  private failure: ConnectionError | undefined;
  private readonly onAbort = (): void => this.fail(new ConnectionError("lost", "cancelled"));

  constructor(socket: XmppSocket, timeoutMs: number, signal: AbortSignal | undefined) {
    this.socket = socket;
    this.timeoutMs = timeoutMs;
    this.signal = signal;
    socket.onElement = (element) => this.take(element);
    socket.onSkipped = () =>
      this.fail(new ConnectionError("lost", "the server sent something that is not XML"));
    socket.onClosed = (error) => this.fail(error);
    signal?.addEventListener("abort", this.onAbort, { once: true });
    if (signal?.aborted === true) this.onAbort();
  }

  /** The next element that is no framing. Rejects on stream errors, close, silence; `waitedMs` counts as silence. */
  async next(waitedMs = 0): Promise<Element> {
    const element = await this.within(this.timeoutMs - waitedMs);
    if (element !== undefined) return element;
    const silence = `the server said nothing for ${this.timeoutMs} ms`;
    this.fail(new ConnectionError("timeout", silence));
    throw this.failure ?? new Error(silence);
  }

  /** The next element, or undefined where it does not come in that time; the stream goes on. */
  async within(ms: number): Promise<Element | undefined> {
    if (this.failure !== undefined) throw this.failure;
    const ready = this.queue.shift();
    if (ready !== undefined) return ready;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting = undefined;
        resolve(undefined);
      }, ms);
      this.waiting = {
        resolve: (element) => {
          clearTimeout(timer);
          resolve(element);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
    });
  }

  async exchange(element: Element): Promise<Element> {
    this.socket.send(element);
    return this.next();
  }

  /** The answer for which `is` holds; what comes before it goes to `others`. */
  async exchangeFor(
    element: Element,
    is: (answer: Element) => boolean,
    others: Element[],
  ): Promise<Element> {
    let answer = await this.exchange(element);
    while (!is(answer)) {
      others.push(answer);
      answer = await this.next();
    }
    return answer;
  }

  /** Lets go of the socket; what was read and not asked for yet. The caller listens on in the same turn. */
  stop(): Element[] {
    this.signal?.removeEventListener("abort", this.onAbort);
    this.socket.onElement = () => undefined;
    this.socket.onSkipped = () => undefined;
    this.socket.onClosed = () => undefined;
    return this.queue.splice(0);
  }

  /** Throws where the stream ended meanwhile. */
  check(): void {
    if (this.failure !== undefined) throw this.failure;
  }

  /** Ends the wait with that error, and every later one. */
  fail(error: ConnectionError): void {
    this.failure ??= error;
    const waiting = this.waiting;
    this.waiting = undefined;
    waiting?.reject(this.failure);
  }

  private take(element: Element): void {
    if (isFraming(element, "open")) {
      this.isOpen = true;
      return;
    }
    if (isFraming(element, "close"))
      return this.fail(new ConnectionError("lost", "the server closed the stream"));
    const error = parseStreamError(element);
    if (error !== undefined) return this.fail(error);
    const waiting = this.waiting;
    this.waiting = undefined;
    if (waiting === undefined) this.queue.push(element);
    else waiting.resolve(element);
  }
}
