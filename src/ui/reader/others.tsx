import { For, type JSX } from "solid-js";
import type { OtherConversation } from "../../api/contract.ts";
import { words } from "../words/more.ts";
import { notHereWords } from "../words/share.ts";

/** The address says no more than an id that several conversations have: the others are a click away. */
export function Others(props: { others: readonly OtherConversation[] }): JSX.Element {
  return (
    <div class="note reader-others" role="note" aria-label={notHereWords.others}>
      <p>{notHereWords.othersText}</p>
      <ul>
        <For each={props.others}>
          {(other) => (
            <li>
              <a class="link" href={other.href} dir="auto">
                {other.subject === "" ? words.noSubject : other.subject}
              </a>
              <bdi>{other.people.map((person) => person.name).join(", ")}</bdi>
            </li>
          )}
        </For>
      </ul>
    </div>
  );
}
