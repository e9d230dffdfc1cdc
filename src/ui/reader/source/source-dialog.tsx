import { createMemo, Match, Show, Switch, type JSX } from "solid-js";
import { useApp } from "../../context.ts";
import { closeDialog } from "../../parts/close-dialog.ts";
import { copyText } from "../../parts/copy-text.ts";
import { Dialog } from "../../parts/dialog.tsx";
import { saveFile } from "../../parts/save-file.ts";
import { say } from "../../parts/toast.tsx";
import { createQuery } from "../../query.ts";
import { moreWords, sourceWords } from "../../words/senders.ts";
import { visible, type XmlToken, xmlTokens } from "./xml-tokens.ts";
import "./source-dialog.css";

/** So many pieces are set out and coloured; of what comes after, so much text. More would make the page slow. */
const MAX_PIECES = 6000;
const MAX_REST = 40_000;

/** The stanza a message came in. */
export function SourceDialog(props: { messageKey: number; onClose: () => void }): JSX.Element {
  const { api } = useApp();
  const query = createQuery(api, "source", () => ({ key: props.messageKey }));
  const found = () => query.value ?? undefined;
  let content: HTMLDivElement | undefined;
  const close = (): void => closeDialog(content);
  async function copy(): Promise<void> {
    const copied = await copyText(found()?.xml ?? "");
    close();
    say(copied ? sourceWords.copied : moreWords.notCopied);
  }
  return (
    <Dialog
      title={sourceWords.title}
      class="wide"
      onClose={() => props.onClose()}
      actions={
        <>
          <Show when={found()}>
            {(source) => (
              <>
                <button type="button" class="button" onClick={() => void copy()}>
                  {sourceWords.copy}
                </button>
                <button
                  type="button"
                  class="button"
                  onClick={() =>
                    saveFile(
                      sourceWords.fileName,
                      new Blob([source().xml], { type: "application/octet-stream" }),
                    )
                  }
                >
                  {sourceWords.save}
                </button>
              </>
            )}
          </Show>
          <button type="button" class="button primary" autofocus onClick={close}>
            {sourceWords.close}
          </button>
        </>
      }
    >
      <div ref={content} class="source">
        <Switch>
          <Match when={found()}>
            {(source) => (
              <>
                <Xml xml={source().xml} />
                <Show when={!source().isWhole}>
                  <p>{sourceWords.isShortened}</p>
                </Show>
              </>
            )}
          </Match>
          <Match when={query.value === null}>
            <p>{sourceWords.none}</p>
          </Match>
        </Switch>
      </div>
    </Dialog>
  );
}

function Xml(props: { xml: string }): JSX.Element {
  const set = createMemo(() => xmlTokens(props.xml, MAX_PIECES));
  return (
    <>
      <pre class="source-xml" tabindex="0" dir="ltr">
        {nodesOf(set().tokens)}
        {visible(set().rest.slice(0, MAX_REST))}
      </pre>
      <Show when={set().rest.length > MAX_REST}>
        <p>{sourceWords.isCut}</p>
      </Show>
    </>
  );
}

/** Nodes by hand: thousands of small ones are nothing for a framework to watch. */
function nodesOf(tokens: readonly XmlToken[]): DocumentFragment {
  const all = document.createDocumentFragment();
  for (const { kind, text } of tokens) {
    if (kind === "text") all.append(text);
    else {
      const span = document.createElement("span");
      span.className = `xml-${kind}`;
      span.textContent = text;
      all.append(span);
    }
  }
  return all;
}
