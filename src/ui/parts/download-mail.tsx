import { createSignal, onCleanup, Show, type JSX } from "solid-js";
import type { ApiClient } from "../../api/client.ts";
import { storageWords } from "../words/storage.ts";
import { saveFile } from "./save-file.ts";

/** All mail of this browser as one file: how far it is, and a way to stop. */
export function DownloadMail(props: { api: ApiClient; onFailed?: () => void }): JSX.Element {
  const [progress, setProgress] = createSignal<{ done: number; total: number }>();
  const [failed, setFailed] = createSignal(false);
  let isStopped = false;
  onCleanup(() => (isStopped = true));

  async function download(): Promise<void> {
    if (progress() !== undefined) return;
    isStopped = false;
    setFailed(false);
    setProgress({ done: 0, total: 0 });
    try {
      // The browser keeps the parts of a blob where it likes, on disk too: nothing here holds all of the text.
      const parts: Blob[] = [];
      let name = "";
      let done = 0;
      for (let after: number | null = 0; after !== null;) {
        const part: Awaited<ReturnType<typeof exportAfter>> = await exportAfter(props.api, after);
        if (isStopped) return;
        parts.push(part.blob);
        ({ name, next: after } = part);
        done += part.count;
        setProgress({ done, total: part.total });
      }
      saveFile(name, new Blob(parts, { type: "application/mbox" }));
    } catch {
      setFailed(true);
      props.onFailed?.();
    } finally {
      setProgress(undefined);
    }
  }

  return (
    <>
      <Show
        when={progress()}
        fallback={
          <button type="button" class="button" onClick={() => void download()}>
            {storageWords.downloadMail}
          </button>
        }
      >
        {(now) => (
          <span class="download-progress">
            <span role="status">{storageWords.progress(now().done, now().total)}</span>
            <button
              type="button"
              class="button"
              onClick={() => {
                isStopped = true;
                setProgress(undefined);
              }}
            >
              {storageWords.stop}
            </button>
          </span>
        )}
      </Show>
      <Show when={failed() && props.onFailed === undefined}>
        <span role="alert">{storageWords.noDownload}</span>
      </Show>
    </>
  );
}

function exportAfter(api: ApiClient, after: number) {
  return api.run("exportMail", { after });
}
