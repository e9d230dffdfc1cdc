import { createSignal, createUniqueId, For, Show, type JSX } from "solid-js";
import { words } from "../words/more.ts";
import { linkify, type TextPart } from "./linkify.ts";

/** Plain text as it was written, with links; what was only quoted is folded away. */
export function Body(props: {
  body: string;
  quote: string;
  lang?: string | undefined;
}): JSX.Element {
  const [open, setOpen] = createSignal(false);
  const id = createUniqueId();
  return (
    <div class="body" lang={props.lang}>
      <Paragraphs text={props.body} />
      <Show when={props.quote !== ""}>
        <button
          type="button"
          class="body-more"
          aria-label={open() ? words.hideQuoted : words.showQuoted}
          title={open() ? words.hideQuoted : words.showQuoted}
          aria-expanded={open()}
          aria-controls={id}
          onClick={() => setOpen(!open())}
        >
          …
        </button>
        <div id={id} class="body-quote" hidden={!open()}>
          <Show when={open()}>
            <Paragraphs text={props.quote} />
          </Show>
        </div>
      </Show>
    </div>
  );
}

/** One block per paragraph, so that each takes its own direction. */
function Paragraphs(props: { text: string }): JSX.Element {
  return (
    <For each={props.text.trim().split(/\n{2,}/)}>
      {(text) => (
        <p dir="auto">
          <Linked parts={linkify(text)} />
        </p>
      )}
    </For>
  );
}

function Linked(props: { parts: TextPart[] }): JSX.Element {
  return (
    <For each={props.parts}>
      {(part) =>
        part.kind === "text" ? (
          part.text
        ) : (
          <a
            class="link"
            href={part.href}
            target="_blank"
            rel="noopener noreferrer nofollow"
            title={part.href}
          >
            {part.text}
          </a>
        )
      }
    </For>
  );
}
