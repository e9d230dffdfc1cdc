import { createEffect, createSignal, onCleanup, Show, type JSX } from "solid-js";
import type { Person } from "../../api/contract.ts";
import { useApp } from "../context.ts";
import { createAnswer } from "../answer.ts";
import "./avatar.css";

const HUES = 8;

/** A person's picture, or the first letter of their name on a hue of their own. */
export function Avatar(props: { person: Person }): JSX.Element {
  const { api } = useApp();
  const avatarNow = createAnswer(api, "avatar", () => ({ jid: props.person.jid }));
  const [url, setUrl] = createSignal<string>();
  createEffect(() => {
    const avatar = avatarNow();
    if (avatar === undefined || avatar === null) return setUrl(undefined);
    // A copy: Blob takes no bytes that might be shared.
    const made = URL.createObjectURL(
      new Blob([new Uint8Array(avatar.bytes)], { type: avatar.type }),
    );
    setUrl(made);
    onCleanup(() => URL.revokeObjectURL(made));
  });
  return (
    <span class="avatar" data-hue={hueOf(props.person.jid)} aria-hidden="true">
      <Show when={url()} fallback={initialOf(props.person)}>
        {(src) => <img src={src()} alt="" width="32" height="32" />}
      </Show>
    </span>
  );
}

function initialOf({ name, jid }: Person): string {
  const letter = /[\p{L}\p{N}]/u.exec(name) ?? /[\p{L}\p{N}]/u.exec(jid);
  return letter?.[0].toLocaleUpperCase() ?? "?";
}

function hueOf(jid: string): number {
  let hash = 0;
  for (let i = 0; i < jid.length; i++) hash = (Math.imul(hash, 31) + jid.charCodeAt(i)) | 0;
  return Math.abs(hash) % HUES;
}
