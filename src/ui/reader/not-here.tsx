import { createEffect, createMemo, createSignal, onCleanup, Show, type JSX } from "solid-js";
import { domainOf, type Jid, parseJid } from "../../mail/address.ts";
import { act } from "../act.ts";
import { compose } from "../compose/asked.ts";
import { useApp } from "../context.ts";
import { createPageTitle } from "../page-title.ts";
import { createQuery } from "../query.ts";
import { notHereText, notHereWords, shareWords } from "../words/share.ts";
import { type ConversationRoute, lookUpArgs } from "./asked.ts";

/** Whoever waits is told after this that it may not be here at all. ms */
const LATE_MS = 8000;
/** Quicker than this nobody reads what is being done. ms */
const QUIET_MS = 400;

/** A permalink whose message is not in the database: the archive is asked, and then what can be done is said. */
export function NotHere(props: { route: ConversationRoute }): JSX.Element {
  const { api, session } = useApp();
  const args = createMemo(() => lookUpArgs(props.route), undefined, {
    equals: (a, b) => JSON.stringify(a) === JSON.stringify(b),
  });
  const look = createQuery(api, "lookUp", args);
  const [isAsked, setAsked] = createSignal(false);
  async function ask(): Promise<void> {
    // Where it cannot be kept the answer stays "none", and the page says what is so without one.
    await api.run("lookUp", args()).catch(() => undefined);
    setAsked(true);
  }
  createEffect(() => {
    args();
    setAsked(false);
    void ask();
  });
  const since = createTimes(() => args(), [QUIET_MS, LATE_MS]);
  const view = () => {
    const now = look.value;
    const isOpen = !isAsked() || now === undefined || now.state === "asking";
    return isOpen && since() < LATE_MS ? undefined : (now ?? { state: "asking", isSyncing: true });
  };
  createPageTitle(() => (view() === undefined ? undefined : notHereWords.title));
  const person = (): Jid | undefined => {
    const jid = parseJid(props.route.with);
    return jid === undefined || jid === session().address ? undefined : jid;
  };
  return (
    <div class="nothing">
      <Show
        when={view()}
        fallback={<p role="status">{since() < QUIET_MS ? "" : notHereWords.looking}</p>}
      >
        {(now) => (
          <>
            <h1>{notHereWords.title}</h1>
            <p>{notHereText(now(), domainOf(session().address))}</p>
            <div class="nothing-actions">
              <Show when={now().state === "failed"}>
                <button type="button" class="button" onClick={() => void ask()}>
                  {notHereWords.tryAgain}
                </button>
              </Show>
              <Show when={person()}>
                {(jid) => (
                  <button
                    type="button"
                    class="button"
                    onClick={() =>
                      compose(api, {
                        to: [jid()],
                        subject: notHereWords.askSubject,
                        body: notHereWords.askBody(location.href),
                      })
                    }
                  >
                    {notHereWords.ask(jid())}
                  </button>
                )}
              </Show>
              <button type="button" class="button" onClick={() => act(api, "leaveAccount", null)}>
                {notHereWords.otherAccount}
              </button>
              <a class="button" href="#/inbox">
                {shareWords.toInbox}
              </a>
            </div>
          </>
        )}
      </Show>
    </div>
  );
}

/** The last of these times that has passed since `what` changed; 0 at first. */
function createTimes(what: () => unknown, times: readonly number[]): () => number {
  const [passed, setPassed] = createSignal(0);
  createEffect(() => {
    what();
    setPassed(0);
    const timers = times.map((ms) => setTimeout(() => setPassed(ms), ms));
    onCleanup(() => timers.forEach(clearTimeout));
  });
  return passed;
}
