import { createSignal, type JSX } from "solid-js";
import "./toast.css";

const SHOWN_MS = 8000;
const [text, setText] = createSignal("");
let timer: ReturnType<typeof setTimeout> | undefined;

/** Says one thing for a while; what can still be done about it is also elsewhere on the page. */
export function say(message: string): void {
  clearTimeout(timer);
  setText(message);
  timer = setTimeout(() => setText(""), SHOWN_MS);
}

export function Toast(): JSX.Element {
  return (
    <div class="toast" role="status" data-shown={text() !== ""}>
      {text()}
    </div>
  );
}
