/** What a message says in text: its own words, what it quotes folded away, what it said before it was put right. */
import { createMemo, createSignal, createUniqueId, For, Show, type JSX } from "solid-js";
import type { MessageView, TextFormat } from "../../api/contract.ts";
import { dateOf, fullTime, shortTime } from "../time.ts";
import { words } from "../words/more.ts";
import { showAs, shownAs } from "./shown-as.ts";
import { isMarkedUp, partsOf } from "./text/parts.ts";
import { Text } from "./text/text.tsx";
import { markdownReader } from "./text/late-markdown.ts";

type Words = { body: string; quote: string; format: TextFormat };

export function Body(props: { message: MessageView; now: number }): JSX.Element {
  const key = () => props.message.key;
  const hasSwitch = createMemo(() => canSwitch(props.message));
  const isPlain = () => shownAs(key()) === "plain";
  const said = (): Words => {
    const { body, quote, format, plain } = props.message;
    // Beside Markdown stands what its sender wrote for clients that know none.
    return isPlain() && plain !== undefined
      ? { body: plain, quote: "", format }
      : { body, quote, format };
  };
  return (
    <div class="body" lang={props.message.lang}>
      <Said words={said()} asIs={isPlain()} name={props.message.from.name} />
      <Show when={hasSwitch()}>
        <button
          type="button"
          class="body-switch"
          onClick={() => showAs(key(), isPlain() ? "formatted" : "plain")}
        >
          {isPlain() ? words.showFormatted : words.showPlain}
        </button>
      </Show>
      <Edited message={props.message} now={props.now} />
    </div>
  );
}

/** Text that is marked up can be seen as it stands; a message with HTML has a switch of its own. */
function canSwitch(message: MessageView): boolean {
  if (message.hasHtml || message.format === "plain") return false;
  if (message.plain !== undefined) return true;
  const reader = message.format === "markdown" ? markdownReader() : undefined;
  return isMarkedUp(partsOf(message.body, message.format, reader)[0]);
}

function Said(props: { words: Words; asIs: boolean; name: string }): JSX.Element {
  const format = () => (props.asIs ? "as-is" : props.words.format);
  const [open, setOpen] = createSignal(false);
  const id = createUniqueId();
  const label = () => (open() ? words.hideQuoted : words.showQuoted);
  return (
    <>
      <Text text={props.words.body} format={format()} name={props.name} />
      <Show when={props.words.quote !== ""}>
        <button
          type="button"
          class="body-more"
          aria-label={label()}
          title={label()}
          aria-expanded={open()}
          aria-controls={id}
          onClick={() => setOpen(!open())}
        >
          …
        </button>
        <div id={id} class="body-quote" hidden={!open()}>
          <Show when={open()}>
            <Text text={props.words.quote} format={format()} name={props.name} />
          </Show>
        </div>
      </Show>
    </>
  );
}

/** XEP-0308: what was put right is seen to have been, and what it said before can be read. */
export function Edited(props: { message: MessageView; now: number }): JSX.Element {
  const [open, setOpen] = createSignal(false);
  const id = createUniqueId();
  return (
    <Show when={props.message.edited}>
      {(at) => (
        <>
          <p class="body-edited">
            <span title={fullTime(at())}>{words.edited(shortTime(at(), props.now))}</span>
            <Show when={props.message.versions?.length}>
              <button
                type="button"
                class="body-switch"
                aria-expanded={open()}
                aria-controls={id}
                onClick={() => setOpen(!open())}
              >
                {open() ? words.hideVersions : words.showVersions}
              </button>
            </Show>
          </p>
          <ol id={id} class="body-versions" aria-label={words.versions} hidden={!open()}>
            <Show when={open()}>
              <For each={props.message.versions}>
                {(version) => (
                  <li>
                    <time datetime={dateOf(version.at).toISOString()}>{fullTime(version.at)}</time>
                    <Said words={version} asIs={false} name={props.message.from.name} />
                  </li>
                )}
              </For>
            </Show>
          </ol>
        </>
      )}
    </Show>
  );
}
