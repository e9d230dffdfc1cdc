import { createMemo, For, Show, type JSX } from "solid-js";
import type { Place, RowView } from "../../api/contract.ts";
import { isolated } from "../../base/isolated.ts";
import { Icon } from "../parts/icon.tsx";
import { TagChip } from "../parts/tag-chip.tsx";
import { dateOf, fullTime, shortTime, soonTime } from "../time.ts";
import { deliveryWord, words } from "../words.ts";

/** Chips beyond these are a number. */
const CHIPS = 2;

export function Row(props: {
  row: RowView;
  index: number;
  top: number;
  mailbox: Place;
  now: number;
  tabStop: boolean;
  current: boolean;
  selected: boolean;
  onFocus: () => void;
  onClick: (event: MouseEvent) => void;
  onRetryGap: () => void;
}): JSX.Element {
  const time = createMemo(() => shortTime(props.row.at, props.now));
  const isConversation = () => props.row.kind === "conversation";
  return (
    <div
      class="row"
      classList={{
        unread: props.row.unread,
        current: props.current,
        selected: props.selected,
        gap: props.row.kind === "gap",
      }}
      role="row"
      style={{ transform: `translateY(${props.top}px)` }}
      data-index={props.index}
      data-kind={props.row.kind}
      aria-rowindex={props.index + 1}
      aria-selected={props.selected}
      aria-current={props.current ? "true" : undefined}
      aria-label={nameOf(props.row, props.mailbox, time(), props.now)}
      tabindex={props.tabStop ? 0 : -1}
      onFocus={() => props.onFocus()}
      onClick={(event) => props.onClick(event)}
    >
      <Show when={props.row.kind !== "gap"} fallback={<Gap {...props} />}>
        <Show when={isConversation()}>
          <span class="row-choice" role="gridcell">
            <button
              type="button"
              class="row-check"
              role="checkbox"
              tabindex="-1"
              aria-label={words.select}
              aria-checked={props.selected}
            >
              <span class="check" />
            </button>
          </span>
        </Show>
        <span class="row-dot" role="presentation" />
        <span class="row-people" role="gridcell" dir="auto">
          {peopleText(props.row, props.mailbox, isolated)}
          <Show when={props.row.count > 1 && props.row.kind === "conversation"}>
            <bdi class="row-count">{props.row.count}</bdi>
          </Show>
        </span>
        <span class="row-text" role="gridcell" dir="auto">
          <Show when={props.row.kind === "draft"}>
            <bdi class="row-mark" data-kind="draft">
              {words.draft}
            </bdi>
          </Show>
          <Show when={props.row.answeredInChat}>
            <bdi class="row-mark">{words.answeredInChat}</bdi>
          </Show>
          <Show when={props.row.delivery}>
            {(delivery) => (
              <bdi class="row-mark" data-delivery={delivery()}>
                {deliveryWord[delivery()]}
              </bdi>
            )}
          </Show>
          <For each={marksOf(props.row, props.now)}>
            {(mark) => <bdi class="row-mark">{mark}</bdi>}
          </For>
          <For each={props.row.tags?.slice(0, CHIPS)}>
            {(tag) => (
              <span class="row-tag">
                <TagChip tag={tag} />
              </span>
            )}
          </For>
          <Show when={(props.row.tags?.length ?? 0) > CHIPS}>
            <bdi class="row-mark">{words.andMore((props.row.tags?.length ?? 0) - CHIPS)}</bdi>
          </Show>
          <a
            class="row-subject"
            classList={{ none: props.row.subject === "" }}
            href={props.row.href}
            tabindex="-1"
          >
            {subjectOf(props.row, props.mailbox)}
          </a>
          <span class="row-snippet">{props.mailbox === "chats" ? "" : props.row.snippet}</span>
        </span>
        <span class="row-end" role="gridcell">
          <time
            datetime={dateOf(props.row.at).toISOString()}
            // Asked for when somebody points at it: spelling out a date takes longer than all else of a row.
            onPointerEnter={(event) => (event.currentTarget.title = fullTime(props.row.at))}
          >
            {time()}
          </time>
          <span class="row-tail">
            <Show when={props.row.attachments > 0}>
              <span class="row-clip" title={words.attachments(props.row.attachments)}>
                <Icon name="clip" />
              </span>
            </Show>
            <Show when={isConversation()}>
              <button
                type="button"
                class="row-star"
                tabindex="-1"
                aria-label={words.star}
                aria-pressed={props.row.starred === true}
              >
                <Icon name="starred" />
              </button>
            </Show>
          </span>
        </span>
      </Show>
    </div>
  );
}

function Gap(props: { row: RowView; now: number; onRetryGap: () => void }): JSX.Element {
  return (
    <span class="row-gap" role="gridcell">
      <span>{gapText(props.row, props.now)}</span>
      <Show when={props.row.gap?.isGone !== true}>
        <button type="button" class="button" onClick={() => props.onRetryGap()}>
          {words.tryAgain}
        </button>
      </Show>
    </span>
  );
}

function gapText(row: RowView, now: number): string {
  const { from, to, isGone } = row.gap ?? {};
  return (isGone === true ? words.gapGone : words.gap)(
    from === undefined ? undefined : shortTime(from, now),
    shortTime(to ?? row.at, now),
  );
}

/** Chats have no subject: what was said last stands in its place. */
function subjectOf(row: RowView, mailbox: Place): string {
  if (row.subject !== "") return row.subject;
  return mailbox === "chats" && row.snippet !== "" ? row.snippet : words.noSubject;
}

/** "Nadia Rossi, Tom, me"; where I only wrote, whom to. */
function peopleText(
  row: RowView,
  mailbox: Place,
  each: (name: string) => string = (name) => name,
): string {
  const names = row.people.map((p) =>
    each(row.people.length + row.morePeople > 1 ? shortName(p.name) : p.name),
  );
  if (row.morePeople > 0) names.push(words.andMore(row.morePeople));
  if (row.kind === "draft" && names.length === 0) return words.noRecipient;
  if (row.kind === "draft" || mailbox === "sent" || mailbox === "outbox")
    return words.to(names.join(", ") || words.me);
  if (row.mine) names.push(words.me);
  return names.join(", ");
}

/** First word of a name; an address whole. */
function shortName(name: string): string {
  return name.includes("@") ? name : (name.split(" ")[0] ?? name);
}

/** What became of it, and where it lies. */
function marksOf(row: RowView, now: number): string[] {
  const { snoozedUntil, wokeAt, muted, held, folders = [] } = row;
  const marks = [...folders];
  if (held !== undefined) marks.push(words.onlyHere);
  if (snoozedUntil !== undefined) marks.push(words.snoozedUntil(soonTime(snoozedUntil, now)));
  if (wokeAt !== undefined) marks.push(words.cameBack);
  if (muted === true) marks.push(words.muted);
  return marks;
}

/** What a screen reader says, in the order that helps to decide. */
function nameOf(row: RowView, mailbox: Place, time: string, now: number): string {
  if (row.kind === "gap") return gapText(row, now);
  const parts = [
    row.unread ? words.unreadMark : "",
    row.kind === "draft" ? words.draft : "",
    peopleText(row, mailbox),
    subjectOf(row, mailbox),
    mailbox === "chats" ? "" : row.snippet,
    row.answeredInChat ? words.answeredInChat : "",
    row.delivery === undefined ? "" : deliveryWord[row.delivery],
    row.starred === true ? words.starred : "",
    ...marksOf(row, now),
    ...(row.tags ?? []).map(({ name }) => name),
    row.attachments > 0 ? words.attachments(row.attachments) : "",
    time,
  ];
  return parts.filter((part) => part !== "").join(", ");
}
