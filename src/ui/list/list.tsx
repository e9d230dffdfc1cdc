/**
 * The list of a mailbox: only the rows in sight and some around them are in the document, at fixed heights; the
 * worker is asked for that window only. One row is a tab stop; arrows and j/k move it.
 */
import {
  createComputed,
  createEffect,
  createMemo,
  createSignal,
  For,
  on,
  onCleanup,
  Show,
  untrack,
  type JSX,
} from "solid-js";
import type { Place, RowView, TriageAct, WindowArgs, WindowView } from "../../api/contract.ts";
import { act } from "../act.ts";
import { useApp } from "../context.ts";
import { createAnswer, createMinute } from "../answer.ts";
import { argsOf, PAGE } from "../reader/asked.ts";
import { parseRoute } from "../route.ts";
import { createActions } from "../keys/actions.ts";
import { createPicture } from "../picture/take-picture.ts";
import { afterRows, noteRows } from "../listed.ts";
import { keepSnapshot, readSnapshot } from "../snapshot.ts";
import { late } from "../parts/late.tsx";
import { Over } from "../parts/over.tsx";
import { words } from "../words.ts";
import { StatusLine } from "../sidebar/status.tsx";
import { EmptyList } from "./empty-list.tsx";
import {
  areExpected,
  clearSettled,
  dropLayers,
  layers,
  setShownView,
  withLayers,
} from "./overlay.ts";
import { Row } from "./row.tsx";
import {
  beginRange,
  extendTo,
  isSelected,
  isSelecting,
  rangeTo,
  select,
  selectedOf,
  selection,
  selectNone,
  toggleSelected,
} from "./selection.ts";
import "./list.css";

/** What is done with what is chosen: fetched at the first sign of a hand. */
const ListTools = late(async () => (await import("../triage/list-tools.tsx")).ListTools);
const acts = () => import("../triage/acts.ts");

/** Rows asked for beyond what is in sight, on each side. */
const MARGIN = 30;
/** Height of what stands above the list, as tokens.css has it: a good guess until the list is measured. */
const BAR = 48;
/** Rows in the document beyond those in sight, on each side. */
const DRAWN = 6;
/** While the list flies past, more than a screen at a time, its rows are asked for this often. ms */
const FLYING_MS = 100;
/** After the pointer moved here, rows stay where they are for this long, ms. */
const STILL_MS = 2000;

/** What comes in here the person wrote: nobody is taken by surprise. */
const OWN_PLACES: ReadonlySet<Place> = new Set(["drafts", "outbox", "sent"]);

type Placed = { row: RowView; place: number };

/** What the tools above a list know of it. */
export interface ListHandle {
  place(): Place;
  name(): string;
  /** As it is shown. */
  view(): WindowView | undefined;
  /** The row with the tab stop. */
  active(): RowView | undefined;
  /** That row has the focus. */
  hasFocus(): boolean;
  /** The conversation that is open beside it is that row, or there is one and the focus is not here. */
  isReading(): boolean;
  focusRow(): void;
  element(): HTMLElement | undefined;
  /** Below the list. */
  foot(): HTMLElement;
  toggleActive(): void;
  /** The tools are there. */
  ready(): void;
}

export function List(props: {
  mailbox: Place;
  /** Of the place. */
  name: string;
  /** There is no such tag or folder. */
  isGone: boolean;
  current: { thread?: string; message?: string } | undefined;
  menu: JSX.Element;
  notices: JSX.Element;
}): JSX.Element {
  const { api, session } = useApp();
  const now = createMinute();
  const [scrollTop, setScrollTop] = createSignal(0);
  const [height, setHeight] = createSignal(innerHeight - BAR);
  const [rowHeight, setRowHeight] = createSignal(64);
  const [active, setActive] = createSignal(0);
  // It comes and goes with its rows, so it is a signal.
  const [scroller, setScroller] = createSignal<HTMLDivElement>();
  const foot = document.createElement("div");
  let movedAt = -Infinity;

  const first = createMemo(() => Math.floor(scrollTop() / rowHeight()));
  const sought = createSought(scrollTop, height);
  const inSight = () => Math.ceil(height() / rowHeight()) + 1;
  // In steps of the margin, so that scrolling a row does not ask again.
  const offset = createMemo(() =>
    Math.max(0, Math.floor((Math.floor(sought() / rowHeight()) - MARGIN) / MARGIN) * MARGIN),
  );
  const limit = createMemo(() => Math.ceil((inSight() + 2 * MARGIN + DRAWN) / MARGIN) * MARGIN);

  const asked = (): WindowArgs => ({ mailbox: props.mailbox, offset: offset(), limit: limit() });
  const answer = createAnswer(api, "window", asked, {
    initial: untrack(() => readSnapshot(session().address, props.mailbox)),
    keeps: (before, after) => before.mailbox === after.mailbox,
  });
  const latest = (): WindowView | undefined =>
    answer()?.mailbox === props.mailbox ? answer() : undefined;

  // What is on the screen: the latest answer, or the one before while somebody points at a row of it.
  const [held, setHeld] = createSignal<WindowView>();
  /** The answer that is on the screen, for comparison with the next. */
  let shown: WindowView | undefined;
  const asShown = (view: WindowView | undefined) => view && withLayers(view);
  const view = createMemo(() => asShown(held() ?? latest()));
  // oxlint-disable-next-line solid/reactivity -- read when something is done
  setShownView(view);
  const isHeldStill = (): boolean =>
    !OWN_PLACES.has(props.mailbox) &&
    !areExpected() &&
    (performance.now() - movedAt < STILL_MS ||
      untrack(scroller)?.contains(document.activeElement) === true);
  const waiting = (): number => {
    const old = held();
    const fresh = latest();
    return old === undefined || fresh === undefined ? 0 : newRows(old, fresh).length;
  };
  const changed = createPicture(
    untrack(() => session().address),
    // A picture is of the top of a list, beside nothing: what somebody reads is not kept.
    () =>
      first() === 0 && props.current === undefined
        ? (untrack(scroller)?.closest('.shell[data-pane="list"]') ?? null)
        : null,
    asked,
    () => {
      const fresh = latest();
      if (fresh?.rows.some((row) => row.kind === "gap") === false)
        keepSnapshot(session().address, fresh);
    },
  );
  const signature = createMemo(() =>
    latest()
      ?.rows.map(
        ({ id, at, unread, delivery, starred, tags }) =>
          `${id} ${at} ${unread} ${delivery ?? ""} ${starred ?? ""} ${tags?.length ?? ""}`,
      )
      .join(),
  );
  createEffect(() => {
    const fresh = latest();
    if (fresh !== undefined) untrack(() => clearSettled(fresh));
  });
  // What waits for somebody to point elsewhere shows what is done to it all the same.
  createEffect(
    on(layers, (all, before = []) => {
      for (const layer of all) {
        if (before.includes(layer)) continue;
        if (held() !== undefined) setHeld((old) => old && layer.patch(old));
        if (shown !== undefined) shown = layer.patch(shown);
      }
      return all;
    }),
  );
  createEffect(on([signature, () => props.current === undefined, () => first() === 0], changed));
  createEffect(
    on(
      () => [signature(), latest()?.total, props.mailbox, offset()],
      () => {
        const fresh = latest();
        if (fresh === undefined) {
          shown = undefined;
          setHeld(undefined);
          return;
        }
        const same =
          shown?.mailbox === fresh.mailbox && shown.offset === fresh.offset && fresh.offset === 0;
        const arrived = same && shown !== undefined ? newRows(shown, fresh) : [];
        if (
          arrived.length > 0 &&
          shown !== undefined &&
          !isSameOrder(shown, fresh) &&
          isHeldStill()
        ) {
          if (held() === undefined) setHeld(shown);
        } else {
          release();
        }
      },
    ),
  );
  function release(): void {
    shown = latest();
    setHeld(undefined);
  }
  // The pointer came to rest and nobody has a row: what waited may come in.
  const settle = setInterval(() => {
    if (held() !== undefined && !isHeldStill()) release();
  }, 500);
  onCleanup(() => clearInterval(settle));

  const stand = createStand(() => ({ top: scrollTop(), active: active() }));
  createEffect(
    on(
      () => props.mailbox,
      () => {
        const before = stand.come();
        setActive(before.active);
        selectNone();
        setScrollTop(before.top);
        const element = scroller();
        if (element !== undefined) element.scrollTop = before.top;
      },
      { defer: true },
    ),
  );

  /** The list comes and goes with its rows, so it is measured whenever it comes. */
  function attach(element: HTMLDivElement): void {
    setScroller(element);
    const measure = (): void => {
      setHeight(element.clientHeight);
      const row = Number.parseInt(getComputedStyle(element).getPropertyValue("--row"), 10);
      setRowHeight(Number.isNaN(row) ? 64 : row);
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    onCleanup(() => {
      observer.disconnect();
      setScroller(undefined);
    });
  }

  const total = () => view()?.total ?? 0;
  // Until its rows are here a list has no place to stand at.
  createEffect(() => {
    const element = scroller();
    if (element === undefined || total() === 0) return;
    const top = stand.takeTop();
    if (top !== undefined) element.scrollTop = top;
  });
  const rowAt = (index: number): RowView | undefined => {
    const list = view();
    return list?.rows[index - list.offset];
  };
  /**
   * Rows in the document and their places, by id: a row that stays is not drawn again. The row with the tab stop stays,
   * wherever the list is scrolled to, because focus may live there.
   */
  let stopRow: Placed | undefined;
  /** The row that has the focus, and whether rows are being moved about just now. */
  let focusedRow: string | undefined;
  let redrawing = false;
  const drawn = createMemo((): Map<string, Placed> => {
    redrawing = true;
    const list = view();
    if (list === undefined) return new Map();
    // Rows that stay in place while others wait still tell the latest of themselves.
    const fresh = new Map(
      held() === undefined ? [] : asShown(latest())?.rows.map((row) => [row.id, row]),
    );
    const from = Math.max(list.offset, first() - DRAWN);
    const to = Math.min(list.offset + list.rows.length, first() + inSight() + DRAWN);
    const stop = active();
    const atStop = rowAt(stop);
    if (atStop !== undefined) stopRow = { row: atStop, place: stop };
    // Out of what is known only: not behind the end of a list that grew shorter, nor where it stands elsewhere by now.
    else if (
      stopRow?.place !== stop ||
      stop >= list.total ||
      list.rows.some(({ id }) => id === stopRow?.row.id)
    )
      stopRow = undefined;
    const places: Placed[] = stopRow !== undefined && stop < from ? [stopRow] : [];
    for (let place = from; place < to; place++) {
      const row = rowAt(place);
      if (row !== undefined) places.push({ row, place });
    }
    if (stopRow !== undefined && stop >= to) places.push(stopRow);
    return new Map(
      places.map(({ row, place }) => [row.id, { row: fresh.get(row.id) ?? row, place }]),
    );
  });
  /** Out of what is known, the tab stop falls to the first row in sight. */
  const tabStop = createMemo((): number => {
    const places = [...drawn().values()].map(({ place }) => place);
    return places.includes(active()) ? active() : (places.find((p) => p >= first()) ?? 0);
  });
  /** A row that was moved to before its page of the list was here. */
  let wanted: number | undefined;
  let previous: ReadonlyMap<string, Placed> = new Map();
  createEffect(() => {
    const places = drawn();
    redrawing = false;
    const before = previous;
    previous = places;
    untrack(() => keepFocus(places, before));
    if (wanted !== undefined) queueMicrotask(focusWanted);
  });
  /** The focus stays with its row; where that is gone, the one that took its place has it. */
  function keepFocus(
    places: ReadonlyMap<string, Placed>,
    before: ReadonlyMap<string, Placed>,
  ): void {
    if (focusedRow === undefined) return;
    const order = [...before.keys()];
    const at = order.indexOf(focusedRow);
    const heirs = [
      focusedRow,
      ...order.slice(at + 1),
      ...order.slice(0, Math.max(0, at)).reverse(),
    ];
    const heir = heirs.find((id) => places.has(id));
    const row = heir === undefined ? undefined : places.get(heir);
    if (row === undefined) return;
    const isMoved = heir !== focusedRow || row.place !== before.get(focusedRow)?.place;
    focusedRow = heir;
    if (isMoved) setActive(row.place);
    // Solid may take a row out and put it back where rows come in around it; focus does not survive that by itself.
    if (untrack(scroller)?.contains(document.activeElement) !== true)
      rowElement(row.place)?.focus({ preventScroll: true });
  }
  function focusWanted(): void {
    const element = wanted === undefined ? undefined : rowElement(wanted);
    if (element === undefined) return;
    wanted = undefined;
    element.focus({ preventScroll: true });
  }
  function rowElement(place: number): HTMLElement | undefined {
    return untrack(scroller)?.querySelector<HTMLElement>(`[data-index="${place}"]`) ?? undefined;
  }

  function move(to: number, options: { focus: boolean } = { focus: true }): void {
    const index = Math.min(Math.max(0, to), Math.max(0, total() - 1));
    setActive(index);
    const element = untrack(scroller);
    if (element === undefined) return;
    const top = index * rowHeight();
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + rowHeight() > element.scrollTop + element.clientHeight) {
      element.scrollTop = top + rowHeight() - element.clientHeight;
    }
    setScrollTop(element.scrollTop);
    if (!options.focus) return;
    wanted = index;
    queueMicrotask(focusWanted);
  }
  function open(index: number): void {
    const row = rowAt(index);
    if (row === undefined || row.href === "") return;
    askFor(row);
    location.hash = row.href;
  }
  /** What is about to be opened is asked for at once, not when the reader stands there. */
  function askFor(row: RowView | undefined): void {
    const route = parseRoute(row?.href ?? "");
    if (route.name === "conversation") api.askAhead("conversation", argsOf(route, PAGE));
  }
  function onPointerDown({ target, button }: PointerEvent): void {
    const element = target instanceof Element ? target.closest<HTMLElement>(".row") : null;
    if (element !== null && button === 0) askFor(rowAt(Number(element.dataset["index"])));
  }
  const isCurrent = (row: RowView): boolean => {
    if (props.current === undefined) return false;
    const { thread, message } = props.current;
    const path =
      thread === undefined
        ? `#/m/${encodeURIComponent(message ?? "")}`
        : `#/t/${encodeURIComponent(thread)}`;
    return row.href.split("?")[0] === path;
  };

  // What is open has the tab stop: whoever comes back, or is done with it, goes on from there.
  createEffect(
    on(
      () => [props.current?.thread, props.current?.message].join("\n"),
      () => {
        const list = untrack(view);
        const at = list?.rows.findIndex(isCurrent) ?? -1;
        if (list !== undefined && at >= 0) setActive(list.offset + at);
      },
    ),
  );
  // Whoever reads by keyboard has the focus on the row again, also after the browser's own "back".
  createComputed(
    on(
      () => props.current === undefined,
      (isBack) => {
        const had = document.activeElement;
        if (!isBack || had?.closest(".shell-reader") == null || !had.matches(":focus-visible"))
          return;
        setTimeout(() => {
          if (document.activeElement === document.body)
            rowElement(tabStop())?.focus({ preventScroll: true });
        });
      },
      { defer: true },
    ),
  );

  createActions(
    {
      next: () => move(active() + 1),
      previous: () => move(active() - 1),
      open: () => open(active()),
    },
    () => props.current === undefined && total() > 0,
  );

  const idAt = (index: number): string | undefined => {
    const row = rowAt(index);
    return row?.kind === "conversation" ? row.id : undefined;
  };
  function toggle(index: number): void {
    const id = idAt(index);
    if (id !== undefined) toggleSelected(id, index);
  }
  /** Up to there from where the range began; what is not in the page is asked for. */
  function extend(to: number): void {
    extendTo(to, idAt);
    const { from, to: end } = rangeTo(to);
    const list = view();
    const isHere =
      list !== undefined && from >= list.offset && end < list.offset + list.rows.length;
    if (!isHere) void fetchRange(props.mailbox, from, end, to);
  }
  async function fetchRange(place: Place, from: number, end: number, to: number): Promise<void> {
    const ids = await (await acts()).readIds(api, place, from, end);
    if (place === props.mailbox) extendTo(to, (index) => ids[index - from]);
  }
  function choose(event: MouseEvent, index: number): void {
    event.preventDefault();
    if (event.shiftKey) extend(index);
    else toggle(index);
    setActive(index);
  }
  function star(row: RowView): void {
    const act: TriageAct = { do: row.starred === true ? "unstar" : "star" };
    void acts().then(({ triage }) =>
      triage(api, { act, on: { conversations: [row.id] }, rows: [row] }),
    );
  }
  function onRowClick(event: MouseEvent, { row, place }: Placed): void {
    const hit = (selector: string): boolean =>
      event.target instanceof Element && event.target.closest(selector) !== null;
    const isTouch = event instanceof PointerEvent && event.pointerType === "touch";
    if (hit(".row-check")) choose(event, place);
    else if (hit(".row-star")) star(row);
    else if (event.shiftKey || (isTouch && isSelecting() && !hit("button"))) choose(event, place);
    else if (hit("a, button")) return;
    else if (event.ctrlKey || event.metaKey) choose(event, place);
    else if (row.href !== "") location.hash = row.href;
  }

  const handle: ListHandle = {
    place: () => props.mailbox,
    name: () => props.name,
    view,
    active: () => rowAt(tabStop()),
    hasFocus: () => focusedRow !== undefined,
    isReading: () => props.current !== undefined,
    focusRow: () => move(tabStop()),
    element: scroller,
    foot: () => foot,
    toggleActive: () => {
      move(tabStop());
      toggle(tabStop());
    },
    ready: () => tools.ready(),
  };
  const tools = createTools();
  createEffect(() => {
    if (drawn().size > 0) noteRows();
  });
  // Of this account.
  onCleanup(selectNone);
  onCleanup(dropLayers);

  function onKeyDown(event: KeyboardEvent): void {
    if (event.target instanceof HTMLButtonElement) return;
    const page = Math.max(1, Math.floor(height() / rowHeight()) - 1);
    const go = (to: number): void => {
      if (event.shiftKey) beginRange(active());
      move(to);
      if (event.shiftKey) extend(active());
    };
    const steps: Record<string, () => void> = {
      ArrowDown: () => go(active() + 1),
      ArrowUp: () => go(active() - 1),
      PageDown: () => go(active() + page),
      PageUp: () => go(active() - page),
      Home: () => go(0),
      End: () => go(total() - 1),
      Enter: () => open(active()),
      " ": () => (event.shiftKey ? extend(active()) : toggle(active())),
      X: () => extend(active()),
      Escape: selectNone,
    };
    if (event.key === "Escape" && !isSelecting()) return;
    const isAll = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "a";
    if (isAll) {
      event.preventDefault();
      return select(conversationsIn(view()));
    }
    const step = event.ctrlKey || event.metaKey || event.altKey ? undefined : steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    step();
  }

  return (
    <>
      <div class="bar list-bar">
        {props.menu}
        <SelectAll view={view()} />
        <Show when={props.name !== ""} fallback={<span class="list-title" />}>
          <h2 class="list-title" dir="auto">
            {props.name}
          </h2>
        </Show>
        <StatusLine />
        <Show when={waiting() > 0}>
          <button type="button" class="button list-new" onClick={release}>
            {words.showNew(waiting())}
          </button>
        </Show>
        <span class="list-tools">
          <Show when={tools.wanted()}>
            <Over>
              <ListTools list={handle} />
            </Over>
          </Show>
        </span>
      </div>
      <Show
        when={view()?.total !== 0 && !props.isGone}
        fallback={<EmptyList mailbox={props.mailbox} isGone={props.isGone} />}
      >
        <div
          ref={attach}
          class="list"
          role="grid"
          aria-label={words.conversations}
          aria-rowcount={total()}
          aria-multiselectable="true"
          data-selecting={isSelecting() ? "" : undefined}
          onScroll={(event) => {
            if (!stand.isComing()) setScrollTop(event.currentTarget.scrollTop);
          }}
          onPointerMove={() => (movedAt = performance.now())}
          onPointerDown={onPointerDown}
          onKeyDown={onKeyDown}
          onFocusOut={() => {
            if (!redrawing) focusedRow = undefined;
          }}
        >
          <div
            class="list-space"
            role="presentation"
            style={{ height: `${total() * rowHeight()}px` }}
          >
            <For each={[...drawn().keys()]}>
              {(id) => {
                const at = createMemo(
                  (before: Placed) => drawn().get(id) ?? before,
                  untrack(() => drawn().get(id)) as Placed,
                  { equals: isSamePlaced },
                );
                return (
                  <Row
                    row={at().row}
                    index={at().place}
                    top={at().place * rowHeight()}
                    mailbox={props.mailbox}
                    now={now()}
                    tabStop={at().place === tabStop()}
                    current={isCurrent(at().row)}
                    selected={at().row.kind === "conversation" && isSelected(id)}
                    onClick={(event) => onRowClick(event, at())}
                    onFocus={() => {
                      focusedRow = id;
                      setActive(at().place);
                    }}
                    onRetryGap={() => act(api, "retryGap", { id })}
                  />
                );
              }}
            </For>
          </div>
        </div>
      </Show>
      {foot}
      {props.notices}
    </>
  );
}

/** All that the page knows of the place, and none. */
function SelectAll(props: { view: WindowView | undefined }): JSX.Element {
  const ids = createMemo(() => conversationsIn(props.view));
  const state = (): "true" | "false" | "mixed" => {
    if (!isSelecting()) return "false";
    const isWhole = selection().isAll && selection().ids.size === 0;
    return isWhole || selectedOf(props.view?.total ?? 0) >= ids().length ? "true" : "mixed";
  };
  return (
    <button
      type="button"
      class="list-all"
      role="checkbox"
      aria-label={words.selectAll}
      aria-checked={state()}
      disabled={ids().length === 0}
      onClick={() => (state() === "true" ? selectNone() : select(ids()))}
    >
      <span class="check" />
    </button>
  );
}

function conversationsIn(view: WindowView | undefined): string[] {
  return view?.rows.flatMap(({ id, kind }) => (kind === "conversation" ? [id] : [])) ?? [];
}

/** ms after the first rows, unless somebody moves before. */
const TOOLS_MS = 1500;

/** A part that cannot be loaded is not waited for with more than so many moves of a finger. */
const MOVES_KEPT = 500;
const FINGER = ["pointerdown", "pointermove", "pointerup", "pointercancel"] as const;

/**
 * Whether what acts on rows is wanted yet: soon after the first rows are on the screen, at once when a hand moves. Keys
 * that come before it is there are pressed again when it is, and a finger's swipe is made again.
 */
function createTools(): { wanted: () => boolean; ready: () => void } {
  const [wanted, setWanted] = createSignal(false);
  const early: KeyboardEvent[] = [];
  const moves: PointerEvent[] = [];
  const want = (): void => {
    ListTools.ready();
    // Asked for ahead: whoever needs it and cannot have it says so.
    void acts().catch(() => undefined);
    setWanted(true);
  };
  const onKey = (event: KeyboardEvent): void => {
    want();
    if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) early.push(event);
  };
  const onFinger = (event: PointerEvent): void => {
    if (event.pointerType === "touch" && moves.length < MOVES_KEPT) moves.push(event);
  };
  addEventListener("keydown", onKey);
  addEventListener("pointermove", want, { once: true });
  addEventListener("pointerdown", want, { once: true });
  for (const type of FINGER) addEventListener(type, onFinger);
  onCleanup(afterRows(TOOLS_MS, want));
  const stop = (): void => {
    removeEventListener("keydown", onKey);
    for (const type of FINGER) removeEventListener(type, onFinger);
  };
  const ready = (): void => {
    stop();
    for (const event of moves.splice(0))
      event.target?.dispatchEvent(new PointerEvent(event.type, event));
    for (const event of early.splice(0))
      if (!event.defaultPrevented)
        (document.activeElement ?? document.body).dispatchEvent(
          new KeyboardEvent(event.type, event),
        );
  };
  onCleanup(() => {
    stop();
    removeEventListener("pointermove", want);
    removeEventListener("pointerdown", want);
  });
  return { wanted, ready };
}

/** A list that is scrolled is not written down at every step. ms */
const STAND_MS = 200;

type Stand = { top: number; active: number };

/** Where each visit of a list stood is kept with its entry of the browser's history: "back" leads there again. */
function createStand(now: () => Stand): {
  /** To the entry of now: where it stood. */
  come: () => Stand;
  isComing: () => boolean;
  /** Once, after coming. */
  takeTop: () => number | undefined;
} {
  let coming: number | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  createEffect(
    on(
      now,
      (stand) => {
        clearTimeout(timer);
        timer = setTimeout(() => history.replaceState({ stand }, ""), STAND_MS);
      },
      { defer: true },
    ),
  );
  onCleanup(() => clearTimeout(timer));
  return {
    come() {
      clearTimeout(timer);
      const { top = 0, active = 0 } = readStand();
      coming = top;
      return { top, active };
    },
    isComing: () => coming !== undefined,
    takeTop() {
      const top = coming;
      coming = undefined;
      return top;
    },
  };
}

/** Another version of the app may have left anything there. */
function readStand(): Partial<Stand> {
  const { stand } = (history.state ?? {}) as { stand?: Partial<Stand> };
  return typeof stand?.top === "number" && typeof stand.active === "number" ? stand : {};
}

/** Where rows are asked for: where the list stands, or stood lately while it flies past faster than anybody reads. */
function createSought(scrollTop: () => number, height: () => number): () => number {
  const [sought, setSought] = createSignal(untrack(scrollTop));
  let askedAt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const seek = (): void => {
    clearTimeout(timer);
    timer = undefined;
    askedAt = performance.now();
    setSought(untrack(scrollTop));
  };
  createComputed(() => {
    const isNear = Math.abs(scrollTop() - untrack(sought)) <= untrack(height);
    const left = askedAt + FLYING_MS - performance.now();
    if (isNear || left <= 0) seek();
    else timer ??= setTimeout(seek, left);
  });
  onCleanup(() => clearTimeout(timer));
  return sought;
}

/** Every answer brings rows anew; what says the same in the same place is not drawn again. */
function isSamePlaced(a: Placed, b: Placed): boolean {
  return (
    a.place === b.place && (a.row === b.row || JSON.stringify(a.row) === JSON.stringify(b.row))
  );
}

function isSameOrder(old: WindowView, fresh: WindowView): boolean {
  const top = old.rows.slice(0, fresh.rows.length);
  return top.every((row, index) => row.id === fresh.rows[index]?.id);
}

/** Rows that came in above or rose to the top. */
function newRows(old: WindowView, fresh: WindowView): RowView[] {
  const known = new Map(old.rows.map((row) => [row.id, row.at]));
  return fresh.rows.filter(
    (row) => row.at > (known.get(row.id) ?? 0) && row.at > (old.rows[0]?.at ?? 0),
  );
}
