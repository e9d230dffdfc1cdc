import { createSignal, For, onCleanup, onMount, Show, type JSX } from "solid-js";
import { act } from "../act.ts";
import { useApp } from "../context.ts";
import { runAction } from "../keys/actions.ts";
import { keyOf } from "../keys/key-map.ts";
import { Avatar } from "../parts/avatar.tsx";
import { menuItems, moveInMenu } from "../parts/menu-focus.ts";
import { words } from "../words.ts";

/** What has a key has a place to be pressed too. */
const BY_KEY = [
  { id: "palette", label: words.palette },
  { id: "help", label: words.keyboardShortcuts },
] as const;

export function AccountMenu(props: { onSignOut: () => void }): JSX.Element {
  const { api, session } = useApp();
  const [open, setOpen] = createSignal(false);
  let root: HTMLDivElement | undefined;
  let button: HTMLButtonElement | undefined;

  const onPointerDown = (event: PointerEvent): void => {
    if (root?.contains(event.target as Node) !== true) setOpen(false);
  };
  onMount(() => document.addEventListener("pointerdown", onPointerDown));
  onCleanup(() => document.removeEventListener("pointerdown", onPointerDown));

  const items = (): HTMLElement[] => menuItems(root);
  const show = (): void => {
    setOpen(true);
    queueMicrotask(() => items()[0]?.focus());
  };
  const hide = (): void => {
    setOpen(false);
    button?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Tab") return void setOpen(false);
    if (event.key === "Escape") hide();
    else if (!moveInMenu(items(), event.key)) return;
    event.preventDefault();
  };

  return (
    <div class="account" ref={root}>
      <Show when={open()}>
        <div class="menu" role="menu" aria-label={words.account} onKeyDown={onKeyDown}>
          <a role="menuitem" tabindex="-1" href="#/settings" onClick={() => setOpen(false)}>
            {words.settings}
          </a>
          <For each={BY_KEY}>
            {({ id, label }) => (
              <button
                type="button"
                role="menuitem"
                tabindex="-1"
                title={keyOf(id)}
                onClick={() => {
                  hide();
                  runAction(id);
                }}
              >
                {label}
              </button>
            )}
          </For>
          <button
            type="button"
            role="menuitem"
            tabindex="-1"
            onClick={() => act(api, "leaveAccount", null)}
          >
            {words.otherAccount}
          </button>
          <button
            type="button"
            role="menuitem"
            tabindex="-1"
            onClick={() => {
              hide();
              props.onSignOut();
            }}
          >
            {words.signOut}
          </button>
        </div>
      </Show>
      <button
        ref={button}
        type="button"
        class="account-button"
        aria-label={words.account}
        aria-haspopup="menu"
        aria-expanded={open()}
        title={session().address}
        onClick={() => (open() ? hide() : show())}
      >
        <Avatar person={{ jid: session().address, name: session().address }} />
        <span class="account-address" data-address={session().address} />
      </button>
    </div>
  );
}
