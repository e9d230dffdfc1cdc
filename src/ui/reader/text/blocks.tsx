/** Draws what a text is made of. Nodes only: no string of HTML is ever made, whatever the text says. */
import { For, Show, type JSX } from "solid-js";
import { Dynamic } from "solid-js/web";
import { words } from "../../words/more.ts";
import { directionOf } from "./direction.ts";
import type { Block, Inline } from "./tokens.ts";

type Of<K extends Block["kind"]> = Extract<Block, { kind: K }>;
/** Under the sender's name, which is a heading of level 3. */
const HEADINGS = ["h4", "h5", "h6"] as const;

export function Blocks(props: { blocks: readonly Block[] }): JSX.Element {
  return <For each={props.blocks}>{(block) => drawn(block)}</For>;
}

function drawn(block: Block): JSX.Element {
  switch (block.kind) {
    case "paragraph":
      return (
        <p dir="auto" class="text-p" classList={{ "text-on": block.goesOn === true }}>
          <Inlines inlines={block.children} />
        </p>
      );
    case "heading":
      return (
        <Dynamic
          component={HEADINGS[Math.min(block.level, 3) - 1] ?? "h6"}
          dir="auto"
          class={`text-h text-h${Math.min(block.level, 3)}`}
        >
          <Inlines inlines={block.children} />
        </Dynamic>
      );
    case "quote":
      return (
        <blockquote class="text-quote" dir={directionOf(block.blocks)}>
          <Blocks blocks={block.blocks} />
        </blockquote>
      );
    case "code":
      return (
        <div class="text-scroll" role="group" aria-label={words.code} tabindex="0" dir="ltr">
          <pre class="text-pre">
            <code>{block.text}</code>
          </pre>
        </div>
      );
    case "list":
      return <List list={block} />;
    case "rule":
      return <hr class="text-rule" />;
    case "table":
      return <Table table={block} />;
    default:
      return block satisfies never;
  }
}

function List(props: { list: Of<"list"> }): JSX.Element {
  return (
    <Dynamic
      component={props.list.ordered ? "ol" : "ul"}
      class="text-list"
      dir={directionOf([props.list])}
      start={props.list.ordered && props.list.start !== 1 ? props.list.start : undefined}
    >
      <For each={props.list.items}>
        {(item) => (
          <li>
            <Show when={item.done !== undefined}>
              <span
                class="text-box"
                role="img"
                aria-label={item.done === true ? words.done : words.notDone}
              >
                {item.done === true ? "☑" : "☐"}
              </span>
            </Show>
            <Blocks blocks={item.blocks} />
          </li>
        )}
      </For>
    </Dynamic>
  );
}

function Table(props: { table: Of<"table"> }): JSX.Element {
  return (
    <div
      class="text-scroll"
      role="group"
      aria-label={words.table}
      tabindex="0"
      dir={directionOf([props.table])}
    >
      <table class="text-table">
        <thead>
          <tr>
            <For each={props.table.head}>
              {(cell) => (
                <Dynamic component={cell.length === 0 ? "td" : "th"} dir="auto">
                  <Inlines inlines={cell} />
                </Dynamic>
              )}
            </For>
          </tr>
        </thead>
        <tbody>
          <For each={props.table.rows}>
            {(row) => (
              <tr>
                <For each={row}>
                  {(cell) => (
                    <td dir="auto">
                      <Inlines inlines={cell} />
                    </td>
                  )}
                </For>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </div>
  );
}

export function Inlines(props: { inlines: readonly Inline[] }): JSX.Element {
  return <For each={props.inlines}>{(inline) => span(inline)}</For>;
}

function span(inline: Inline): JSX.Element {
  switch (inline.kind) {
    case "text":
      return inline.text;
    case "link":
      return (
        <Link href={inline.href}>
          <Inlines inlines={inline.children} />
        </Link>
      );
    case "image":
      return <Link href={inline.href}>{words.picture(inline.text)}</Link>;
    default:
      return (
        <Dynamic component={TAGS[inline.kind]} class={`text-${inline.kind}`}>
          <Mark sign={inline.mark} />
          {inline.kind === "code" ? inline.text : <Inlines inlines={inline.children} />}
          <Mark sign={inline.mark} />
        </Dynamic>
      );
  }
}

const TAGS = { strong: "strong", em: "em", strike: "s", code: "code" } as const;

/** XEP-0393 section 7: a directive is best shown as it stands; section 8: and not read out. */
function Mark(props: { sign: string | undefined }): JSX.Element {
  return (
    <Show when={props.sign}>
      <span class="text-mark" aria-hidden="true">
        {props.sign}
      </span>
    </Show>
  );
}

function Link(props: { href: string; children: JSX.Element }): JSX.Element {
  return (
    <a
      class="link"
      href={props.href}
      target="_blank"
      rel="noopener noreferrer nofollow"
      title={props.href}
    >
      {props.children}
    </a>
  );
}
