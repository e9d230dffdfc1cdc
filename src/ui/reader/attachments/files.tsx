import { createSignal, For, Show, type JSX } from "solid-js";
import type { MessageView } from "../../../api/contract.ts";
import { useApp } from "../../context.ts";
import { Icon } from "../../parts/icon.tsx";
import { saveFile } from "../../parts/save-file.ts";
import { say } from "../../parts/toast.tsx";
import { fileWords } from "../../words/files.ts";
import { FileCard } from "./file-card.tsx";
import { getFile } from "./get-file.ts";
import { distinctNames, fileName } from "./names.ts";
import "./files.css";

/** The files of a message, each with what can be done with it. */
export function Files(props: { message: MessageView }): JSX.Element {
  const { api } = useApp();
  const [saving, setSaving] = createSignal<number>();
  const names = () => distinctNames(props.message.attachments.map(fileName));
  const usable = () => props.message.attachments.filter((file) => file.where !== "none").length;

  async function saveAll(): Promise<void> {
    setSaving(0);
    try {
      const files: { name: string; blob: Blob }[] = [];
      for (const [index, file] of props.message.attachments.entries()) {
        if (file.where === "none") continue;
        const got = await getFile({ api, key: props.message.key, index, file });
        const name = names()[index] ?? fileWords.unnamed;
        if (got.ok && got.check !== "wrong") files.push({ name, blob: got.blob });
        setSaving((done) => (done ?? 0) + 1);
      }
      const { zipOf } = await import("./save-all.ts");
      if (files.length > 0) saveFile(fileWords.archiveName, await zipOf(files));
      if (files.length < usable()) say(fileWords.savedSome(files.length, usable()));
    } catch {
      say(fileWords.savedSome(0, usable()));
    } finally {
      setSaving(undefined);
    }
  }

  return (
    <Show when={props.message.attachments.length > 0}>
      <div class="files-part">
        <ul class="files" aria-label={fileWords.list}>
          <For each={props.message.attachments}>
            {(file, index) => (
              <FileCard
                file={file}
                index={index()}
                message={props.message.key}
                name={names()[index()] ?? fileWords.unnamed}
              />
            )}
          </For>
        </ul>
        <Show when={usable() > 1}>
          <button
            type="button"
            class="button files-all"
            disabled={saving() !== undefined}
            onClick={() => void saveAll()}
          >
            <Icon name="download" />
            {fileWords.saveAll}
          </button>
          <span role="status" class="files-status">
            <Show when={saving()}>{(done) => fileWords.savingAll(done(), usable())}</Show>
          </span>
        </Show>
      </div>
    </Show>
  );
}
