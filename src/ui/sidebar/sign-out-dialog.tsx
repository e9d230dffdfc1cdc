import { createSignal, onCleanup, onMount, Show, type JSX } from "solid-js";
import type { OnlyHereResult } from "../../api/contract.ts";
import { useApp } from "../context.ts";
import { Dialog } from "../parts/dialog.tsx";
import { DownloadMail } from "../parts/download-mail.tsx";
import { words } from "../words/more.ts";

/** What takes less is not spoken of. ms */
const SLOW_MS = 300;
/** A storage that does not answer holds nobody here. ms */
const LONGEST_MS = 4000;

/** Says what goes and what would be lost, before it goes. */
export function SignOutDialog(props: { onClose: () => void }): JSX.Element {
  const { api, session } = useApp();
  const [only, setOnly] = createSignal<OnlyHereResult>();
  const [busy, setBusy] = createSignal(true);
  const [isSaving, setSaving] = createSignal(false);
  const host = () => session().address.split("@").at(-1) ?? "";
  const timers = [setTimeout(() => setSaving(true), SLOW_MS), setTimeout(() => goOn(), LONGEST_MS)];
  onCleanup(goOn);
  onMount(() => void saveAndCount().finally(goOn));

  /** Nothing is held up any more. */
  function goOn(): void {
    for (const timer of timers) clearTimeout(timer);
    setSaving(false);
    setBusy(false);
  }
  /** What can be saved is not told as lost. */
  async function saveAndCount(): Promise<void> {
    await api.run("saveNow", null).catch(() => undefined);
    setOnly(await api.run("countOnlyHere", null));
  }
  async function signOut(): Promise<void> {
    setBusy(true);
    await api.run("signOut", null);
    location.hash = "#/inbox";
  }
  return (
    <Dialog
      title={words.signOutTitle}
      onClose={() => props.onClose()}
      actions={
        <>
          <DownloadMail api={api} />
          <button type="button" class="button" onClick={() => props.onClose()}>
            {words.cancel}
          </button>
          <button
            type="button"
            class="button primary"
            disabled={busy()}
            onClick={() => void signOut()}
          >
            {words.signOut}
          </button>
        </>
      }
    >
      <p>{words.signOutText(host())}</p>
      <Show when={isSaving()}>
        <p role="status">{words.savingLast(host())}</p>
      </Show>
      <Show when={only()?.messages}>{(n) => <p>{words.onlyHere(n(), host())}</p>}</Show>
      <Show when={only()?.waiting}>{(n) => <p>{words.waitingHere(n())}</p>}</Show>
      <Show when={only()?.changes}>{(n) => <p>{words.changesHere(n(), host())}</p>}</Show>
      <Show when={only()?.drafts}>{(n) => <p>{words.draftsHere(n())}</p>}</Show>
    </Dialog>
  );
}
