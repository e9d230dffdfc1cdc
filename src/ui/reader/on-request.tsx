/** What is not shown until it is asked for: spoilers (XEP-0382) and withdrawn messages (XEP-0424). */
import { createSignal, createUniqueId, Show, type JSX } from "solid-js";
import type { MessageView } from "../../api/contract.ts";
import { Icon } from "../parts/icon.tsx";
import { dateOf, fullTime, shortTime } from "../time.ts";
import { words } from "../words/more.ts";

/** Everything a message says, behind whatever its sender put before it. */
export function OnRequest(props: {
  message: MessageView;
  now: number;
  children: JSX.Element;
}): JSX.Element {
  return (
    <Show when={props.message.retracted} fallback={<Spoiler {...props} />}>
      {(at) => (
        <>
          <p class="note">
            <Icon name="info" />
            <span>
              <Withdrawn message={props.message} /> <Time at={at()} now={props.now} />
            </span>
          </p>
          <Reveal show={words.showWithdrawn} hide={words.hideWithdrawn}>
            <Spoiler {...props} />
          </Reveal>
        </>
      )}
    </Show>
  );
}

/** One line of what a folded message says, no more than it would say unfolded. */
export function FoldedWords(props: { message: MessageView }): JSX.Element {
  const spoiler = () =>
    props.message.spoiler === undefined ? undefined : words.spoiler(props.message.spoiler);
  return (
    <Show
      when={props.message.retracted === undefined}
      fallback={<Withdrawn message={props.message} />}
    >
      {spoiler() ?? props.message.snippet}
    </Show>
  );
}

/** "NAME withdrew this message". */
function Withdrawn(props: { message: MessageView }): JSX.Element {
  return (
    <Show when={props.message.direction === "in"} fallback={words.youWithdrew}>
      <bdi>{props.message.from.name}</bdi> {words.withdrew}
    </Show>
  );
}

function Spoiler(props: { message: MessageView; children: JSX.Element }): JSX.Element {
  return (
    <Show when={props.message.spoiler !== undefined} fallback={props.children}>
      <Reveal
        show={words.spoiler(props.message.spoiler ?? "")}
        hide={words.spoiler(props.message.spoiler ?? "")}
      >
        {props.children}
      </Reveal>
    </Show>
  );
}

/** "Users SHOULD uncover or hide a spoiler message at will, anytime." */
function Reveal(props: { show: string; hide: string; children: JSX.Element }): JSX.Element {
  const [open, setOpen] = createSignal(false);
  const id = createUniqueId();
  return (
    <>
      <button
        type="button"
        class="button reveal"
        dir="auto"
        aria-expanded={open()}
        aria-controls={id}
        onClick={() => setOpen(!open())}
      >
        {open() ? props.hide : props.show}
      </button>
      <div id={id} class="revealed" hidden={!open()}>
        <Show when={open()}>{props.children}</Show>
      </div>
    </>
  );
}

function Time(props: { at: number; now: number }): JSX.Element {
  return (
    <time datetime={dateOf(props.at).toISOString()} title={fullTime(props.at)}>
      {shortTime(props.at, props.now)}
    </time>
  );
}
