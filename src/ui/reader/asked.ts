/** What is asked of the worker for a conversation: by the reader, and ahead by whoever sees that it will be opened. */
import type { ConversationArgs } from "../../api/contract.ts";
import type { Route } from "../route.ts";

/** Messages of a conversation. */
export const PAGE = 100;

export type ConversationRoute = Extract<Route, { name: "conversation" }>;

export function argsOf(route: ConversationRoute, limit: number): ConversationArgs {
  const other = route.with === undefined ? {} : { with: route.with };
  if (route.thread !== undefined) return { thread: route.thread, ...other, limit };
  return { message: route.message ?? "", ...other, limit };
}
