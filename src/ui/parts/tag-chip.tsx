import type { JSX } from "solid-js";
import type { TagView } from "../../api/contract.ts";
import "./tag-chip.css";

export function TagChip(props: { tag: TagView }): JSX.Element {
  return (
    <bdi class="tag-chip" style={{ "--hue": props.tag.hue }}>
      {props.tag.name}
    </bdi>
  );
}
