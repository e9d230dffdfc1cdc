import { createMemo, For, Show, type JSX } from "solid-js";
import { Dialog } from "../parts/dialog.tsx";
import { words } from "../words/more.ts";
import { actionWord, keyWords, sectionWord } from "../words/actions.ts";
import { ACTION_IDS, ACTIONS, type ActionId, isOffered, SECTIONS } from "./actions.ts";
import { setSingleKeys, singleKeys, workingKeysOf } from "./key-map.ts";
import { Keys } from "./keys.tsx";

/** Keys that belong to what has the focus, and are nobody's to change. */
const FIXED: readonly { keys: string; what: string }[] = [
  { keys: "Mod+Enter", what: keyWords.send },
  { keys: "Mod+s", what: keyWords.saveDraft },
  { keys: "Mod+Shift+c", what: keyWords.showCc },
  { keys: "Mod+Shift+b", what: keyWords.showBcc },
  { keys: "Mod+Shift+d", what: keyWords.discardDraft },
  { keys: "Escape", what: keyWords.closeDraft },
];

/** Every key that works, as it is set on this device. */
export function Help(props: { onClose: () => void }): JSX.Element {
  const groups = createMemo(() =>
    SECTIONS.map((section) => ({
      section,
      ids: ACTION_IDS.filter((id) => ACTIONS[id].section === section && isListed(id)),
    })).filter(({ ids }) => ids.length > 0),
  );
  return (
    <Dialog
      title={keyWords.title}
      class="help"
      onClose={() => props.onClose()}
      actions={
        <>
          <a class="button" href="#/settings/keys" onClick={() => props.onClose()}>
            {keyWords.change}
          </a>
          <button type="button" class="button" onClick={() => props.onClose()}>
            {keyWords.closeHelp}
          </button>
        </>
      }
    >
      <label class="help-switch">
        <span>{words.singleKeys}</span>
        <input
          class="switch"
          type="checkbox"
          role="switch"
          checked={singleKeys()}
          onChange={(event) => setSingleKeys(event.currentTarget.checked)}
        />
      </label>
      <Show when={!singleKeys()}>
        <p>{keyWords.off}</p>
      </Show>
      <div class="help-groups">
        <For each={groups()}>
          {({ section, ids }) => (
            <section class="help-group">
              <h3>{sectionWord[section]}</h3>
              <dl>
                <For each={ids}>
                  {(id) => (
                    <div>
                      <dt>{actionWord[id]}</dt>
                      <dd>
                        <Keys of={workingKeysOf(id).slice(0, 2)} />
                      </dd>
                    </div>
                  )}
                </For>
                <Show when={section === "write"}>
                  <For each={FIXED}>
                    {({ keys, what }) => (
                      <div>
                        <dt>{what}</dt>
                        <dd>
                          <Keys of={[keys]} />
                        </dd>
                      </div>
                    )}
                  </For>
                </Show>
              </dl>
            </section>
          )}
        </For>
      </div>
    </Dialog>
  );
}

/** A conversation's keys are told in the list too: they work once one is open. */
const IN_A_CONVERSATION: readonly ActionId[] = [
  "back",
  "nextMessage",
  "previousMessage",
  "expandAll",
  "collapseAll",
  "unreadFrom",
  "unread",
  "reply",
  "replyAll",
  "forward",
  "copyLink",
  "more",
];

function isListed(id: ActionId): boolean {
  return workingKeysOf(id).length > 0 && (isOffered(id) || IN_A_CONVERSATION.includes(id));
}
