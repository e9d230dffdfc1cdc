/**
 * The Trusted Types policy "mail-html". Two things go through it: foreign HTML on its way into DOMPurify's inert
 * parser, and the constant skeleton of the frame. Nothing else may import this file (test/ui/sanitise.web.test.ts).
 */
export type MailPolicy = {
  createHTML(html: string): string;
  createScriptURL(url: string): string;
};
type TrustedTypes = { createPolicy(name: string, rules: MailPolicy): MailPolicy };

const rules: MailPolicy = {
  createHTML: (html) => html,
  // DOMPurify wants to have it; nothing on the allow-list is a script's address.
  createScriptURL: () => "about:blank",
};

/** The objects it makes are taken where strings are; a browser without Trusted Types takes the strings. */
export const mailPolicy: MailPolicy =
  (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy("mail-html", rules) ??
  rules;
