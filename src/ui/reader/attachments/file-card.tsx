import { createSignal, onCleanup, onMount, Show, type JSX } from "solid-js";
import type { AttachmentView } from "../../../api/contract.ts";
import { isRaster } from "../../../mail/sniff.ts";
import { useApp } from "../../context.ts";
import { TechnicalDetails } from "../../parts/technical-details.tsx";
import { Icon } from "../../parts/icon.tsx";
import { late } from "../../parts/late.tsx";
import { Over } from "../../parts/over.tsx";
import { saveFile } from "../../parts/save-file.ts";
import { fileWords, sizeWord, typeWord } from "../../words/files.ts";
import { getFile, type GotFile, isHere } from "./get-file.ts";
import { linkedFile } from "./linked-file.ts";
import { fileName, nameParts } from "./names.ts";
import { mayShow, shownOf } from "./shown.ts";

const Preview = late(async () => (await import("./preview.tsx")).Preview);

/** Pictures that came along are small enough to be shown at once. Bytes. */
const MAX_THUMBNAIL = 8 * 1024 * 1024;

export function FileCard(props: {
  file: AttachmentView;
  index: number;
  /** Key of the message. */
  message: number;
  /** Safe, and the only one of that name in the message. */
  name: string;
}): JSX.Element {
  const { api } = useApp();
  const [got, setGot] = createSignal<GotFile>();
  const [progress, setProgress] = createSignal<{ share: number | undefined }>();
  const [isOpen, setOpen] = createSignal(false);
  const stop = new AbortController();
  onCleanup(() => stop.abort());
  let running = stop;

  const found = () => {
    const file = got();
    return file?.ok === true ? file : undefined;
  };
  const type = () => found()?.sniffed.mediaType ?? props.file.mediaType;
  const size = () => found()?.blob.size ?? props.file.size;
  const problem = () => {
    const file = got();
    return file?.ok === false ? file : undefined;
  };
  const about = () => [typeWord(type()), sizeWord(size())].filter((text) => text !== "");

  async function get(): Promise<GotFile | undefined> {
    running = new AbortController();
    if (!isHere(props.file)) setProgress({ share: undefined });
    try {
      const file = await getFile({
        api,
        key: props.message,
        index: props.index,
        file: props.file,
        signal: AbortSignal.any([stop.signal, running.signal]),
        onProgress: (share) => setProgress({ share }),
      });
      setGot(file);
      return file;
    } catch {
      return undefined;
    } finally {
      setProgress(undefined);
    }
  }

  async function download(anyway = false): Promise<void> {
    const file = await get();
    if (file?.ok === true && (anyway || file.check !== "wrong"))
      saveFile(fileName({ ...props.file, mediaType: file.sniffed.mediaType }), file.blob);
  }
  async function preview(): Promise<void> {
    if ((await get())?.ok === true) setOpen(true);
  }

  return (
    <li class="file" aria-label={[props.name, ...about()].join(", ")}>
      <Show when={isHere(props.file) && isPicture(props.file)}>
        <Thumbnail get={get} onOpen={() => void preview()} name={props.name} />
      </Show>
      <div class="file-line">
        <Icon name="file" />
        <span class="file-text">
          <span class="file-name" title={props.name}>
            <bdi>{nameParts(props.name)[0]}</bdi>
            <bdi>{nameParts(props.name)[1]}</bdi>
          </span>
          <span class="file-meta">{about().join(" · ")}</span>
        </span>
        <Show when={props.file.where !== "none" && mayShow(type())}>
          <button
            type="button"
            class="quiet"
            aria-label={fileWords.preview(props.name)}
            title={fileWords.preview(props.name)}
            onClick={() => void preview()}
          >
            <Icon name="eye" />
          </button>
        </Show>
        <Show when={props.file.where !== "none"}>
          <button
            type="button"
            class="quiet"
            aria-label={fileWords.download(props.name)}
            title={fileWords.download(props.name)}
            onClick={() => void download()}
          >
            <Icon name="download" />
          </button>
        </Show>
      </div>
      <Show when={progress()}>
        {(now) => (
          <div class="file-note">
            <Show
              when={now().share !== undefined}
              fallback={<progress aria-label={fileWords.downloading(props.name)} />}
            >
              <progress aria-label={fileWords.downloading(props.name)} value={now().share ?? 0} />
            </Show>
            <button type="button" class="link-button" onClick={() => running.abort()}>
              {fileWords.cancel}
            </button>
          </div>
        )}
      </Show>
      <Notes file={props.file} got={found()} onAnyway={() => void download(true)} />
      <Show when={problem()}>
        {(failed) => (
          <div class="file-note" role="alert">
            <span>{fileWords.problem[failed().problem](failed().host)}</span>
            <Show when={["not-readable", "too-large"].includes(failed().problem)}>
              <OpenInBrowser file={props.file} />
            </Show>
            <TechnicalDetails text={failed().detail} />
          </div>
        )}
      </Show>
      <Show when={isOpen() && found()}>
        {(file) => (
          <Over onClose={() => setOpen(false)}>
            <Preview
              name={props.name}
              file={file()}
              onClose={() => setOpen(false)}
              onDownload={() => void download(true)}
            />
          </Over>
        )}
      </Show>
    </li>
  );
}

/** What a person should know before opening it. */
function Notes(props: {
  file: AttachmentView;
  got: (GotFile & { ok: true }) | undefined;
  onAnyway: () => void;
}): JSX.Element {
  const isProgram = () =>
    props.got?.sniffed.kind === "program" ||
    /portable-executable|x-elf|mach-binary|x-script/.test(props.file.mediaType);
  return (
    <>
      <Show when={props.file.where === "none"}>
        <p class="file-note">{fileWords.problem["not-included"]()}</p>
      </Show>
      <Show when={isProgram()}>
        <p class="file-note">{fileWords.program}</p>
      </Show>
      <Show when={props.file.declared}>
        {(declared) => <p class="file-note">{fileWords.differs(typeWord(declared()))}</p>}
      </Show>
      <Show when={props.got?.check === "wrong"}>
        <div class="file-note" role="alert">
          <span>{fileWords.changed}</span>
          <button type="button" class="link-button" onClick={() => props.onAnyway()}>
            {fileWords.downloadAnyway}
          </button>
        </div>
      </Show>
    </>
  );
}

function OpenInBrowser(props: { file: AttachmentView }): JSX.Element {
  return (
    <Show when={linkedFile(props.file.url ?? "")?.href}>
      {(href) => (
        <a class="link" href={href()} target="_blank" rel="noopener noreferrer nofollow">
          {fileWords.openInBrowser}
        </a>
      )}
    </Show>
  );
}

/** A picture in the card, of bytes that are here: fetched from the database when it comes near the screen. */
function Thumbnail(props: {
  get: () => Promise<GotFile | undefined>;
  onOpen: () => void;
  name: string;
}): JSX.Element {
  const [url, setUrl] = createSignal<string>();
  let element: HTMLDivElement | undefined;
  onMount(() => {
    const watch = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        watch.disconnect();
        void load();
      },
      { rootMargin: "400px" },
    );
    if (element !== undefined) watch.observe(element);
    onCleanup(() => {
      watch.disconnect();
      URL.revokeObjectURL(url() ?? "");
    });
  });
  async function load(): Promise<void> {
    const file = await props.get();
    if (file?.ok !== true || file.check === "wrong") return;
    const shown = await shownOf(file);
    if (shown.as === "image") setUrl(URL.createObjectURL(shown.blob));
  }
  return (
    <div
      ref={element}
      class="file-picture"
      classList={{ "file-picture-empty": url() === undefined }}
    >
      <Show when={url()}>
        {(src) => (
          <img
            src={src()}
            alt={props.name}
            onClick={() => props.onOpen()}
            onError={() => setUrl(undefined)}
          />
        )}
      </Show>
    </div>
  );
}

function isPicture(file: AttachmentView): boolean {
  return isRaster(file.mediaType) && (file.size ?? 0) <= MAX_THUMBNAIL;
}
