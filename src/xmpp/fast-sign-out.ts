/** Takes a token back before its time, so that whoever finds it later has nothing (XEP-0484 section 3.6). */
import { domainOf, localOf, type Jid } from "../mail/address.ts";
import { buildFast } from "./fast.ts";
import type { FastToken } from "./fast-token.ts";
import { xep0388Profile } from "./sasl2.ts";
import { parseSasl2 } from "./sasl2-offer.ts";
import { proveToken } from "./sasl2-sign-in.ts";
import { connectSocket } from "./socket.ts";
import { StreamReader } from "./stream-reader.ts";

/** Rejects where the server could not be told in that time. */
export async function invalidateToken(options: {
  service: string;
  jid: Jid;
  token: FastToken;
  clientId: string;
  software: string;
  timeoutMs: number;
}): Promise<void> {
  const { jid, token, timeoutMs } = options;
  const socket = await connectSocket(options.service, timeoutMs);
  const reader = new StreamReader(socket, timeoutMs, AbortSignal.timeout(timeoutMs));
  try {
    socket.open(domainOf(jid), jid);
    const offer = parseSasl2(await reader.next());
    const profile = xep0388Profile({
      offer: { mechanisms: offer?.mechanisms ?? [] },
      clientId: options.clientId,
      software: options.software,
      inline: [buildFast(true)],
      send: (element) => socket.send(element),
      next: () => reader.next(),
    });
    await proveToken(localOf(jid), token, profile);
  } finally {
    reader.stop();
    socket.close();
  }
}
