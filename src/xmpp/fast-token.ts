/** What FAST (XEP-0484) leaves with a client. How it is got and used, fast.ts, is loaded where a server offers it. */

/** A server's token for this browser. As good as the password until it is used up, expired or taken back. */
export type FastToken = {
  mechanism: FastMechanism;
  token: string;
  /** Epoch ms. */
  expiresAt?: number;
};

export type FastMechanism = "HT-SHA-512-NONE" | "HT-SHA-256-NONE";

/** Strongest first. */
export const HASH: Record<FastMechanism, string> = {
  "HT-SHA-512-NONE": "SHA-512",
  "HT-SHA-256-NONE": "SHA-256",
};
export const FAST_MECHANISMS = Object.keys(HASH) as FastMechanism[];

export function isExpired({ expiresAt }: FastToken, now: number): boolean {
  return expiresAt !== undefined && expiresAt <= now;
}
