/** The security headers of the app, said once: for the server here, the meta element of the build, and the README. */

/** any: the person names the server. locked: only these hosts are ever talked to. */
export type SecurityProfile =
  | { kind: "any" }
  | { kind: "locked"; xmppHosts: readonly string[]; uploadHosts: readonly string[] };

/**
 * The Content-Security-Policy. `meta`: for a meta element, which may not say frame-ancestors (CSP 3 section 3.3).
 * Only `connect-src` differs between the profiles.
 */
export function policy(profile: SecurityProfile, options: { meta: boolean }): string {
  const connect =
    profile.kind === "any"
      ? "'self' https: wss: ws://localhost:* ws://127.0.0.1:*"
      : [
          "'self'",
          ...profile.xmppHosts.map((h) => `wss://${hostName(h)}`),
          ...profile.uploadHosts.map((h) => `https://${hostName(h)}`),
        ].join(" ");
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

/** A host, with a port or not. Throws for anything else: a blank or semicolon would open the policy. */
function hostName(host: string): string {
  if (!/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/i.test(host))
    throw new Error(`not a host name: ${host}`);
  return host;
}
