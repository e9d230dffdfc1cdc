/** The mail: sidebar, list and reader side by side as far as there is room, composers on top. */
import {
  createEffect,
  createMemo,
  createSignal,
  ErrorBoundary,
  Match,
  onCleanup,
  onMount,
  Show,
  Switch,
  type JSX,
} from "solid-js";
import type { ApiClient } from "../api/client.ts";
import { MAILBOXES, type Mailbox, type Place } from "../api/contract.ts";
import { labelOfPlace } from "../mail/place.ts";
import { act } from "./act.ts";
import type { FilledIn } from "../mail/person-link.ts";
import { keep, readKept } from "./page-storage.ts";
import { compose, openDraft, takeWishes, wishes, wroteBefore } from "./compose/asked.ts";
import { App, type SignedIn, useApp } from "./context.ts";
import { List } from "./list/list.tsx";
import { afterRows } from "./listed.ts";
import { Broken } from "./parts/broken.tsx";
import { Icon } from "./parts/icon.tsx";
import { late } from "./parts/late.tsx";
import { Opening } from "./parts/opening.tsx";
import { Over } from "./parts/over.tsx";
import { Toast } from "./parts/toast.tsx";
import { notifies } from "./notify/wanted.ts";
import { createPreferences } from "./settings/preferences.ts";
import { askedFor, closePalette, openPalette } from "./palette/asked.ts";
import { createView } from "./answer.ts";
import { pageTitle } from "./page-title.ts";
import { createRoute, hrefOfPlace } from "./route.ts";
import { NothingHere, NoneOpen } from "./reader/nothing.tsx";
import { type ActionId, createActions, type Handlers } from "./keys/actions.ts";
import { chord, createKeys } from "./keys/listen.ts";
import { NoticeList, Notices } from "./sidebar/notices.tsx";
import { Sidebar } from "./sidebar/sidebar.tsx";
import { dropSnapshots } from "./snapshot.ts";
import { placeName, words } from "./words.ts";
import "./shell.css";

/** After the first rows are painted. ms */
const SOON_MS = 500;
/** After the first rows are long on the screen. ms */
const WARM_MS = 3000;
const Notifier = late(async () => (await import("./notify/notifier.tsx")).Notifier);
const composers = () => import("./compose/composers.tsx");
const Composers = late(async () => (await composers()).Composers);
/** Seldom, and with words of its own. */
const Troubles = late(async () => (await import("./storage/troubles.tsx")).Troubles);
/** Not needed for the list; the reader is fetched at the first sign of a hand. */
const Reader = late(async () => (await import("./reader/reader.tsx")).Reader);
const Settings = late(async () => (await import("./settings/settings.tsx")).Settings);
const Help = late(async () => (await import("./keys/help.tsx")).Help);
const Palette = late(async () => (await import("./palette/palette.tsx")).Palette);
const HintBar = late(async () => (await import("./keys/hint-bar.tsx")).HintBar);
const PersonPage = late(async () => (await import("./person/person.tsx")).PersonPage);
const Asks = late(async () => (await import("./share/asks.tsx")).Asks);

export type ShellProps = { api: ApiClient; session: SignedIn };

export function Shell(props: ShellProps): JSX.Element {
  // oxlint-disable-next-line solid/reactivity -- the client never changes
  const { api } = props;
  const route = createRoute();
  return (
    <App.Provider value={{ api, route, session: () => props.session }}>
      <Mail />
    </App.Provider>
  );
}

function Mail(): JSX.Element {
  const { api, route, session } = useApp();
  const [mailbox, setMailbox] = createSignal<Place>("inbox");
  const [drawer, setDrawer] = createSignal(false);
  const [help, setHelp] = createSignal(false);
  const mailboxes = createView(api, "mailboxes", () => null);
  const label = createMemo(() => labelOfPlace(mailbox())?.id);
  const labels = createView(api, "labels", () => (label() === undefined ? undefined : null));
  const isGone = () =>
    label() !== undefined && labels.value?.every(({ id }) => id !== label()) === true;
  const troubles = createView(api, "troubles", () => null);
  /** A permalink opens over whatever list was there. */
  const view = createMemo(() => {
    const now = route();
    if (now.name === "mailbox") setMailbox(now.mailbox);
    return now;
  });
  let menuButton: HTMLButtonElement | undefined;
  const openDrawer = (): void => {
    setDrawer(true);
    document.querySelector<HTMLElement>(".sidebar [aria-current]")?.focus();
  };
  const closeDrawer = (): void => {
    if (!drawer()) return;
    setDrawer(false);
    menuButton?.focus();
  };
  const conversation = () => {
    const now = view();
    return now.name === "conversation" ? now : undefined;
  };

  const person = () => {
    const now = view();
    return now.name === "person" ? now.jid : undefined;
  };
  const asks = () => {
    const now = view();
    return now.name === "asks" ? now : undefined;
  };
  const unknown = () => {
    const now = view();
    return now.name === "unknown" ? now : undefined;
  };
  const settings = () => {
    const now = view();
    return now.name === "settings" ? now.section : undefined;
  };

  const listName = (): string => placeName(mailbox(), labels.value);
  const heading = (): string => (view().name === "settings" ? words.settings : listName());
  const pageName = (): string =>
    unknown() !== undefined || isGone() ? words.nothingHere : heading();
  const countHere = () =>
    mailboxes.value?.labels[mailbox()] ?? mailboxes.value?.[mailbox() as Mailbox];

  // Before the network can go: what is not here by then cannot be opened.
  const writes = createWrites();
  onCleanup(
    afterRows(WARM_MS, () => {
      for (const part of [NoticeList, Reader, Settings, Help, Palette, HintBar]) part.ready();
    }),
  );
  onMount(() => {
    dropSnapshots(session().address);
    addEventListener("pointermove", Reader.ready, { once: true });
    addEventListener("keydown", Reader.ready, { once: true });
    addEventListener("keydown", Palette.ready, { once: true });
  });
  onCleanup(closePalette);
  /** What was last shown: a link that only opens a composer leaves it there. "" would mean the link itself, for ever. */
  let shown = "#/inbox";
  const stepBack = (to: string): void => {
    history.replaceState(null, "", to);
    dispatchEvent(new HashChangeEvent("hashchange"));
  };
  createEffect(() => {
    const now = view();
    setDrawer(false);
    if (now.name === "to") {
      compose(api, { ...now, byLink: isFilledIn(now) });
      stepBack(shown);
    } else if (now.name === "mailbox" && now.openDraft !== undefined) {
      openDraft(api, now.openDraft);
      stepBack(hrefOfPlace(now.mailbox));
    } else if (location.hash !== "") shown = location.hash;
  });
  createEffect(() => {
    const unread = mailboxes.value?.inbox.unread ?? 0;
    const names = [pageTitle(), pageName(), session().address].filter((n) => n !== undefined);
    document.title = `${unread > 0 ? `(${unread}) ` : ""}${names.join(" – ")}`;
  });
  createEffect(() => tellUnread(mailboxes.value?.inbox.unread ?? 0));
  onCleanup(() => tellUnread(0));
  createPreferences(api);
  createKeys();
  createActions({
    ...goings(),
    compose: () => compose(api),
    help: () => void setHelp(true),
    palette: () => openPalette(),
    goSettings: () => go("settings"),
    refresh: () => act(api, "reconnect", null),
  });

  return (
    <div
      class="shell"
      data-pane={conversation() !== undefined || view().name !== "mailbox" ? "reader" : "list"}
      data-wide={view().name === "settings"}
      data-drawer={drawer()}
      onKeyDown={(event) => {
        // A dialog that was opened in the drawer has the key before it.
        const isOver = document.querySelector("dialog:modal") !== null;
        if (event.key === "Escape" && drawer() && !isOver && !event.defaultPrevented) {
          event.preventDefault();
          closeDrawer();
        }
      }}
      onFocusIn={(event) => {
        // The drawer covers the rest: whoever leaves it by Tab leaves it closed.
        if (drawer() && event.target.closest(".sidebar, .shell-menu, dialog") === null)
          setDrawer(false);
      }}
    >
      <a class="skip" href="#mail" onClick={(event) => skip(event)}>
        {words.skip}
      </a>
      <Show when={troubles.value?.length}>
        <Over>
          <Troubles />
        </Over>
      </Show>
      <div class="shell-scrim" onClick={() => closeDrawer()} />
      <Sidebar
        mailbox={view().name === "mailbox" || conversation() ? mailbox() : undefined}
        counts={mailboxes.value}
        onClose={() => closeDrawer()}
      />
      <main class="shell-main" id="mail" tabindex="-1">
        <Show when={heading() !== ""}>
          <h1 class="out-of-sight">{heading()}</h1>
        </Show>
        <div class="shell-list">
          <ErrorBoundary fallback={(error: unknown) => <Broken error={error} />}>
            <List
              mailbox={mailbox()}
              name={listName()}
              isGone={isGone()}
              current={conversation()}
              notices={<Notices />}
              menu={
                <button
                  type="button"
                  class="quiet shell-menu"
                  aria-label={words.mailboxes}
                  aria-expanded={drawer()}
                  ref={menuButton}
                  onClick={() => (drawer() ? closeDrawer() : openDrawer())}
                >
                  <Icon name="menu" />
                </button>
              }
            />
          </ErrorBoundary>
        </div>
        <Separator />
        <div class="shell-reader">
          <ErrorBoundary fallback={(error: unknown) => <Broken error={error} />}>
            <Switch
              fallback={
                <NoneOpen unread={countHere()?.unread ?? 0} isEmpty={countHere()?.total === 0} />
              }
            >
              <Match when={conversation()}>
                {(now) => <Reader route={now()} mailbox={mailbox()} />}
              </Match>
              <Match when={settings()}>{(section) => <Settings section={section()} />}</Match>
              <Match when={person()}>{(jid) => <PersonPage jid={jid()} />}</Match>
              <Match when={asks()}>{(now) => <Asks ask={now().ask} jid={now().jid} />}</Match>
              <Match when={unknown()}>{(now) => <NothingHere later={now().later} />}</Match>
            </Switch>
          </ErrorBoundary>
        </div>
      </main>
      <button
        type="button"
        class="shell-compose button primary"
        onClick={() => compose(api)}
        aria-label={words.compose}
      >
        <Icon name="pencil" />
      </button>
      <Over onClose={() => writes.giveUp()}>
        <Show when={writes.areHere()}>
          <Composers />
        </Show>
        <Show when={wishes().length > 0}>
          <Opening />
        </Show>
      </Over>
      <Toast />
      <ErrorBoundary fallback={null}>
        <Show when={notifies()}>
          <Notifier />
        </Show>
        <Show when={chord() !== undefined}>
          <HintBar />
        </Show>
      </ErrorBoundary>
      <Over
        onClose={() => {
          setHelp(false);
          closePalette();
        }}
      >
        <Show when={help()}>
          <Help onClose={() => setHelp(false)} />
        </Show>
        <Show when={askedFor()}>{(what) => <Palette for={what()} onClose={closePalette} />}</Show>
      </Over>
    </div>
  );
}

/** Whether the composers stand on the page: when something is to be written, and once they are here. */
function createWrites(): { areHere: () => boolean; giveUp: () => void } {
  const [areHere, setHere] = createSignal(wroteBefore());
  onCleanup(
    afterRows(
      SOON_MS,
      () =>
        void composers().then(
          () => setHere(true),
          () => undefined,
        ),
    ),
  );
  createEffect(() => {
    if (wishes().length > 0) setHere(true);
  });
  const giveUp = (): void => {
    takeWishes();
    setHere(false);
  };
  onCleanup(giveUp);
  return { areHere, giveUp };
}

function isFilledIn({ to, cc, bcc, subject, body, thread }: FilledIn): boolean {
  return to.length + cc.length + bcc.length > 0 || subject + body + (thread ?? "") !== "";
}

function go(place: Mailbox | "settings"): void {
  location.hash = `#/${place}`;
}

/** On the icons; nobody waits for that. */
function tellUnread(unread: number): void {
  afterRows(SOON_MS, () => {
    void import("./notify/badge.ts")
      .then(({ showCount }) => showCount(unread))
      .catch(() => undefined);
  });
}

/** A key for every mailbox there is. */
function goings(): Handlers {
  return Object.fromEntries(MAILBOXES.map((mailbox) => [GOING[mailbox], () => go(mailbox)]));
}

const GOING: Record<Mailbox, ActionId> = {
  inbox: "goInbox",
  starred: "goStarred",
  snoozed: "goSnoozed",
  sent: "goSent",
  outbox: "goOutbox",
  drafts: "goDrafts",
  archive: "goArchive",
  all: "goAll",
  chats: "goChats",
  spam: "goSpam",
  trash: "goTrash",
};

function skip(event: MouseEvent): void {
  // The hash is the route, so the link moves focus by hand.
  event.preventDefault();
  document.getElementById("mail")?.focus();
}

const WIDTH = "envoi-list-width";
const [MIN, MAX, DEFAULT] = [360, 520, 420];

/** Between list and reader: dragged, or moved with the arrow keys. */
function Separator(): JSX.Element {
  const kept = Number(readKept("localStorage", WIDTH));
  const [width, setWidth] = createSignal(kept >= MIN && kept <= MAX ? kept : DEFAULT);
  createEffect(() => {
    document.documentElement.style.setProperty("--list-width", `${width()}px`);
    keep("localStorage", WIDTH, String(width()));
  });
  const move = (to: number): void => void setWidth(Math.round(Math.min(MAX, Math.max(MIN, to))));
  const onPointerDown = (event: PointerEvent & { currentTarget: HTMLElement }): void => {
    const handle = event.currentTarget;
    handle.setPointerCapture(event.pointerId);
    const initialOffset = event.clientX - width();
    const onMove = (moved: PointerEvent): void => move(moved.clientX - initialOffset);
    handle.addEventListener("pointermove", onMove);
    handle.addEventListener(
      "lostpointercapture",
      () => handle.removeEventListener("pointermove", onMove),
      { once: true },
    );
  };
  return (
    <div
      class="shell-separator"
      role="separator"
      aria-orientation="vertical"
      aria-label={words.listWidth}
      aria-valuemin={MIN}
      aria-valuemax={MAX}
      aria-valuenow={width()}
      tabindex="0"
      onPointerDown={onPointerDown}
      onKeyDown={(event) => {
        if (event.key === "ArrowLeft") move(width() - 20);
        else if (event.key === "ArrowRight") move(width() + 20);
      }}
    />
  );
}
