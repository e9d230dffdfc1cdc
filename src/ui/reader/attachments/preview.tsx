import { createSignal, Match, onCleanup, onMount, Show, Switch, type JSX } from "solid-js";
import { Dialog } from "../../parts/dialog.tsx";
import { fileWords, sizeWord } from "../../words/files.ts";
import type { GotFile } from "./get-file.ts";
import { MAX_TEXT, type Shown, shownOf } from "./shown.ts";

/** One file, large. Nothing of it runs: a picture, a player, or text. */
export function Preview(props: {
  name: string;
  file: GotFile & { ok: true };
  onClose: () => void;
  onDownload: () => void;
}): JSX.Element {
  const [shown, setShown] = createSignal<Shown>();
  onMount(() => {
    shownOf(props.file).then(setShown, () => setShown({ as: "nothing" }));
  });
  const [isBroken, setBroken] = createSignal(false);
  const urls: string[] = [];
  const url = (blob: Blob): string => {
    const made = URL.createObjectURL(blob);
    urls.push(made);
    return made;
  };
  onCleanup(() => urls.forEach((made) => URL.revokeObjectURL(made)));
  const media = (as: Shown["as"]) => {
    const now = shown();
    return now !== undefined && now.as === as && "blob" in now ? url(now.blob) : undefined;
  };
  const text = () => {
    const now = shown();
    return now?.as === "text" ? now : undefined;
  };
  return (
    <Dialog
      title={props.name}
      class="file-preview"
      onClose={() => props.onClose()}
      actions={
        <>
          <button type="button" class="button" onClick={() => props.onDownload()}>
            {fileWords.downloadIt}
          </button>
          <button type="button" class="button primary" onClick={() => props.onClose()}>
            {fileWords.close}
          </button>
        </>
      }
    >
      <Switch fallback={<p>{shown() === undefined ? fileWords.loading : fileWords.noPicture}</p>}>
        <Match when={isBroken()}>
          <p>{fileWords.noPicture}</p>
        </Match>
        <Match when={media("image")}>
          {(src) => <img src={src()} alt={props.name} onError={() => setBroken(true)} />}
        </Match>
        <Match when={media("audio")}>
          {(src) => (
            <audio src={src()} controls aria-label={props.name} onError={() => setBroken(true)} />
          )}
        </Match>
        <Match when={media("video")}>
          {(src) => (
            <video src={src()} controls aria-label={props.name} onError={() => setBroken(true)} />
          )}
        </Match>
        <Match when={text()}>
          {(now) => (
            <>
              <pre class="file-text-preview" dir="auto" tabindex="0">
                {now().text}
              </pre>
              <Show when={now().isCut}>
                <p>{fileWords.textCut(sizeWord(MAX_TEXT))}</p>
              </Show>
            </>
          )}
        </Match>
      </Switch>
    </Dialog>
  );
}
