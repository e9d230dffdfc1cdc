/** Somebody's words, as they meant them: styled, Markdown or plain. A long text is drawn part by part. */
import {
  createEffect,
  createMemo,
  createSignal,
  For,
  on,
  onCleanup,
  Show,
  type JSX,
} from "solid-js";
import { Blocks, Inlines } from "./blocks.tsx";
import { isFewEmoji } from "./emoji.ts";
import { markdownReader } from "./late-markdown.ts";
import { linked } from "./linked.ts";
import { partsOf, type Part, type ShownFormat } from "./parts.ts";
import { spansOf } from "./styling.ts";
import "./text.css";

/** Drawn at once; more than the highest screen holds. Characters. */
const FIRST = 20_000;
/** XEP-0245: "the first four characters of the data". */
const ME = "/me ";
/** A rough guess for the scroll bar, until a part is near: characters a line, px. */
const LINE = { length: 70, height: 24 };

export function Text(props: {
  text: string;
  format: ShownFormat;
  /** Whose words they are, for "/me". */
  name: string;
}): JSX.Element {
  const isAction = () => props.format !== "as-is" && props.text.startsWith(ME);
  const lineEnd = () => (isAction() ? (props.text + "\n").indexOf("\n") : 0);
  const parts = createMemo(() =>
    partsOf(
      props.text
        .slice(lineEnd())
        .replace(/^(?:[ \t]*\n)+/, "")
        .trimEnd(),
      props.format,
      props.format === "markdown" ? markdownReader() : undefined,
    ),
  );
  return (
    <div class="text" classList={{ "text-emoji": isFewEmoji(props.text) }}>
      <Show when={isAction()}>
        <p dir="auto" class="text-p text-me">
          * <bdi>{props.name}</bdi>{" "}
          <Inlines inlines={actionOf(props.text.slice(ME.length, lineEnd()), props.format)} />
        </p>
      </Show>
      <Parts parts={parts()} />
    </div>
  );
}

function actionOf(line: string, format: ShownFormat) {
  return format === "plain" ? linked(line) : spansOf(line);
}

function Parts(props: { parts: readonly Part[] }): JSX.Element {
  const [shown, setShown] = createSignal(0);
  createEffect(
    on(
      () => props.parts,
      (parts) => {
        let length = 0;
        let next = parts.findIndex((part) => (length += part.length) >= FIRST) + 1;
        if (next === 0) next = parts.length;
        let timer: ReturnType<typeof setTimeout> | undefined;
        const more = (): void => {
          setShown(next);
          if (next++ < parts.length) timer = setTimeout(more, 10);
        };
        more();
        onCleanup(() => clearTimeout(timer));
      },
    ),
  );
  return (
    <Show
      when={props.parts.length > 1}
      fallback={<Blocks blocks={props.parts[0]?.blocks() ?? []} />}
    >
      <For each={props.parts.slice(0, shown())}>
        {(part) => (
          <div
            class="text-part"
            classList={{ "text-on": part.goesOn }}
            style={{ "contain-intrinsic-block-size": `auto ${heightOf(part)}px` }}
          >
            <Blocks blocks={part.blocks()} />
          </div>
        )}
      </For>
    </Show>
  );
}

function heightOf(part: Part): number {
  return Math.ceil(part.lines + part.length / LINE.length) * LINE.height;
}
