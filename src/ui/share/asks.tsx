import { Show, type JSX } from "solid-js";
import type { Jid } from "../../mail/address.ts";
import type { Ask } from "../../mail/person-link.ts";
import { hrefOfInbox } from "../../mail/share-link.ts";
import { Address } from "../parts/address.tsx";
import { asksTitle, asksWords, shareWords } from "../words/share.ts";

/** A link that asks for what no link does here: said, and left undone. */
export function Asks(props: { ask: Ask; jid: Jid }): JSX.Element {
  return (
    <>
      <div class="bar" />
      <div class="nothing">
        <h1>{asksTitle(props.ask)}</h1>
        <p>
          <Address jid={props.jid} />
        </p>
        <p>{asksWords.text}</p>
        <div class="nothing-actions">
          <Show when={props.ask !== "join" && props.jid.includes("@")}>
            <a class="button" href={hrefOfInbox({ to: [props.jid] })}>
              {asksWords.write}
            </a>
          </Show>
          <a class="button" href="#/inbox">
            {shareWords.toInbox}
          </a>
        </div>
      </div>
    </>
  );
}
