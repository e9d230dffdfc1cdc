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

/** In what the devices of an account share. */
const STATE_BUGS: Record<string, Bug> = {
  /** Of two words the earlier counts. */
  merge: {
    module: "mail/state.ts",
    source: `export function later(a, b) {
      if (a === undefined || b === undefined) return a ?? b;
      return a[1] < b[1] ? a : b;
    }
    export function joined(a, b) {
      const all = { ...a };
      for (const [field, said] of Object.entries(b)) all[field] = later(all[field], said);
      return all;
    }`,
  },
  /** The last message of a bucket is left out of what is published, and counts as saved. */
  "fold at the edge": {
    module: "mail/account-state/buckets.ts",
    source: `export function planFold(bucket, batch, ...more) {
      const messages = batch.messages.slice(0, Math.max(1, batch.messages.length - 1));
      const fold = real.planFold(bucket, { ...batch, messages }, ...more);
      return { ...fold, parts: fold.parts.map((part, at) => at > 0 ? part : { ...part, batch }) };
    }`,
  },
  /** What somebody else folded meanwhile goes with what is replaced. */
  "fold of what is not known": {
    module: "engine/account-state/fold.ts",
    source: `import { bucketOfItem } from "../../mail/account-state/buckets.ts";
    import { readItems } from "./items.ts";
    async function takeAway(context, carrier) {
      const known = await readItems(context);
      const others = (await carrier.list()).filter(
        (id) => bucketOfItem(id) !== undefined && known[id] === undefined,
      );
      if (others.length > 0) await carrier.retract(others);
    }
    export async function foldBuckets(context, carrier, ...more) {
      await real.foldBuckets(context, carrier, ...more);
      await takeAway(context, carrier);
    }
    export async function foldBatch(context, carrier, ...more) {
      await real.foldBatch(context, carrier, ...more);
      await takeAway(context, carrier);
    }`,
  },
  /** Where mail is older than the archive, nothing of it is kept, however late it was said. */
  forgetting: {
    module: "mail/account-state/forget.ts",
    source: "export const isForgotten = ({ day }, mark) => mark !== undefined && day < mark.day;",
  },
  /** Nobody notices what is not there any more. */
  repair: {
    module: "engine/account-state/level.ts",
    source: `export async function levelWithServer(...args) {
      return { ...(await real.levelWithServer(...args)), isMissing: false };
    }`,
  },
};

const ALL_BUGS = { ...BUGS, ...STATE_BUGS };

export const PLANTABLE = Object.keys(BUGS);

/** Takes effect for whatever is loaded from now on. */
export function plant(name: string): void {
  const bug = ALL_BUGS[name];
  if (bug === undefined)
    throw new Error(`no bug "${name}"; there are ${Object.keys(ALL_BUGS).join(", ")}`);
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
