/** Which notices stay on the screen, over a registration that answers when it is told to. */
import { render } from "solid-js/web";
import { afterEach, expect, test, vi } from "vitest";
import type { NewsItem, NewsView } from "../../src/api/contract.ts";
import { App } from "../../src/ui/context.ts";
import { Notifier } from "../../src/ui/notify/notifier.tsx";
import { createFixtureApi, createWorld } from "./fixtures.ts";

let dispose: (() => void) | undefined;
afterEach(() => {
  dispose?.();
  vi.restoreAllMocks();
});

const ME = "alice@example.org";
const item = (id: string): NewsItem => ({
  id,
  href: `#/t/${id}`,
  at: Date.now(),
  from: "Nadia",
  subject: "Boat",
  snippet: "",
});

/** The notices of this account that this registration shows; each asking is answered by `answer()`. */
function registration() {
  const closed: string[] = [];
  const notice = (tag: string) => ({ tag: `${ME}:${tag}`, close: () => closed.push(tag) });
  const shown = new Map<string, ReturnType<typeof notice>>();
  let answer: () => void = () => undefined;
  const asked = vi.fn(
    () =>
      new Promise<unknown[]>((resolve) => {
        answer = () => resolve([...shown.values()]);
      }),
  );
  vi.spyOn(navigator.serviceWorker, "getRegistration").mockResolvedValue({
    getNotifications: asked,
  } as unknown as ServiceWorkerRegistration);
  return {
    closed,
    asked,
    answer: () => answer(),
    show: (tag: string) => shown.set(tag, notice(tag)),
  };
}

function mount(news: NewsView): void {
  const world = createWorld({ rows: {} });
  const api = createFixtureApi(world);
  const subscribe = api.subscribe.bind(api);
  api.subscribe = (query, args, onAnswer, onError) =>
    subscribe(
      query,
      args,
      (view) => onAnswer(query === "news" ? (news as typeof view) : view),
      onError,
    );
  const app = { api, route: () => ({}) as never, session: () => ({ address: ME }) as never };
  const root = document.createElement("div");
  document.body.replaceChildren(root);
  dispose = render(
    () => (
      <App.Provider value={app}>
        <Notifier />
      </App.Provider>
    ),
    root,
  );
}

test("the tab that tells takes away what was read", async () => {
  const notices = registration();
  notices.show("one");
  notices.show("two");
  mount({ isMine: true, latestAt: 1, items: [item("two")] });
  await vi.waitFor(() => expect(notices.asked).toHaveBeenCalledTimes(1));
  notices.answer();
  await vi.waitFor(() => expect(notices.closed).toEqual(["one"]));
});

test("a tab that heard of nothing yet leaves what the other one just told", async () => {
  const notices = registration();
  mount({ isMine: false, latestAt: 1, items: [] });
  await new Promise((resolve) => setTimeout(resolve, 50));
  notices.show("one");
  notices.answer();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(notices.closed).toEqual([]);
});
