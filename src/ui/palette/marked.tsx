import { createMemo, For, type JSX } from "solid-js";

/** A name with the letters marked that were meant. */
export function Marked(props: { text: string; at: readonly number[] }): JSX.Element {
  const parts = createMemo(() => partsOf(props.text, new Set(props.at)));
  return (
    <bdi>
      <For each={parts()}>{(part) => (part.isMeant ? <b>{part.text}</b> : <>{part.text}</>)}</For>
    </bdi>
  );
}

function partsOf(text: string, at: ReadonlySet<number>): { text: string; isMeant: boolean }[] {
  const parts: { text: string; isMeant: boolean }[] = [];
  for (let i = 0; i < text.length; i++) {
    const isMeant = at.has(i);
    const last = parts.at(-1);
    if (last?.isMeant === isMeant) last.text += text.charAt(i);
    else parts.push({ text: text.charAt(i), isMeant });
  }
  return parts;
}
