/** The three things of the whole app: the worker, the route, the account. Made once, in app.tsx. */
import { createContext, useContext } from "solid-js";
import type { ApiClient } from "../api/client.ts";
import type { SessionView } from "../api/contract.ts";
import type { Route } from "./route.ts";

export type SignedIn = Extract<SessionView, { state: "signed-in" }>;

export type AppContext = {
  api: ApiClient;
  route: () => Route;
  session: () => SignedIn;
};

export const App = createContext<AppContext>();

export function useApp(): AppContext {
  const app = useContext(App);
  if (app === undefined) throw new Error("outside of the app");
  return app;
}
