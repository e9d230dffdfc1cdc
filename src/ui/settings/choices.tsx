import { createEffect, For, type JSX } from "solid-js";

/** A few choices side by side; the radios themselves are there for fingers, keys and ears. */
export function Choices<V extends string>(props: {
  label: string;
  /** Of the group, unlike any other on the page. */
  name: string;
  of: readonly { value: V; label: string }[];
  value: V;
  onChoose: (value: V) => void;
}): JSX.Element {
  return (
    <div class="settings-choices" role="radiogroup" aria-label={props.label}>
      <For each={props.of}>
        {(choice) => (
          <label>
            <input
              type="radio"
              name={props.name}
              value={choice.value}
              checked={props.value === choice.value}
              onChange={() => props.onChoose(choice.value)}
            />
            <span>{choice.label}</span>
          </label>
        )}
      </For>
    </div>
  );
}

/** One of several, in a list that unfolds. */
export function Select<V extends string>(props: {
  label: string;
  of: readonly { value: V; label: string }[];
  value: V;
  onChoose: (value: V) => void;
}): JSX.Element {
  return (
    <select
      class="settings-select"
      aria-label={props.label}
      onChange={(event) => {
        const chosen = props.of.find(({ value }) => value === event.currentTarget.value);
        if (chosen !== undefined) props.onChoose(chosen.value);
      }}
    >
      <For each={props.of}>
        {(choice) => (
          <option value={choice.value} selected={props.value === choice.value}>
            {choice.label}
          </option>
        )}
      </For>
    </select>
  );
}

/** On or off. */
export function Switch(props: {
  label: string;
  hintId?: string;
  on: boolean;
  onTurn: (on: boolean) => void;
}): JSX.Element {
  let element: HTMLInputElement | undefined;
  const show = (): void => {
    if (element !== undefined) element.checked = props.on;
  };
  createEffect(show);
  return (
    <input
      ref={element}
      class="switch"
      type="checkbox"
      role="switch"
      aria-label={props.label}
      aria-describedby={props.hintId}
      checked={props.on}
      onChange={(event) => {
        props.onTurn(event.currentTarget.checked);
        // It shows what is so, not what was asked for.
        queueMicrotask(show);
      }}
    />
  );
}
