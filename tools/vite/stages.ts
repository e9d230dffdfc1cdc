import { existsSync } from "node:fs";
import { join } from "node:path";

const SRC = join(import.meta.dirname, "../../src");

type Graph = { getModuleInfo: (id: string) => { importedIds: readonly string[] } | null };

/**
 * One file for all that is always loaded together. Left alone the bundler splits wherever two parts share a module, and
 * every small file costs a request and compresses badly. The stages come in the order in which a page loads them; a
 * module belongs to the first that cannot do without it, and what no stage needs is split as ever. `entry` is the file
 * that is there already.
 */
export function stages(entry: string, inOrder: Record<string, readonly string[]>) {
  for (const path of [entry, ...Object.values(inOrder).flat()])
    if (!existsSync(join(SRC, path))) throw new Error(`no such file: src/${path}`);
  let known: Map<string, string | null> | undefined;
  const name = (id: string, graph: Graph): string | null => {
    known ??= sorted(entry, inOrder, graph);
    return known.get(id) ?? null;
  };
  return {
    output: {
      // What they tell the bundler nobody needs after it.
      comments: { annotation: false, jsdoc: false },
      codeSplitting: {
        groups: [{ name, debugName: "stages" }],
        includeDependenciesRecursively: false,
      },
    },
  };
}

function sorted(
  entry: string,
  inOrder: Record<string, readonly string[]>,
  graph: Graph,
): Map<string, string | null> {
  const stageOf = new Map<string, string | null>();
  const walk = (id: string, stage: string | null): void => {
    if (stageOf.has(id)) return;
    stageOf.set(id, stage);
    for (const next of graph.getModuleInfo(id)?.importedIds ?? []) walk(next, stage);
  };
  walk(join(SRC, entry), null);
  for (const [stage, paths] of Object.entries(inOrder))
    for (const path of paths) walk(join(SRC, path), stage);
  return stageOf;
}
