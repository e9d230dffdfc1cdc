import { For, Show, type JSX } from "solid-js";
import type { MessageView } from "../../api/contract.ts";
import { words } from "../words/more.ts";

/** More are counted. */
const MAX_NAMED = 3;

/** What people said of a message with an emoji, in one small line below it (XEP-0444). */
export function Reactions(props: { message: MessageView }): JSX.Element {
  return (
    <Show when={props.message.reactions}>
      {(reactions) => (
        <ul class="reactions" aria-label={words.reactions}>
          <For each={reactions()}>
            {(reaction) => (
              <li>
                <span class="reaction-emoji">{reaction.emoji}</span>{" "}
                <For each={reaction.people.slice(0, MAX_NAMED)}>
                  {(person, index) => (
                    <>
                      {index() > 0 ? ", " : ""}
                      <bdi title={person.jid}>{person.name}</bdi>
                    </>
                  )}
                </For>
                {reaction.people.length > MAX_NAMED
                  ? ` ${words.andMore(reaction.people.length - MAX_NAMED)}`
                  : ""}
              </li>
            )}
          </For>
        </ul>
      )}
    </Show>
  );
}
