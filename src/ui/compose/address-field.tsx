import { createMemo, createSignal, createUniqueId, For, Show, type JSX } from "solid-js";
import type { Person } from "../../api/contract.ts";
import { shownLine } from "../../base/display.ts";
import { spelledOut } from "../../base/spelled-out.ts";
import { type Jid, parseAddress } from "../../mail/address.ts";
import { senderWarnings } from "../../mail/sender-check.ts";
import type { Recipient } from "../../mail/draft.ts";
import { useApp } from "../context.ts";
import { Address, isNamed } from "../parts/address.tsx";
import { Icon } from "../parts/icon.tsx";
import { createQuery } from "../query.ts";
import { words } from "../words/more.ts";
import { warningText } from "../words/senders.ts";

export type FieldName = "to" | "cc" | "bcc";

/** People as chips; what is typed becomes one by Enter, Tab, comma, semicolon, paste or leaving the field. */
export function AddressField(props: {
  label: string;
  recipients: Recipient[];
  pending: string;
  onRecipients: (recipients: Recipient[], pending: string) => void;
}): JSX.Element {
  const { api } = useApp();
  const [choice, setChoice] = createSignal(0);
  const [open, setOpen] = createSignal(false);
  const [problem, setProblem] = createSignal("");
  const id = createUniqueId();
  let input: HTMLInputElement | undefined;

  const query = createQuery(
    api,
    "people",
    () => {
      const text = props.pending.trim();
      return text === "" ? undefined : { text, limit: 6 };
    },
    { key: "jid", keeps: () => true },
  );
  const suggestions = createMemo((): Person[] => {
    const known = new Set(props.recipients.map((r) => r.jid));
    return open() && props.pending.trim() !== ""
      ? (query.value ?? []).filter((p) => !known.has(p.jid))
      : [];
  });

  function add(list: readonly Recipient[], pending: string): void {
    const known = new Set(props.recipients.map((r) => r.jid));
    const fresh = list.filter((r) => !known.has(r.jid) && known.add(r.jid));
    setChoice(0);
    props.onRecipients([...props.recipients, ...fresh], pending);
  }
  function choose(person: Person): void {
    add(
      [person.name === person.jid ? { jid: person.jid } : { jid: person.jid, name: person.name }],
      "",
    );
    setOpen(false);
    input?.focus();
  }
  /** Whatever is an address becomes a chip; the rest stays to be corrected. */
  function take(text: string): boolean {
    const found: Recipient[] = [];
    const left: string[] = [];
    for (const part of text
      .split(/[,;\n]+/)
      .map((p) => p.trim())
      .filter((p) => p !== "")) {
      const recipient = parseRecipient(part);
      if (recipient === undefined) left.push(part);
      else found.push(recipient);
    }
    add(found, left.join(", "));
    setProblem(left.length === 0 ? "" : words.badAddress(left[0] ?? ""));
    return left.length === 0;
  }

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    const list = suggestions();
    const chosen = list[choice()];
    if (event.key === "ArrowDown" && list.length > 0) setChoice((choice() + 1) % list.length);
    else if (event.key === "ArrowUp" && list.length > 0)
      setChoice((choice() - 1 + list.length) % list.length);
    else if (
      (event.key === "Enter" || event.key === "Tab") &&
      chosen !== undefined &&
      !parseAddressOk(props.pending)
    )
      choose(chosen);
    else if (event.key === "Enter" || event.key === "," || event.key === ";") take(props.pending);
    else if (event.key === "Escape" && list.length > 0) setOpen(false);
    else if (event.key === "Backspace" && props.pending === "" && props.recipients.length > 0) {
      props.onRecipients(props.recipients.slice(0, -1), "");
    } else return;
    event.preventDefault();
  };

  return (
    <div
      class="address-field"
      onClick={(event) => event.target === event.currentTarget && input?.focus()}
    >
      <label class="address-label" for={`${id}-input`}>
        {props.label}
      </label>
      <div class="address-chips">
        <ul
          class="address-list"
          aria-label={words.fieldCount(props.label, props.recipients.length)}
          hidden={props.recipients.length === 0}
        >
          <For each={props.recipients}>
            {(recipient, index) => {
              const isDoubtful = doubts(recipient).length > 0;
              return (
                <li
                  class="chip"
                  classList={{ doubtful: isDoubtful }}
                  aria-label={chipName(recipient)}
                  title={spelledOut(recipient.jid)}
                >
                  <Show when={isDoubtful}>
                    <Icon name="warn" />
                  </Show>
                  <Show when={nameOf(recipient)} fallback={<Address jid={recipient.jid} />}>
                    {(name) => <bdi>{name()}</bdi>}
                  </Show>
                  <button
                    type="button"
                    aria-label={words.removeAddress(recipient.jid)}
                    onClick={() => {
                      props.onRecipients(
                        props.recipients.filter((_, i) => i !== index()),
                        props.pending,
                      );
                      input?.focus();
                    }}
                  >
                    <Icon name="close" />
                  </button>
                </li>
              );
            }}
          </For>
        </ul>
        <input
          ref={input}
          id={`${id}-input`}
          role="combobox"
          aria-label={props.label}
          aria-expanded={suggestions().length > 0}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={suggestions().length > 0 ? `${id}-${choice()}` : undefined}
          aria-invalid={problem() !== ""}
          aria-describedby={problem() === "" ? undefined : `${id}-problem`}
          type="text"
          inputmode="email"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          value={props.pending}
          onInput={(event) => {
            setOpen(true);
            setProblem("");
            const { value } = event.currentTarget;
            if (/[,;]\s*$/.test(value)) take(value);
            else props.onRecipients(props.recipients, value);
          }}
          onPaste={(event) => {
            const text = event.clipboardData?.getData("text/plain") ?? "";
            if (!/[,;\n@]/.test(text)) return;
            event.preventDefault();
            take(`${props.pending} ${text}`.trim());
          }}
          onKeyDown={onKeyDown}
          onBlur={() => {
            setOpen(false);
            if (props.pending.trim() !== "") take(props.pending);
          }}
        />
        <ul
          id={`${id}-list`}
          class="suggestions"
          role="listbox"
          aria-label={words.suggestions}
          hidden={suggestions().length === 0}
        >
          <For each={suggestions()}>
            {(person, index) => (
              <li
                id={`${id}-${index()}`}
                role="option"
                aria-selected={index() === choice()}
                onPointerDown={(event) => {
                  event.preventDefault();
                  choose(person);
                }}
              >
                <Show when={isNamed(person)} fallback={<Address jid={person.jid} />}>
                  <bdi>{person.name}</bdi>
                  <Address class="suggestion-address" jid={person.jid} />
                </Show>
              </li>
            )}
          </For>
        </ul>
        <RecipientDoubts recipients={props.recipients} />
        <Show when={problem() !== ""}>
          <p id={`${id}-problem`} class="address-problem" role="alert">
            {problem()}
          </p>
        </Show>
      </div>
    </div>
  );
}

/** "Nadia <nadia@x>", "xmpp:nadia@x" or the address alone. */
function parseRecipient(text: string): Recipient | undefined {
  const angle = /^(.*)<([^<>]+)>$/.exec(text);
  const address = parseAddress((angle?.[2] ?? text).replace(/^xmpp:/i, ""));
  if (!address.ok || address.local === "") return undefined;
  const name = angle?.[1]?.trim().replaceAll(/^"|"$/g, "") ?? "";
  const jid: Jid = address.jid;
  return name === "" ? { jid } : { jid, name };
}

function parseAddressOk(text: string): boolean {
  return parseRecipient(text.trim()) !== undefined;
}

/** What they are called, where that is not the address. */
function nameOf({ jid, name = "" }: Recipient): string | undefined {
  const shown = shownLine(name);
  return shown === "" || shown === jid ? undefined : shown;
}

function chipName(recipient: Recipient): string {
  const address = spelledOut(recipient.jid);
  return `${nameOf(recipient) ?? address} <${address}>`;
}

/** What a sender would be warned of: an address that pretends is worse to write to than to read from. */
function doubts({ jid, name }: Recipient): string[] {
  return senderWarnings({ jid, ...(name === undefined ? {} : { nick: name }) }).map(warningText);
}

function RecipientDoubts(props: { recipients: readonly Recipient[] }): JSX.Element {
  const lines = createMemo(() =>
    props.recipients.flatMap((recipient) =>
      doubts(recipient).map((text) => ({ jid: recipient.jid, text })),
    ),
  );
  return (
    <Show when={lines().length > 0}>
      <ul class="address-doubts" role="note" aria-label={words.recipientWarning}>
        <For each={lines()}>
          {({ jid, text }) => (
            <li>
              <Address jid={jid} />: <bdi>{text}</bdi>
            </li>
          )}
        </For>
      </ul>
    </Show>
  );
}
