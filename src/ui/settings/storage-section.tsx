import { Show, type JSX } from "solid-js";
import type { StorageView } from "../../api/contract.ts";
import { act } from "../act.ts";
import { useApp } from "../context.ts";
import { DownloadMail } from "../parts/download-mail.tsx";
import { createQuery } from "../query.ts";
import { count, keepsFor } from "../words/more.ts";
import { sizeOf, storageWords, whenOf } from "../words/storage.ts";
import { Row } from "./row.tsx";
import { Facts, Section, Setting } from "./setting.tsx";

/** How long the server keeps mail, what only this browser has, and how safe it is here. */
export function StorageSection(): JSX.Element {
  const { api } = useApp();
  const storage = createQuery(api, "storage", () => null);
  async function askToKeep(): Promise<void> {
    await navigator.storage?.persist?.().catch(() => false);
    act(api, "noteStorage", null);
  }
  return (
    <Section of="storage">
      <Show when={storage.value}>
        {(now) => (
          <>
            <Facts words={FACTS}>
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
            </Facts>
            <Setting
              name={storageWords.persisted}
              hint={now().persisted ? storageWords.isPersisted : storageWords.notPersisted}
            >
              <Show when={!now().persisted}>
                <button type="button" class="button" onClick={() => void askToKeep()}>
                  {storageWords.askToKeep}
                </button>
              </Show>
            </Setting>
            <Setting name={storageWords.copy} hint={storageWords.copyHint}>
              <DownloadMail api={api} />
            </Setting>
          </>
        )}
      </Show>
    </Section>
  );
}

const FACTS = [
  storageWords.serverKeeps(""),
  storageWords.here,
  storageWords.onlyHere,
  storageWords.compared,
  storageWords.used,
].join(" ");

function serverKeeps({ archive, keeps }: StorageView): string {
  if (keeps !== undefined) return keepsFor(keeps);
  return storageWords.archive[archive];
}
