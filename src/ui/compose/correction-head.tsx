import { For, Show, type JSX } from "solid-js";
import type { Draft } from "../../mail/draft.ts";
import { Address } from "../parts/address.tsx";
import { Icon } from "../parts/icon.tsx";
import { words } from "../words/more.ts";
import { ownMailWords } from "../words/own-mail.ts";

/** A correction goes to whom the message went to: that is read, not written. */
export function CorrectionHead(props: { draft: Draft }): JSX.Element {
  const people = () => [...props.draft.to, ...props.draft.cc, ...props.draft.bcc];
  return (
    <>
      <div class="composer-line composer-fixed">
        <span>{words.field.to}</span>
        <ul aria-label={words.recipients}>
          <For each={people()}>
            {(person) => (
              <li class="chip">
                <Show when={person.name}>{(name) => <bdi>{name()}</bdi>}</Show>
                <Address class="suggestion-address" jid={person.jid} />
              </li>
            )}
          </For>
        </ul>
      </div>
      <p class="note" role="note" aria-label={ownMailWords.editNote}>
        <Icon name="info" />
        {ownMailWords.editText}
      </p>
    </>
  );
}
