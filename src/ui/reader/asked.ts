/** What is asked of the worker for a conversation: by the reader, and ahead by whoever sees that it will be opened. */
import type { ConversationArgs, LookUpArgs } from "../../api/contract.ts";
import type { Route } from "../route.ts";

/** Messages of a conversation. */
export const PAGE = 100;

export type ConversationRoute = Extract<Route, { name: "conversation" }>;

export function argsOf(route: ConversationRoute, limit: number): ConversationArgs {
  const other = route.with === undefined ? {} : { with: route.with };
  const message = route.message === undefined ? {} : { message: route.message };
  if (route.thread !== undefined) return { thread: route.thread, ...message, ...other, limit };
  return { message: "", ...message, ...other, limit };
}

/** What the archive is asked for where that is not here. */
export function lookUpArgs({ thread, message, with: other, at }: ConversationRoute): LookUpArgs {
  return {
    ...(thread === undefined ? {} : { thread }),
    ...(message === undefined ? {} : { message }),
    ...(other === undefined ? {} : { with: other }),
    ...(at === undefined ? {} : { at }),
  };
}
