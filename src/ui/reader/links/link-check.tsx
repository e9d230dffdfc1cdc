import { For, onCleanup, Show, type JSX } from "solid-js";
import { compose } from "../../compose/asked.ts";
import { useApp } from "../../context.ts";
import { closeDialog } from "../../parts/close-dialog.ts";
import { copyText } from "../../parts/copy-text.ts";
import { Dialog } from "../../parts/dialog.tsx";
import { Icon } from "../../parts/icon.tsx";
import { say } from "../../parts/toast.tsx";
import { doubtText, linkWords } from "../../words/links.ts";
import { answerAsked, type AskedLink, askedLink, onPersonLink } from "./open-link.ts";
import "./link-check.css";

/** Where the links of messages end up: a question, or a message to whom they name. Once on the page. */
export function LinkCheck(): JSX.Element {
  const { api } = useApp();
  onCleanup(onPersonLink((link) => compose(api, { ...link, byLink: true })));
  onCleanup(() => answerAsked(false));
  return <Show when={askedLink()}>{(asked) => <LinkDialog asked={asked()} />}</Show>;
}

function LinkDialog(props: { asked: AskedLink }): JSX.Element {
  let opens = false;
  async function copy(close: () => void): Promise<void> {
    const copied = await copyText(props.asked.href);
    close();
    say(copied ? linkWords.copied : linkWords.notCopied);
  }
  let actions: HTMLDivElement | undefined;
  const close = (): void => closeDialog(actions);
  const host = () => (props.asked.kind === "ask" ? props.asked.host : undefined);
  return (
    <Dialog
      title={props.asked.kind === "ask" ? linkWords.ask : linkWords.refused}
      onClose={() => answerAsked(opens)}
      actions={
        <>
          <Show when={props.asked.kind === "ask"}>
            <button
              type="button"
              class="button"
              onClick={() => {
                opens = true;
                close();
              }}
            >
              {linkWords.open}
            </button>
          </Show>
          <button type="button" class="button" onClick={() => void copy(close)}>
            {linkWords.copy}
          </button>
          <button type="button" class="button primary" autofocus onClick={close}>
            {linkWords.cancel}
          </button>
        </>
      }
    >
      <div class="link-check" ref={actions}>
        <ul class="link-doubts">
          <For each={reasons(props.asked)}>
            {(reason) => (
              <li>
                <Icon name="warn" />
                <span dir="auto">{reason}</span>
              </li>
            )}
          </For>
        </ul>
        <dl>
          <Show when={host()}>
            {(spelled) => (
              <>
                <dt>{linkWords.leadsTo}</dt>
                <dd class="link-host">
                  <bdi dir="ltr">{spelled().ascii}</bdi>
                </dd>
                <Show when={spelled().unicode !== spelled().ascii}>
                  <dt>{linkWords.inLetters}</dt>
                  <dd>
                    <bdi>{spelled().unicode}</bdi>
                  </dd>
                </Show>
              </>
            )}
          </Show>
          <dt>{linkWords.wholeAddress}</dt>
          <dd class="link-address" tabindex="0">
            <bdi dir="ltr">{shownHref(props.asked.href)}</bdi>
          </dd>
        </dl>
      </div>
    </Dialog>
  );
}

function reasons(asked: AskedLink): string[] {
  return asked.kind === "ask" ? asked.doubts.map(doubtText) : [linkWords.refusedText(asked.scheme)];
}

/** Whatever is no plain ASCII is shown as it goes over the wire, so that nothing in it can reorder or hide. */
function shownHref(href: string): string {
  return href
    .toWellFormed()
    .replaceAll(/[^\x21-\x7E]/gu, (character) => encodeURIComponent(character));
}
