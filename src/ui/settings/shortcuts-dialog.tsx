import { For, type JSX } from "solid-js";
import { Dialog } from "../parts/dialog.tsx";
import { setSingleKeys, singleKeys } from "../shortcuts.ts";
import { mailboxName, words } from "../words/more.ts";
import "./settings.css";

const KEYS: readonly (readonly [string, string])[] = [
  ["c", words.compose],
  ["j k", `${words.older}, ${words.newer}`],
  ["o", words.open],
  ["u", words.back],
  ["r", words.reply],
  ["a", words.replyAll],
  ["f", words.forward],
  ["n p", words.nextMessage],
  [";", words.expandAll],
  ["U", words.markUnread],
  ["g i", mailboxName.inbox],
  ["g t", mailboxName.sent],
  ["g o", mailboxName.outbox],
  ["g d", mailboxName.drafts],
  ["g a", mailboxName.all],
  ["g c", mailboxName.chats],
  ["Ctrl Enter", words.send],
  ["Esc", words.closeKeepsDraft],
  ["?", words.keyboardShortcuts],
];

export function Shortcuts(props: { onClose: () => void }): JSX.Element {
  return (
    <Dialog
      title={words.keyboardShortcuts}
      onClose={() => props.onClose()}
      actions={
        <button type="button" class="button" onClick={() => props.onClose()}>
          {words.close}
        </button>
      }
    >
      <dl class="shortcuts">
        <For each={KEYS}>
          {([keys, what]) => (
            <>
              <dt>
                <For each={keys.split(" ")}>{(key) => <kbd>{key}</kbd>}</For>
              </dt>
              <dd>{what}</dd>
            </>
          )}
        </For>
      </dl>
      <label class="shortcuts-switch">
        {words.singleKeys}
        <input
          class="switch"
          type="checkbox"
          role="switch"
          checked={singleKeys()}
          onChange={(event) => setSingleKeys(event.currentTarget.checked)}
        />
      </label>
    </Dialog>
  );
}
