import {
  createEffect,
  createSignal,
  createUniqueId,
  For,
  onCleanup,
  Show,
  type JSX,
} from "solid-js";
import { Icon, type IconName } from "./icon.tsx";
import { menuItems, moveInMenu } from "./menu-focus.ts";
import "./menu-button.css";

export type MenuItem = { label: string; act: () => void };

/** Letters typed sooner after one another than this are one word. ms */
const TYPING_MS = 700;

/**
 * A button with a menu: arrow keys, Home, End, the first letters of an item, Escape; the focus goes back to the button
 * (WAI-ARIA, menu button pattern). The menu lies above everything: what scrolls around it does not cut it.
 */
export function MenuButton(props: {
  label: string;
  icon: IconName;
  items: readonly MenuItem[];
  /** Before it opens: what its items need can be asked for. */
  onOpen?: () => void;
}): JSX.Element {
  const [open, setOpen] = createSignal(false);
  const id = createUniqueId();
  let button: HTMLButtonElement | undefined;
  let menu: HTMLDivElement | undefined;
  let typed = { text: "", at: 0 };

  const items = (): HTMLElement[] => menuItems(menu);
  function show(index: number): void {
    props.onOpen?.();
    setOpen(true);
    items().at(index)?.focus();
  }
  function hide(): void {
    setOpen(false);
    button?.focus();
  }
  function typeAhead(letter: string): void {
    const now = performance.now();
    typed = {
      text: (now - typed.at < TYPING_MS ? typed.text : "") + letter.toLowerCase(),
      at: now,
    };
    const list = items();
    const at = list.indexOf(document.activeElement as HTMLElement);
    // One letter again and again walks through what begins with it.
    const isSame = typed.text === typed.text.charAt(0).repeat(typed.text.length);
    const wanted = isSame ? typed.text.charAt(0) : typed.text;
    const from = isSame ? at + 1 : at;
    const ordered = [...list.slice(from), ...list.slice(0, from)];
    ordered.find((item) => item.textContent.trim().toLowerCase().startsWith(wanted))?.focus();
  }
  function onMenuKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") hide();
    else if (event.key === "Tab") return void setOpen(false);
    else if (event.key.length === 1 && event.key !== " ") typeAhead(event.key);
    else if (!moveInMenu(items(), event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  }
  function onButtonKey(event: KeyboardEvent): void {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    show(event.key === "ArrowDown" ? 0 : -1);
  }

  createEffect(() => {
    if (!open()) return;
    place(button, menu);
    const close = (event: Event): void => {
      const inside = event.target instanceof Node && menu?.contains(event.target) === true;
      if (!inside && !(event.target instanceof Node && button?.contains(event.target)))
        setOpen(false);
    };
    // A press within a frame shows itself only by taking the focus away.
    const onBlur = (): void => void setOpen(false);
    document.addEventListener("pointerdown", close);
    document.addEventListener("scroll", close, true);
    addEventListener("resize", onBlur);
    addEventListener("blur", onBlur);
    onCleanup(() => {
      document.removeEventListener("pointerdown", close);
      document.removeEventListener("scroll", close, true);
      removeEventListener("resize", onBlur);
      removeEventListener("blur", onBlur);
    });
  });

  return (
    <>
      <button
        ref={button}
        type="button"
        class="quiet menu-button"
        aria-label={props.label}
        title={props.label}
        aria-haspopup="menu"
        aria-expanded={open()}
        aria-controls={open() ? id : undefined}
        onClick={() => (open() ? hide() : show(0))}
        onKeyDown={onButtonKey}
      >
        <Icon name={props.icon} />
      </button>
      <Show when={open()}>
        <div
          ref={menu}
          id={id}
          class="menu-list"
          role="menu"
          aria-label={props.label}
          onKeyDown={onMenuKey}
        >
          <For each={props.items}>
            {(item) => (
              <button
                type="button"
                role="menuitem"
                tabindex="-1"
                onClick={() => {
                  hide();
                  item.act();
                }}
                onPointerMove={(event) => event.currentTarget.focus()}
              >
                {item.label}
              </button>
            )}
          </For>
        </div>
      </Show>
    </>
  );
}

/** Below the button, its end at the button's; above where there is no room below. */
function place(button: HTMLElement | undefined, menu: HTMLElement | undefined): void {
  if (button === undefined || menu === undefined) return;
  const at = button.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const isRtl = getComputedStyle(button).direction === "rtl";
  const left = isRtl ? at.left : at.right - width;
  const below = at.bottom + 4;
  const top = below + height > innerHeight - 8 ? at.top - height - 4 : below;
  menu.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
  menu.style.top = `${Math.max(8, top)}px`;
}
