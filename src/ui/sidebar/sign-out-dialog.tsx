import { createSignal, onCleanup, onMount, Show, type JSX } from "solid-js";
import { useApp } from "../context.ts";
import { Dialog } from "../parts/dialog.tsx";
import { DownloadMail } from "../parts/download-mail.tsx";
import { WouldBeLost } from "../parts/would-be-lost.tsx";
import { lostLines, words } from "../words/more.ts";

/** What takes less is not spoken of. ms */
const SLOW_MS = 300;
/** A storage that does not answer holds nobody here. ms */
const LONGEST_MS = 4000;

/** Says what goes and what would be lost, before it goes. */
export function SignOutDialog(props: { onClose: () => void }): JSX.Element {
  const { api, session } = useApp();
  const [lost, setLost] = createSignal<readonly string[]>([]);
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
    setLost(lostLines(await api.run("countOnlyHere", null), host()));
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
            class={`button ${lost().length > 0 ? "danger" : "primary"}`}
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
      <Show when={lost().length > 0}>
        <WouldBeLost lines={lost()} />
      </Show>
    </Dialog>
  );
}
