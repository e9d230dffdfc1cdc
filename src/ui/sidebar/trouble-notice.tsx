/** Decides whether the lack of a connection is worth a word; the words are loaded while there still is one. */
import { createEffect, ErrorBoundary, Show, type JSX } from "solid-js";
import type { ConnectionView, TroubleKind } from "../../api/contract.ts";
import { needsPerson } from "../../mail/status.ts";
import { useApp } from "../context.ts";
import { late } from "../parts/late.tsx";
import { createView } from "../answer.ts";

const Trouble = late(async () => (await import("./trouble.tsx")).TroubleSection);

/** A connection that breaks off comes back by itself in most cases: nothing is said before this many failures. */
const PASSING = 2;
/** These do not pass by themselves, or soon. */
const TOLD_AT_ONCE: ReadonlySet<TroubleKind> = new Set([
  "not-xmpp",
  "shutdown",
  "busy",
  "policy",
  "host-unknown",
  "conflict",
  "redirect",
]);

export function TroubleNotice(): JSX.Element {
  const { api } = useApp();
  const status = createView(api, "status", () => null);
  const told = (): TroubleKind | undefined => {
    const { state, trouble, failures = 0 } = status.value?.connection ?? {};
    if (trouble === undefined || state === "connected") return undefined;
    const { kind } = trouble;
    return needsPerson(kind) || TOLD_AT_ONCE.has(kind) || failures >= PASSING ? kind : undefined;
  };
  createEffect(() => {
    if (status.value?.connection.state === "connected") Trouble.soon();
  });
  return (
    <ErrorBoundary fallback={null}>
      <Show when={told()} keyed>
        {(kind) => <Trouble kind={kind} connection={status.value?.connection as ConnectionView} />}
      </Show>
    </ErrorBoundary>
  );
}
