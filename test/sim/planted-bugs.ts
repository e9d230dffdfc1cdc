/**
 * Bugs put in on purpose, to show that the simulator finds their like. Nothing of them is in src/: while the engine is
 * loaded, one module is replaced by another that passes everything on and changes one thing.
 */
import { registerHooks } from "node:module";

type Bug = {
  /** The module it is in, below src/. */
  module: string;
  /** Plain JavaScript; `real` is the module as it is. */
  source: string;
};

const BUGS: Record<string, Bug> = {
  /** The outbox sends what is in doubt again and asks neither the server's count nor the archive. */
  outbox: {
    module: "engine/doubt.ts",
    source: 'export const fateOf = () => "not-handled";',
  },
  /** Ranges with something missing between them become one, so that it is never fetched. */
  ranges: {
    module: "mail/archive-range.ts",
    source: `export function withPage(...args) {
      const ranges = real.withPage(...args);
      if (ranges.length < 2) return ranges;
      const { newestId, newestAt } = ranges.at(-1);
      return [{ ...ranges[0], newestId, newestAt }];
    }`,
  },
  /** A message that is here under an archive id is not recognised by it. */
  dedup: {
    module: "engine/working-set.ts",
    source: "real.WorkingSet.prototype.withArchiveId = () => undefined;",
  },
};

export const PLANTABLE = Object.keys(BUGS);

/** Takes effect for whatever is loaded from now on. */
export function plant(name: string): void {
  const bug = BUGS[name];
  if (bug === undefined) throw new Error(`no bug "${name}"; there are ${PLANTABLE.join(", ")}`);
  const { href } = new URL(`../../src/${bug.module}`, import.meta.url);
  registerHooks({
    load(url, context, nextLoad) {
      if (url !== href) return nextLoad(url, context);
      const real = JSON.stringify(`${href}?real`);
      return {
        format: "module",
        shortCircuit: true,
        source: `import * as real from ${real};\nexport * from ${real};\n${bug.source}`,
      };
    },
  });
}
