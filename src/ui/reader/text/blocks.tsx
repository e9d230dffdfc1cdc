/** Draws what a text is made of. Nodes only: no string of HTML is ever made, whatever the text says. */
import { For, Match, Show, Switch, type JSX } from "solid-js";
import { words } from "../../words/more.ts";
import { directionOf } from "./direction.ts";
import type { Block, Inline } from "./tokens.ts";

type Of<K extends Block["kind"]> = Extract<Block, { kind: K }>;
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
      return <Heading heading={block} />;
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

/** Under the sender's name, which is a heading of level 3. */
function Heading(props: { heading: Of<"heading"> }): JSX.Element {
  const level = () => Math.min(props.heading.level, 3);
  const text = (): JSX.Element => <Inlines inlines={props.heading.children} />;
  const look = () => `text-h text-h${level()}`;
  return (
    <Switch>
      <Match when={level() === 1}>
        <h4 dir="auto" class={look()}>
          {text()}
        </h4>
      </Match>
      <Match when={level() === 2}>
        <h5 dir="auto" class={look()}>
          {text()}
        </h5>
      </Match>
      <Match when={true}>
        <h6 dir="auto" class={look()}>
          {text()}
        </h6>
      </Match>
    </Switch>
  );
}

function List(props: { list: Of<"list"> }): JSX.Element {
  return (
    <Show
      when={props.list.ordered}
      fallback={
        <ul class="text-list" dir={directionOf([props.list])}>
          <Items items={props.list.items} />
        </ul>
      }
    >
      <ol
        class="text-list"
        dir={directionOf([props.list])}
        start={props.list.start === 1 ? undefined : props.list.start}
      >
        <Items items={props.list.items} />
      </ol>
    </Show>
  );
}

function Items(props: { items: Of<"list">["items"] }): JSX.Element {
  return (
    <For each={props.items}>
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
                <Show when={cell.length > 0} fallback={<td />}>
                  <th dir="auto">
                    <Inlines inlines={cell} />
                  </th>
                </Show>
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
      return <Marked inline={inline} />;
  }
}

function Marked(props: {
  inline: Exclude<Inline, { kind: "text" | "link" | "image" }>;
}): JSX.Element {
  const inside = (): JSX.Element => {
    const { inline } = props;
    return (
      <>
        <Mark sign={inline.mark} />
        {inline.kind === "code" ? inline.text : <Inlines inlines={inline.children} />}
        <Mark sign={inline.mark} />
      </>
    );
  };
  return (
    <Switch>
      <Match when={props.inline.kind === "strong"}>
        <strong class="text-strong">{inside()}</strong>
      </Match>
      <Match when={props.inline.kind === "em"}>
        <em class="text-em">{inside()}</em>
      </Match>
      <Match when={props.inline.kind === "strike"}>
        <s class="text-strike">{inside()}</s>
      </Match>
      <Match when={true}>
        <code class="text-code">{inside()}</code>
      </Match>
    </Switch>
  );
}

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
