/** A message that came with HTML: formatted in a frame, or as plain text, with a word where we chose that. */
import {
  createEffect,
  createMemo,
  createSignal,
  For,
  Match,
  onCleanup,
  Show,
  Switch,
  untrack,
  type JSX,
} from "solid-js";
import type { MessageView } from "../../../api/contract.ts";
import { useApp } from "../../context.ts";
import { Icon } from "../../parts/icon.tsx";
import { createQuery } from "../../query.ts";
import { htmlWords } from "../../words/html.ts";
import { words } from "../../words/more.ts";
import { Body, Edited } from "../body.tsx";
import { showAs, shownAs } from "../shown-as.ts";
import { forgive, guarded, hasCrashed } from "./crash-guard.ts";
import { HtmlFrame } from "./frame.tsx";
import { openLink } from "../links/open-link.ts";
import { loadImages, type LoadedImages } from "./remote-images.ts";
import { ownImages } from "./own-images.ts";
import { type Images, sanitise, type Sanitised } from "./sanitise.ts";
import { scanHtml } from "./scan.ts";
import { keepSpare } from "./spare-frame.ts";
import { sourceText } from "./source-text.ts";
import { wordsOf } from "./words-of.ts";
import { createNear } from "./near.ts";

/** What the first message would wait for otherwise. */
export function prepare(): void {
  keepSpare();
}

export function HtmlMessage(props: { message: MessageView; now: number }): JSX.Element {
  const { api, session } = useApp();
  const key = (): number => props.message.key;
  const asked = createQuery(api, "formatted", () =>
    props.message.formatted === undefined ? { key: key() } : undefined,
  );
  const formatted = () => props.message.formatted ?? asked.value;
  const html = createMemo(() => formatted()?.html);
  const guardId = (): string => `${session().address}/${key()}`;
  const scan = createMemo(() => scanHtml(html() ?? ""));
  const wasFatal = createMemo(() => hasCrashed(guardId()));
  const mayTry = (): boolean => {
    const found = scan();
    return found.ok || found.mayTry;
  };
  /** Why we would rather show the plain text. */
  const doubt = (): keyof typeof htmlWords.plainBecause | undefined => {
    const found = scan();
    return wasFatal() ? "crashed" : found.ok ? undefined : found.problem;
  };
  const isFormatted = (): boolean =>
    mayTry() && shownAs(key(), doubt() === undefined ? "formatted" : "plain") === "formatted";
  /** As it was written; where its sender wrote HTML alone, its words. */
  const asText = (): MessageView => {
    const { message } = props;
    if (message.body !== "" || message.quote !== "") return message;
    const text = html() ?? "";
    return { ...message, body: wasFatal() ? sourceText(text) : wordsOf(text), format: "plain" };
  };
  return (
    <Switch>
      <Match when={formatted() === null}>
        <Body message={props.message} now={props.now} />
      </Match>
      <Match when={html() !== undefined && isFormatted()}>
        <Formatted
          html={html() ?? ""}
          message={props.message}
          guardId={guardId()}
          onDrawn={() => forgive(guardId())}
        />
        <TextSwitch text={words.showPlain} onPress={() => showAs(key(), "plain")} />
        <Edited message={props.message} now={props.now} />
      </Match>
      <Match when={html() !== undefined}>
        <Show when={doubt()}>
          {(why) => (
            <p class="note" role="note" aria-label={htmlWords.plainNote}>
              <Icon name="info" />
              {`${htmlWords.plainBecause[why()]} ${mayTry() ? htmlWords.formattedOnRequest : htmlWords.formattedNever}`}
            </p>
          )}
        </Show>
        <Body message={asText()} now={props.now} />
        <Show when={mayTry()}>
          <TextSwitch text={words.showFormatted} onPress={() => showAs(key(), "formatted")} />
        </Show>
      </Match>
    </Switch>
  );
}

function TextSwitch(props: { text: string; onPress: () => void }): JSX.Element {
  return (
    <button type="button" class="body-switch" onClick={() => props.onPress()}>
      {props.text}
    </button>
  );
}

/** The frame, and above it what is said of pictures that lie elsewhere. */
function Formatted(props: {
  html: string;
  message: MessageView;
  guardId: string;
  onDrawn: () => void;
}): JSX.Element {
  const { api } = useApp();
  const [own, setOwn] = createSignal<Images>();
  const [remote, setRemote] = createSignal<readonly string[]>([]);
  const [loaded, setLoaded] = createSignal<LoadedImages>();
  const [isLoading, setLoading] = createSignal(false);
  const [near, place] = createNear();
  const leaving = new AbortController();
  onCleanup(() => {
    leaving.abort();
    revoke(loaded()?.images);
    revoke(own());
  });
  createEffect(() => {
    if (!near() || untrack(own) !== undefined) return;
    const { html, message } = untrack(() => ({ html: props.html, message: props.message }));
    void ownImages(api, message, html).then((images) =>
      leaving.signal.aborted ? revoke(images) : setOwn(images),
    );
  });
  const sanitised = (): Sanitised => {
    const result = sanitise(props.html, new Map([...(loaded()?.images ?? []), ...(own() ?? [])]));
    setRemote(result.remote);
    return result;
  };
  async function load(): Promise<void> {
    setLoading(true);
    const images = await loadImages(remote(), leaving.signal);
    if (leaving.signal.aborted) revoke(images.images);
    else setLoaded(images);
    setLoading(false);
  }
  return (
    <div ref={place}>
      <RemoteImages
        count={remote().length}
        refused={loaded()?.refused}
        isLoading={isLoading()}
        onLoad={() => void load()}
      />
      <Show when={near() && own() !== undefined && { images: loaded() }} keyed>
        {(_version) => (
          <HtmlFrame
            content={() => sanitised().fragment}
            lang={props.message.lang}
            onDraw={(act) => {
              guarded(props.guardId, act);
              props.onDrawn();
            }}
            onLink={openLink}
          />
        )}
      </Show>
    </div>
  );
}

function revoke(images: Images | undefined): void {
  images?.forEach((url) => URL.revokeObjectURL(url));
}

/** How many there are; once a person wanted them, which of them could not be had. */
function RemoteImages(props: {
  count: number;
  refused: readonly string[] | undefined;
  isLoading: boolean;
  onLoad: () => void;
}): JSX.Element {
  return (
    <Switch>
      <Match when={props.count === 0 || props.refused?.length === 0}>{null}</Match>
      <Match when={props.refused}>
        {(refused) => (
          <div class="note html-images" role="note" aria-label={htmlWords.imagesNote}>
            <Icon name="image" />
            <span>{htmlWords.imagesRefused(refused().length)}</span>
            <details class="html-refused">
              <summary>{htmlWords.openInBrowser}</summary>
              <ul>
                <For each={refused()}>
                  {(address) => (
                    <li>
                      <a
                        class="link"
                        href={address}
                        target="_blank"
                        rel="noopener noreferrer nofollow"
                      >
                        {address}
                      </a>
                    </li>
                  )}
                </For>
              </ul>
            </details>
          </div>
        )}
      </Match>
      <Match when={true}>
        <div class="note html-images" role="note" aria-label={htmlWords.imagesNote}>
          <Icon name="image" />
          <span>{htmlWords.imagesNotShown(props.count)}</span>
          <button
            type="button"
            class="html-load"
            disabled={props.isLoading}
            onClick={() => props.onLoad()}
          >
            {props.isLoading ? htmlWords.loadingImages : htmlWords.loadImages}
          </button>
        </div>
      </Match>
    </Switch>
  );
}
