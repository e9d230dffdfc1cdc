/** What a stream, or a try to have one, makes of what happens outside. */
import type { Trouble } from "../mail/status.ts";
import { ConnectionError } from "../xmpp/connection-error.ts";
import type { Session } from "../xmpp/session.ts";
import type { ConnectionReport } from "./connection-report.ts";
import type { ServerClock } from "./server-clock.ts";
import { TryAgain } from "./trouble.ts";
import type { Wakes } from "./wakes.ts";

/** A try this old may hang on a network that is gone. ms */
const STALE_MS = 3000;
/** A server that is there answers in this time, or the browser is believed. ms */
const PROOF_MS = 300;

/** While connecting: a network that went, or came back, makes the try pointless. */
export function giveUpStale(stream: AbortController): Parameters<Wakes["on"]>[0] {
  const triedAt = performance.now();
  return (why) => {
    if (why === "offline")
      stream.abort(new ConnectionError("unreachable", "the browser went offline"));
    else if (why !== "visible" && performance.now() - triedAt > STALE_MS)
      stream.abort(new TryAgain("the network may be another one now"));
  };
}

/**
 * Whatever happens outside: the stream is asked at once instead of trusted, and no more is told than is known. A browser
 * that says "offline" is often wrong, or late: nobody is told before the server had a moment to prove it so.
 */
export function checkStream(
  report: ConnectionReport,
  session: Session,
  host: string,
  clock: Pick<ServerClock, "ask">,
): Parameters<Wakes["on"]>[0] {
  let alarms = 0;
  let isSaid = false;
  const say = (connected: boolean): void => {
    isSaid = !connected;
    const trouble: Trouble = { kind: "device-offline", detail: "the browser went offline" };
    report
      .say({ state: connected ? "connected" : "offline", host, ...(connected ? {} : { trouble }) })
      .catch(() => undefined);
  };
  return (why) => {
    if (why === "credential") return;
    const isAlarm = why === "offline";
    if (isAlarm) alarms++;
    const asked = alarms;
    const silence = isAlarm ? setTimeout(() => say(false), PROOF_MS) : undefined;
    session.probe().then(
      () => {
        clearTimeout(silence);
        // What was asked before the last alarm proves nothing.
        if (isSaid && asked === alarms) say(true);
        // What counts the time may have slept as well.
        if (why === "slept") void clock.ask(session);
      },
      // The stream is over, and what there is to tell comes with its end.
      () => clearTimeout(silence),
    );
  };
}
