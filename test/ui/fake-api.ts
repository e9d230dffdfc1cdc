/** The page's half of the contract without a worker: views from a table, commands remembered. For tests and the gallery. */
import type { ApiClient } from "../../src/api/client.ts";
import type { CommandName, Commands, Queries, QueryName } from "../../src/api/contract.ts";

export type FakeViews = { [Q in QueryName]: (args: Queries[Q]["args"]) => Queries[Q]["view"] };
export type FakeCommands = {
  [C in CommandName]?: (
    args: Commands[C]["args"],
  ) => Commands[C]["result"] | Promise<Commands[C]["result"]>;
};
export type Run = { command: CommandName; args: unknown };

export interface FakeApi extends ApiClient {
  /** Every command, in order. */
  readonly runs: readonly Run[];
  /** Queries that are subscribed to now. */
  readonly asked: readonly { query: QueryName; args: unknown }[];
  /** What was asked before anybody listened. */
  readonly ahead: readonly { query: QueryName; args: unknown }[];
  /** Something changed: every query is answered again. */
  touch(): void;
}

export function createFakeApi(views: FakeViews, commands: FakeCommands): FakeApi {
  const runs: Run[] = [];
  const ahead: { query: QueryName; args: unknown }[] = [];
  const live = new Map<number, { query: QueryName; args: unknown; answer: () => void }>();
  let last = 0;
  return {
    runs,
    ahead,
    get asked() {
      return [...live.values()].map(({ query, args }) => ({ query, args }));
    },
    touch: () => live.forEach(({ answer }) => answer()),
    subscribe(query, args, onAnswer) {
      const id = ++last;
      // As over a port: a later turn, and a copy.
      const answer = (): void => {
        setTimeout(() => {
          if (live.has(id)) onAnswer(structuredClone(views[query](args)));
        });
      };
      live.set(id, { query, args, answer });
      answer();
      return () => void live.delete(id);
    },
    async run(command, args) {
      runs.push({ command, args: structuredClone(args) });
      await Promise.resolve();
      const act = commands[command] as
        | ((args: unknown) => Promise<Commands[typeof command]["result"]>)
        | undefined;
      return act === undefined ? (null as Commands[typeof command]["result"]) : act(args);
    },
    askAhead: (query, args) => void ahead.push({ query, args: structuredClone(args) }),
    tell: () => undefined,
  };
}
