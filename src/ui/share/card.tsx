import {
  createEffect,
  createMemo,
  createSignal,
  ErrorBoundary,
  onCleanup,
  Show,
  type JSX,
} from "solid-js";
import { spelledOut } from "../../base/spelled-out.ts";
import {
  hrefOfInbox,
  type InboxLink,
  mailtoLink,
  readInboxLink,
  xmppLink,
} from "../../mail/share-link.ts";
import { copyText } from "../parts/copy-text.ts";
import { late } from "../parts/late.tsx";
import { shareWords } from "../words/share.ts";
import { webLink } from "./web-link.ts";
import "./card.css";

/** A library of its own, and the last thing anybody looks at. */
const QrCode = late(async () => (await import("./qr-code.tsx")).QrCode);

/** The word in a link that says: no card, the form. */
const WRITE = "write";

/** What "#/to/…" shows to who is not signed in. Nobody is asked anything over the network for it. */
export function Card(props: { hash: string }): JSX.Element {
  const link = createMemo(() => {
    const [, path = "", query = ""] = /^#\/to\/([^?/]*)[^?]*\??(.*)$/s.exec(props.hash) ?? [];
    return readInboxLink(path, new URLSearchParams(query));
  });
  return (
    <main class="sign-in">
      <Show when={link()} fallback={<NothingHere />}>
        {(found) => <WriteTo link={found()} />}
      </Show>
    </main>
  );
}

function WriteTo(props: { link: InboxLink }): JSX.Element {
  const [status, setStatus] = createSignal("");
  const addresses = (): string => props.link.to.map((jid) => spelledOut(jid)).join(", ");
  const name = (): string => props.link.called ?? addresses();
  /** As it is given away: without what only this page knows. */
  const href = (): string => webLink(hrefOfInbox(props.link));
  const here = (): string => {
    const hash = hrefOfInbox(props.link);
    return `${hash}${hash.includes("?") ? "&" : "?"}${WRITE}`;
  };
  createEffect(() => {
    const before = document.title;
    document.title = shareWords.title(name());
    onCleanup(() => (document.title = before));
  });
  async function copy(): Promise<void> {
    setStatus((await copyText(href())) ? shareWords.copied : shareWords.notCopied);
  }
  return (
    <section class="sign-in-card card" aria-labelledby="card-title">
      <div class="card-initial" aria-hidden="true">
        {initialOf(name())}
      </div>
      <h1 id="card-title">
        <span class="card-verb">{shareWords.writeTo} </span>
        <bdi classList={{ "card-long": props.link.called === undefined }}>{name()}</bdi>
      </h1>
      <Show when={props.link.called !== undefined}>
        <p class="card-address">
          <bdi dir="ltr">{addresses()}</bdi>
        </p>
      </Show>
      <Show when={props.link.subject + props.link.body !== ""}>
        <div class="card-filled" role="note" aria-label={shareWords.filledByLink}>
          <p>{shareWords.filledByLink}</p>
          <Show when={props.link.subject !== ""}>
            <p dir="auto">{shareWords.subject(props.link.subject)}</p>
          </Show>
          <Show when={props.link.body !== ""}>
            <p class="card-body" dir="auto">
              {props.link.body}
            </p>
          </Show>
        </div>
      </Show>
      <div class="card-ways">
        <a class="button primary" href={here()}>
          {shareWords.writeHere}
        </a>
        <Show when={props.link.to.length === 1 && props.link.to[0]}>
          {(jid) => (
            <a class="button" href={xmppLink(jid(), props.link)}>
              {shareWords.inXmppApp}
            </a>
          )}
        </Show>
        <Show when={props.link.mail}>
          {(mail) => (
            <a class="button" href={mailtoLink(mail(), props.link)}>
              {shareWords.byEmail}
            </a>
          )}
        </Show>
      </div>
      <p class="sign-in-hint">{shareWords.hint}</p>
      <div class="card-code">
        <ErrorBoundary fallback={null}>
          <QrCode text={href()} label={shareWords.qrCode(addresses())} />
        </ErrorBoundary>
        <p class="sign-in-hint">{shareWords.qrHint}</p>
        <button type="button" class="button" onClick={() => void copy()}>
          {shareWords.copyLink}
        </button>
        <p class="sign-in-hint" role="status">
          {status()}
        </p>
      </div>
      <p class="card-foot">
        {shareWords.app} · {shareWords.tagline}
      </p>
    </section>
  );
}

function NothingHere(): JSX.Element {
  return (
    <section class="sign-in-card card" aria-labelledby="card-title">
      <h1 id="card-title">{shareWords.nothingHere}</h1>
      <p>{shareWords.nothingHereText}</p>
      <div class="card-ways">
        <a class="button" href="#/inbox">
          {shareWords.toInbox}
        </a>
      </div>
    </section>
  );
}

function initialOf(name: string): string {
  return /[\p{L}\p{N}]/u.exec(name)?.[0].toLocaleUpperCase() ?? "?";
}
