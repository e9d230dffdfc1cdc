import { For, Show, type JSX } from "solid-js";
import type { PersonConversation } from "../../api/contract.ts";
import type { Jid } from "../../mail/address.ts";
import { hrefOfInbox } from "../../mail/share-link.ts";
import { useApp } from "../context.ts";
import { Address } from "../parts/address.tsx";
import { Avatar } from "../parts/avatar.tsx";
import { Icon } from "../parts/icon.tsx";
import { createMinute } from "../answer.ts";
import { createPageTitle } from "../page-title.ts";
import { createQuery } from "../query.ts";
import { shortTime } from "../time.ts";
import { words } from "../words/more.ts";
import { personWords } from "../words/share.ts";
import "./person.css";

/** Conversations at the most. */
const SHOWN = 200;

/** What there is with one person, and the way to write to them. */
export function PersonPage(props: { jid: Jid }): JSX.Element {
  const { api } = useApp();
  const now = createMinute();
  const person = createQuery(api, "person", () => ({ jid: props.jid, limit: SHOWN }));
  const name = (): string => person.value?.name ?? props.jid;
  createPageTitle(name);
  return (
    <>
      <div class="bar">
        <a class="quiet" href="#/inbox" aria-label={words.back} title={words.back}>
          <Icon name="back" />
        </a>
      </div>
      <div class="person">
        <header class="person-head">
          <Avatar person={{ jid: props.jid, name: name() }} />
          <div>
            <h2 dir="auto">{name()}</h2>
            <Show when={name() !== props.jid}>
              <Address class="person-address" jid={props.jid} />
            </Show>
          </div>
          <a class="button primary" href={hrefOfInbox({ to: [props.jid] })}>
            {personWords.write}
          </a>
        </header>
        <Show when={person.value}>
          {(view) => (
            <Show
              when={view().conversations.length > 0}
              fallback={<p class="person-none">{personWords.none}</p>}
            >
              <ul class="person-list" aria-label={personWords.conversations}>
                <For each={view().conversations}>
                  {(conversation) => <Line conversation={conversation} now={now()} />}
                </For>
              </ul>
            </Show>
          )}
        </Show>
        <Show when={person.value?.isCut}>
          <p class="person-none">{personWords.cut}</p>
        </Show>
      </div>
    </>
  );
}

function Line(props: { conversation: PersonConversation; now: number }): JSX.Element {
  const title = (): string => {
    const { kind, subject } = props.conversation;
    if (subject !== "") return subject;
    return kind === "chat" ? personWords.chat : personWords.noSubject;
  };
  return (
    <li>
      <a href={props.conversation.href} data-unread={props.conversation.unread}>
        <span class="person-subject" dir="auto">
          {title()}
        </span>
        <span class="person-snippet" dir="auto">
          {props.conversation.snippet}
        </span>
        <time>{shortTime(props.conversation.at, props.now)}</time>
      </a>
    </li>
  );
}
