import type { Plugin } from "vite";

const IMPORT = /import\{([^}]*)\}from"\.\/rolldown-runtime-[^"]*";/;
const EXPORT = /export\{([^}]*)\};?\s*$/;

/**
 * Puts the bundler's own helper, a hundred bytes, into the files that use it. As a file of its own it is one more
 * request, and in the worker one that nobody knows of until the file before it has arrived.
 */
export function inlineRuntime(): Plugin {
  return {
    name: "inline-runtime",
    apply: "build",
    generateBundle: {
      order: "pre",
      handler(_options, bundle) {
        const runtime = Object.values(bundle).find(
          (file) => file.type === "chunk" && file.name === "rolldown-runtime",
        );
        if (runtime?.type !== "chunk") return;
        const { code, fileName } = runtime;
        const helpers = code.replace(EXPORT, (_all, names: string) => `return{${renamed(names)}}`);
        for (const file of Object.values(bundle)) {
          if (file.type !== "chunk" || !file.imports.includes(fileName)) continue;
          if (!IMPORT.test(file.code))
            throw new Error(`${file.fileName} imports it in another way`);
          file.code = file.code.replace(
            IMPORT,
            (_all, names: string) => `const{${renamed(names, true)}}=(()=>{${helpers}})();`,
          );
          file.imports = file.imports.filter((name) => name !== fileName);
        }
        delete bundle[fileName];
      },
    },
  };
}

/** "a as b,c" of an import or export, as an object has it. */
function renamed(names: string, isImport = false): string {
  return names
    .split(",")
    .map((name) => {
      const [from = "", to = from] = name.trim().split(" as ");
      return isImport ? `${from}:${to}` : `${to}:${from}`;
    })
    .join(",");
}
