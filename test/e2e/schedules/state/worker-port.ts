/** Asks a page's worker what the page asks it, beside the page: what a person does, without the clicks. */
import type { BrowserContext, Page } from "playwright-core";
import type {
  CommandName,
  Commands,
  FromWorker,
  Queries,
  QueryName,
  ToWorker,
} from "../../../../src/api/contract.ts";

declare global {
  var askedBeside: { worker?: Worker; count: number };
}

/** In every page of the profile from now on. */
export async function keepWorker(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const asked: typeof globalThis.askedBeside = { count: 0 };
    globalThis.askedBeside = asked;
    const RealWorker = globalThis.Worker;
    globalThis.Worker = class extends RealWorker {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        asked.worker = this;
      }
    };
  });
}

/** Resolves when it is done, with what came of it. */
export function run<C extends CommandName>(
  page: Page,
  command: C,
  args: Commands[C]["args"],
): Promise<Commands[C]["result"]> {
  return exchange(page, { type: "run", id: 0, command, args } as ToWorker) as Promise<
    Commands[C]["result"]
  >;
}

/** The first answer. */
export function ask<Q extends QueryName>(
  page: Page,
  query: Q,
  args: Queries[Q]["args"],
): Promise<Queries[Q]["view"]> {
  return exchange(page, { type: "subscribe", id: 0, query, args } as ToWorker) as Promise<
    Queries[Q]["view"]
  >;
}

/** The page counts up from 1 for its own, so these go down. */
function exchange(page: Page, message: ToWorker): Promise<unknown> {
  return page.evaluate((wanted) => {
    const { worker } = globalThis.askedBeside;
    if (worker === undefined) throw new Error("the page has no worker");
    const id = --globalThis.askedBeside.count;
    return new Promise<unknown>((resolve, reject) => {
      const listen = ({ data }: MessageEvent<FromWorker>): void => {
        if (!("id" in data) || data.id !== id) return;
        worker.removeEventListener("message", listen);
        if (wanted.type === "subscribe") worker.postMessage({ type: "unsubscribe", id });
        if ("message" in data) reject(new Error(data.message));
        else resolve(data.value);
      };
      worker.addEventListener("message", listen);
      worker.postMessage({ ...wanted, id });
    });
  }, message);
}
