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
import type { Mailbox, RowView, WindowArgs, WindowView } from "../../api/contract.ts";
import { act } from "../act.ts";
import { useApp } from "../context.ts";
import { createAnswer, createMinute } from "../query.ts";
import { argsOf, PAGE } from "../reader/asked.ts";
import { parseRoute } from "../route.ts";
import { createActions } from "../keys/actions.ts";
import { createPicture } from "../picture/take-picture.ts";
import { keepSnapshot, readSnapshot } from "../snapshot.ts";
import { mailboxName, words } from "../words.ts";
import { StatusLine } from "../sidebar/status.tsx";
import { EmptyList } from "./empty-list.tsx";
import { Row } from "./row.tsx";
import "./list.css";

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

type Placed = { row: RowView; place: number };

export function List(props: {
  mailbox: Mailbox;
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
  let scroller: HTMLDivElement | undefined;
  let movedAt = 0;

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
  const view = () => held() ?? latest();
  const isHeldStill = (): boolean =>
    Date.now() - movedAt < STILL_MS || scroller?.contains(document.activeElement) === true;
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
        ? (scroller?.closest('.shell[data-pane="list"]') ?? null)
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
      ?.rows.map(({ id, at, unread, delivery }) => `${id} ${at} ${unread} ${delivery ?? ""}`)
      .join(),
  );
  createEffect(on([signature, () => props.current === undefined, () => first() === 0], changed));
  let shown: WindowView | undefined;
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

  createEffect(
    on(
      () => props.mailbox,
      () => {
        setActive(0);
        setScrollTop(0);
        if (scroller !== undefined) scroller.scrollTop = 0;
      },
      { defer: true },
    ),
  );

  /** The list comes and goes with its rows, so it is measured whenever it comes. */
  function attach(element: HTMLDivElement): void {
    scroller = element;
    const measure = (): void => {
      setHeight(element.clientHeight);
      const row = Number.parseInt(getComputedStyle(element).getPropertyValue("--row"), 10);
      setRowHeight(Number.isNaN(row) ? 64 : row);
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    onCleanup(() => observer.disconnect());
  }

  const total = () => view()?.total ?? 0;
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
    const fresh = new Map(held() === undefined ? [] : latest()?.rows.map((row) => [row.id, row]));
    const from = Math.max(list.offset, first() - DRAWN);
    const to = Math.min(list.offset + list.rows.length, first() + inSight() + DRAWN);
    const stop = active();
    const atStop = rowAt(stop);
    if (atStop !== undefined) stopRow = { row: atStop, place: stop };
    else if (stopRow?.place !== stop) stopRow = undefined;
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
  createEffect(() => {
    const places = drawn();
    redrawing = false;
    // Solid may take a row out and put it back where rows come in around it; focus does not survive that by itself.
    const lost = focusedRow === undefined ? undefined : places.get(focusedRow);
    if (lost !== undefined && scroller?.contains(document.activeElement) !== true)
      rowElement(lost.place)?.focus({ preventScroll: true });
    if (wanted !== undefined) queueMicrotask(focusWanted);
  });
  function focusWanted(): void {
    const element = wanted === undefined ? undefined : rowElement(wanted);
    if (element === undefined) return;
    wanted = undefined;
    element.focus({ preventScroll: true });
  }
  function rowElement(place: number): HTMLElement | undefined {
    return scroller?.querySelector<HTMLElement>(`[data-index="${place}"]`) ?? undefined;
  }

  function move(to: number, options: { focus: boolean } = { focus: true }): void {
    const index = Math.min(Math.max(0, to), Math.max(0, total() - 1));
    setActive(index);
    if (scroller === undefined) return;
    const top = index * rowHeight();
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top + rowHeight() > scroller.scrollTop + scroller.clientHeight) {
      scroller.scrollTop = top + rowHeight() - scroller.clientHeight;
    }
    setScrollTop(scroller.scrollTop);
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

  createActions(
    {
      next: () => move(active() + 1),
      previous: () => move(active() - 1),
      open: () => open(active()),
    },
    () => props.current === undefined && total() > 0,
  );

  function onKeyDown(event: KeyboardEvent): void {
    if (event.target instanceof HTMLButtonElement) return;
    const page = Math.max(1, Math.floor(height() / rowHeight()) - 1);
    const steps: Record<string, () => void> = {
      ArrowDown: () => move(active() + 1),
      ArrowUp: () => move(active() - 1),
      PageDown: () => move(active() + page),
      PageUp: () => move(active() - page),
      Home: () => move(0),
      End: () => move(total() - 1),
      Enter: () => open(active()),
    };
    const step = event.ctrlKey || event.metaKey || event.altKey ? undefined : steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    step();
  }

  return (
    <>
      <div class="bar list-bar">
        {props.menu}
        <h2 class="list-title">{mailboxName[props.mailbox]}</h2>
        <StatusLine />
        <Show when={waiting() > 0}>
          <button type="button" class="button list-new" onClick={release}>
            {words.showNew(waiting())}
          </button>
        </Show>
      </div>
      <Show when={view()?.total !== 0} fallback={<EmptyList mailbox={props.mailbox} />}>
        <div
          ref={attach}
          class="list"
          role="grid"
          aria-label={words.conversations}
          aria-rowcount={total()}
          onScroll={(event) => setScrollTop(event.currentTarget.scrollTop)}
          onPointerMove={() => (movedAt = Date.now())}
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
      {props.notices}
    </>
  );
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
