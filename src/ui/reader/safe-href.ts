const PROTOCOLS: ReadonlySet<string> = new Set(["https:", "http:", "mailto:", "xmpp:", "tel:"]);

/** The address of a link in a message, or undefined where a message may not lead there. */
export function safeHref(href: string): string | undefined {
  try {
    // Parsed once: a text may be nothing but addresses.
    const url = new URL(href);
    return PROTOCOLS.has(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}
