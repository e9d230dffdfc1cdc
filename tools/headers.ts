/** The security headers of the app, said once: for the server here, the meta element of the build, and the README. */

/** any: the person names the server. locked: only these hosts are ever talked to. */
export type SecurityProfile =
  | { kind: "any" }
  | {
      kind: "locked";
      /** "wss://xmpp.example.org", "https://upload.example.org" */
      connect: readonly string[];
    };

/**
 * The Content-Security-Policy. `meta`: for a meta element, which may not say frame-ancestors (CSP 3 section 3.3).
 * Only `connect-src` differs between the profiles.
 */
export function policy(profile: SecurityProfile, options: { meta: boolean }): string {
  const connect =
    profile.kind === "any"
      ? "'self' https: wss: ws://localhost:* ws://127.0.0.1:*"
      : ["'self'", ...profile.connect.map(origin)].join(" ");
  const directives = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "media-src blob:",
    "font-src 'self'",
    `connect-src ${connect}`,
    "worker-src 'self'",
    "manifest-src 'self'",
    "frame-src 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    ...(options.meta ? [] : ["frame-ancestors 'none'"]),
    "require-trusted-types-for 'script'",
    "trusted-types solid-tmpl app-worker mail-html",
  ];
  return directives.join("; ");
}

/** Headers for every answer, the worker's file included: a worker has the policy of its own response. */
export function securityHeaders(profile: SecurityProfile): Record<string, string> {
  return {
    "Content-Security-Policy": policy(profile, { meta: false }),
    "Permissions-Policy":
      "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    // Isolated like require-corp, and yet discovery can tell a web server that shuts pages out from one that is not there.
    "Cross-Origin-Embedder-Policy": "credentialless",
  };
}

/** One host of one scheme; unencrypted on this machine only. Throws for anything else: a blank would open the policy. */
function origin(source: string): string {
  const host = "[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\\d{1,5})?";
  const isFine = new RegExp(
    `^((wss|https)://${host}|ws://(localhost|127\\.0\\.0\\.1)(:\\d{1,5})?)$`,
    "i",
  );
  if (!isFine.test(source)) throw new Error(`not an origin: ${source}`);
  return source;
}
