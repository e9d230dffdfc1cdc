import { Show, type JSX } from "solid-js";
import type { StorageView } from "../../api/contract.ts";
import { act } from "../act.ts";
import { useApp } from "../context.ts";
import { DownloadMail } from "../parts/download-mail.tsx";
import { createQuery } from "../query.ts";
import { count, keepsFor } from "../words/more.ts";
import { sizeOf, storageWords, whenOf } from "../words/storage.ts";
import { Row } from "./row.tsx";

/** How long the server keeps mail, what only this browser has, and how safe it is here. */
export function StorageSection(): JSX.Element {
  const { api } = useApp();
  const storage = createQuery(api, "storage", () => null);
  async function askToKeep(): Promise<void> {
    await navigator.storage?.persist?.().catch(() => false);
    act(api, "noteStorage", null);
  }
  return (
    <section aria-labelledby="settings-storage">
      <h3 id="settings-storage">{storageWords.title}</h3>
      <Show when={storage.value}>
        {(now) => (
          <>
            <dl>
              <Row name={storageWords.serverKeeps(now().host)}>{serverKeeps(now())}</Row>
              <Show when={now().archive !== "none" && now().archiveSince}>
                {(at) => <Row name={storageWords.since}>{whenOf(at())}</Row>}
              </Show>
              <Row name={storageWords.here}>{count(now().messages)}</Row>
              <Row name={storageWords.onlyHere}>{count(now().onlyHere)}</Row>
              <Show when={now().checkedAt}>
                {(at) => <Row name={storageWords.compared}>{whenOf(at())}</Row>}
              </Show>
              <Row name={storageWords.used}>
                {storageWords.usedOf(sizeOf(now().usedBytes), sizeOf(now().quotaBytes))}
              </Row>
              <Show when={now().rejected > 0}>
                <Row name={storageWords.rejected}>{count(now().rejected)}</Row>
              </Show>
            </dl>
            <div class="settings-row">
              <span>
                {storageWords.persisted}
                <span class="settings-hint">
                  {now().persisted ? storageWords.isPersisted : storageWords.notPersisted}
                </span>
              </span>
              <Show when={!now().persisted}>
                <button type="button" class="button" onClick={() => void askToKeep()}>
                  {storageWords.askToKeep}
                </button>
              </Show>
            </div>
            <div class="settings-row">
              <span>
                {storageWords.copy}
                <span class="settings-hint">{storageWords.copyHint}</span>
              </span>
              <DownloadMail api={api} />
            </div>
          </>
        )}
      </Show>
    </section>
  );
}

function serverKeeps({ archive, keeps }: StorageView): string {
  if (keeps !== undefined) return keepsFor(keeps);
  return storageWords.archive[archive];
}
