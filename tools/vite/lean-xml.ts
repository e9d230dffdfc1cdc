import type { Plugin } from "vite";

const NAME = "@xmpp/xml";
const LEAN = "\0lean-xml";

/**
 * `@xmpp/xml` hangs its parser on the function that makes elements, so that no bundler can leave it out: three times
 * the bytes of what is used. The built worker gets the same elements from below it, without the parser.
 */
export function leanXml(): Plugin {
  return {
    name: "lean-xml",
    apply: "build",
    enforce: "pre",
    resolveId: (id) => (id === NAME ? LEAN : undefined),
    load: (id) =>
      id === LEAN
        ? `export { default as Element } from "ltx/src/Element.js";
           export { default as xml } from "ltx/src/createElement.js";`
        : undefined,
  };
}
