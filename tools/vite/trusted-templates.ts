import type { Plugin } from "vite";

/**
 * Solid parses its compiled templates with `t.innerHTML = html`, a Trusted Types sink. This wraps that one
 * assignment in the policy "solid-tmpl", so that the page can demand Trusted Types everywhere.
 * It throws when Solid's code no longer looks as expected: a silent miss would be a blank page under the policy.
 */
export function trustedTemplates(): Plugin {
  const sink = "t.innerHTML = html;";
  const policy =
    'const solidTemplates = globalThis.trustedTypes?.createPolicy("solid-tmpl", { createHTML: (html) => html });\n';
  return {
    name: "trusted-templates",
    apply: "build",
    transform(code, id) {
      if (id.split("?")[0]?.endsWith("solid-js/web/dist/web.js") !== true) return null;
      if (!code.includes(sink)) throw new Error(`solid-js/web no longer contains "${sink}"`);
      const wrapped = code.replaceAll(
        sink,
        "t.innerHTML = solidTemplates ? solidTemplates.createHTML(html) : html;",
      );
      return { code: policy + wrapped, map: null };
    },
  };
}
