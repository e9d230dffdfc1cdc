import {
  createEffect,
  createMemo,
  createSignal,
  createUniqueId,
  onCleanup,
  onMount,
  Show,
  untrack,
  type JSX,
} from "solid-js";
import { isCarriable } from "../../base/carriable.ts";
import { shownLine } from "../../base/display.ts";
import type { DraftParted } from "../../api/contract.ts";
import type { Draft, DraftHeld, Recipient } from "../../mail/draft.ts";
import { useApp } from "../context.ts";
import { capsOf, strokeOf } from "../keys/key-name.ts";
import { Icon } from "../parts/icon.tsx";
import { say } from "../parts/toast.tsx";
import { preferences } from "../settings/preferences.ts";
import { sendProblem, words } from "../words/more.ts";
import { ownMailWords } from "../words/own-mail.ts";
import { AddressField, type FieldName } from "./address-field.tsx";
import { createDraftFollower } from "./draft-follower.ts";
import { CorrectionHead } from "./correction-head.tsx";
import "../parts/note.css";
import "./composers.css";
import {
  closeDraft,
  dropUnsaved,
  keepUnsaved,
  keepWhileSending,
  moveDraft,
  noteTyped,
  openDraft,
  raised,
  takesFocus,
} from "./open-drafts.ts";

/** A pause this long saves; leaving the field, the tab or the page saves at once. */
const SAVE_MS = 250;
/** Who types without a pause is saved this often all the same: a crash gives no warning. */
const SAVE_AT_LEAST_MS = 1000;
/** What could not be saved is tried again by itself: there may be room now. */
const SAVE_AGAIN_MS = 3000;

/** Where one message is written. The draft lives here; the database follows every change. */
export function Composer(props: {
  initial: Draft;
  /** What the database knows this composer by, and which words it began with. */
  editor: string;
  base: string | undefined;
  byLink: boolean;
  windowed: boolean;
  small: boolean;
  onSize: (size: "small" | "full") => void;
}): JSX.Element {
  const { api, session } = useApp();
  // oxlint-disable-next-line solid/reactivity -- the draft as it was when it was opened
  const [draft, setDraft] = createSignal<Draft>(props.initial);
  const [status, setStatus] = createSignal("");
  const [problem, setProblem] = createSignal("");
  /** Somebody else wrote at the same time; until the person has seen it. */
  const [parted, setParted] = createSignal<DraftParted>();
  /** The text is in this window only. */
  const [isUnsaved, setIsUnsaved] = createSignal(false);
  const [showCc, setShowCc] = createSignal(untrack(draft).cc.length > 0);
  const [showBcc, setShowBcc] = createSignal(untrack(draft).bcc.length > 0);
  const [showQuote, setShowQuote] = createSignal(untrack(draft).kind === "forward");
  const carries = createMemo(() => isCarriable(draft().subject + draft().body + draft().quote));
  const draftId = createMemo(() => draft().id);
  const titleId = createUniqueId();
  let root: HTMLElement | undefined;
  let text: HTMLTextAreaElement | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let dirty = false;
  let dirtySince = 0;
  let saving = 0;
  /** Settles with the save that began last, right after what it means is known here. */
  let last: Promise<unknown> = Promise.resolve();
  let over = false;
  let sending = false;
  // oxlint-disable-next-line solid/reactivity -- as it was when it was opened
  let base = props.base;
  /** Why it is on this device alone. */
  const [held, setHeld] = createSignal<DraftHeld>();
  const writer = (): { editor: string; base?: string } => ({
    editor: props.editor,
    ...(base === undefined ? {} : { base }),
  });

  function change(part: Partial<Draft>): void {
    setDraft({ ...draft(), ...part });
    noteTyped(draft());
    if (!dirty) dirtySince = performance.now();
    dirty = true;
    setStatus("");
    clearTimeout(timer);
    const left = dirtySince + SAVE_AT_LEAST_MS - performance.now();
    timer = setTimeout(() => void save(), Math.max(0, Math.min(SAVE_MS, left)));
  }

  async function save(): Promise<void> {
    clearTimeout(timer);
    // While it is being sent the draft's last word is spoken; a refusal saves it again.
    if (!dirty || over || sending) return;
    dirty = false;
    saving++;
    try {
      const saved = api.run("saveDraft", { draft: draft(), ...writer() });
      last = saved.catch(() => undefined);
      const { sent, id } = await saved;
      setIsUnsaved(false);
      move(id);
      if (dirty || over) return;
      if (sent) return void setProblem(sendProblem["already-sent"](""));
      dropUnsaved(id);
      setStatus(words.draftSaved);
    } catch {
      if (over) return;
      dirty = true;
      keepUnsaved(draft());
      setStatus(words.notSaved);
      setIsUnsaved(true);
      clearTimeout(timer);
      timer = setTimeout(() => void save(), SAVE_AGAIN_MS);
    } finally {
      saving--;
    }
  }

  /** Words of another device took the id; these go on under their own. */
  function move(id: string): void {
    if (id === draft().id) return;
    moveDraft(draft().id, id);
    setDraft({ ...draft(), id });
  }

  createDraftFollower(api, () => ({ id: draftId(), editor: props.editor }), {
    base: () => base,
    isQuiet: () => !dirty && saving === 0 && !sending && !over,
    onKept(now, why) {
      base = now;
      setHeld(why);
    },
    onTheirs(theirs, now) {
      base = now;
      setHeld(undefined);
      setDraft(theirs);
      noteTyped(theirs);
      setStatus(words.changedElsewhere);
      queueMicrotask(grow);
    },
    onMoved: move,
    onParted: setParted,
    onGone(how) {
      over = true;
      clearTimeout(timer);
      closeDraft(draft().id);
      say(words.goneElsewhere[how]);
    },
    onLost() {
      base = undefined;
      dirty = true;
      void save();
    },
  });

  function dismissParted(): void {
    setParted(undefined);
    text?.focus();
  }
  const saveNow = (): void => void save();
  /** The last word before the page may end: the worker ends with it, so the text is kept beside it too. */
  const saveForEnd = (): void => {
    if (over || !(dirty || saving > 0)) return;
    keepUnsaved(draft());
    void save();
  };
  const opener = document.activeElement;
  function focus(): void {
    const empty = draft().to.length === 0 && draft().pending.to === "";
    if (empty) root?.querySelector<HTMLInputElement>("[role=combobox]")?.focus();
    else text?.focus();
    root?.scrollIntoView({ block: "nearest" });
  }
  onMount(() => {
    document.addEventListener("visibilitychange", saveForEnd);
    addEventListener("pagehide", saveForEnd);
    grow();
    if (takesFocus(draft().id)) focus();
  });
  createEffect(() => {
    if (raised()?.id === untrack(draft).id) queueMicrotask(focus);
  });
  /** Where the person was before; the place of the answer for an answer. */
  function giveFocusBack(): void {
    const { windowed } = props;
    queueMicrotask(() => {
      const back = windowed ? opener : document.querySelector(".reply-start");
      const place = back instanceof HTMLElement && back.isConnected && back !== document.body;
      (place ? back : document.getElementById("mail"))?.focus();
    });
  }
  onCleanup(() => {
    document.removeEventListener("visibilitychange", saveForEnd);
    removeEventListener("pagehide", saveForEnd);
    void save();
  });

  function grow(): void {
    if (props.windowed || text === undefined) return;
    text.style.blockSize = "auto";
    text.style.blockSize = `${Math.max(96, text.scrollHeight)}px`;
  }

  async function send(): Promise<void> {
    if (sending || over) return;
    sending = true;
    const kept = keepWhileSending(session().address, draft());
    try {
      await sendNow();
    } finally {
      sending = false;
      kept();
    }
    if (!over) await save();
  }

  async function sendNow(): Promise<void> {
    // What is typed in an address field and is one counts; the rest is pointed at.
    root?.querySelectorAll<HTMLInputElement>("[role=combobox]").forEach((input) => input.blur());
    await Promise.resolve();
    clearTimeout(timer);
    setProblem("");
    try {
      const result = await api.run("send", { draft: draft(), ...writer() });
      if (result.ok) {
        over = true;
        closeDraft(draft().id);
        giveFocusBack();
        say(words.queued);
        return;
      }
      setProblem(sendProblem[result.problem](result.detail));
    } catch (error) {
      setProblem(sendProblem.storage(error instanceof Error ? error.message : ""));
    }
    // What was typed last may not be saved yet.
    dirty = true;
  }

  async function close(): Promise<void> {
    await save();
    await last;
    // Closing would be the end of a text that is nowhere else.
    if (isUnsaved()) return say(words.notClosed);
    closeDraft(draft().id);
    giveFocusBack();
  }

  async function discard(): Promise<void> {
    over = true;
    clearTimeout(timer);
    const { id } = draft();
    try {
      const { undo } = await api.run("discardDraft", { id, editor: props.editor });
      if (undo !== undefined) offerUndo(id, undo);
    } catch {
      say(words.notKept);
    }
    closeDraft(id);
    giveFocusBack();
  }

  function offerUndo(id: string, step: string): void {
    const takeBack = async (): Promise<void> => {
      try {
        await api.run("undo", { id: step });
        openDraft(api, id);
      } catch {
        say(words.notKept);
      }
    };
    say(words.discarded, [{ label: words.undo, act: () => void takeBack() }]);
  }

  const isCorrection = () => draft().corrects !== undefined;
  const title = () =>
    isCorrection()
      ? ownMailWords.edit
      : {
          new: words.newMessage,
          reply: words.reply,
          "reply-all": words.reply,
          forward: words.forward,
        }[draft().kind];
  const field = (name: FieldName): JSX.Element => (
    <AddressField
      label={words.field[name]}
      recipients={draft()[name]}
      pending={draft().pending[name]}
      onRecipients={(recipients: Recipient[], pending: string) =>
        change({ [name]: recipients, pending: { ...draft().pending, [name]: pending } })
      }
    />
  );
  /** Whoever asks for a line wants to fill it. */
  function showLine(name: "cc" | "bcc"): void {
    if (isCorrection()) return;
    (name === "cc" ? setShowCc : setShowBcc)(true);
    root?.querySelector<HTMLElement>(`[role=combobox][aria-label="${words.field[name]}"]`)?.focus();
  }
  /** Asked for by hand it is said, also where everything is saved. */
  async function saveAndSay(): Promise<void> {
    await save();
    await last;
    if (!dirty && !over) setStatus(words.draftSaved);
  }
  /** Gmail's, beside those of Enter and Escape; help.tsx tells of them. */
  const keys: Record<string, () => unknown> = {
    "Mod+s": saveAndSay,
    "Mod+Shift+c": () => showLine("cc"),
    "Mod+Shift+b": () => showLine("bcc"),
    "Mod+Shift+d": discard,
  };
  const titleWith = (text: string, key: string): string => `${text} (${capsOf(key).join(" ")})`;
  const onKeyDown = (event: KeyboardEvent): void => {
    const isSend = event.key === "Enter" && (event.ctrlKey || event.metaKey);
    const isClose = event.key === "Escape" && !event.defaultPrevented;
    const run = isSend ? send : isClose ? close : keys[strokeOf(event) ?? ""];
    if (run === undefined || event.isComposing) return;
    event.preventDefault();
    void run();
  };

  return (
    <section
      ref={root}
      class="composer"
      role={props.windowed ? "dialog" : "region"}
      aria-label={title()}
      onKeyDown={onKeyDown}
      onFocusOut={saveNow}
    >
      <header class="composer-bar" hidden={!props.windowed}>
        <span class="composer-title" id={titleId} dir="auto">
          {(isCorrection() ? "" : shownLine(draft().subject)) || title()}
        </span>
        <button
          type="button"
          class="quiet"
          aria-label={props.small ? words.restore : words.minimise}
          title={props.small ? words.restore : words.minimise}
          onClick={() => props.onSize("small")}
        >
          <Icon name={props.small ? "up" : "minimise"} />
        </button>
        <button
          type="button"
          class="quiet composer-full"
          aria-label={words.fullScreen}
          title={words.fullScreen}
          onClick={() => props.onSize("full")}
        >
          <Icon name="full" />
        </button>
        <button
          type="button"
          class="quiet"
          aria-label={words.close}
          title={`${words.close} (Esc)`}
          onClick={() => void close()}
        >
          <Icon name="close" />
        </button>
      </header>
      <div class="composer-fields" hidden={props.small}>
        <Show when={props.byLink}>
          <p class="note" role="note" aria-label={words.filledByLink}>
            <Icon name="info" />
            {words.filledByLink}
          </p>
        </Show>
        <Show when={!isCorrection()} fallback={<CorrectionHead draft={draft()} />}>
          <div class="composer-to">
            {field("to")}
            <Show when={!showCc()}>
              <button
                type="button"
                class="quiet"
                title={titleWith(words.field.cc, "Mod+Shift+c")}
                onClick={() => showLine("cc")}
              >
                {words.field.cc}
              </button>
            </Show>
            <Show when={!showBcc()}>
              <button
                type="button"
                class="quiet"
                title={titleWith(words.field.bcc, "Mod+Shift+b")}
                onClick={() => showLine("bcc")}
              >
                {words.field.bcc}
              </button>
            </Show>
          </div>
          <Show when={showCc()}>{field("cc")}</Show>
          <Show when={showBcc()}>{field("bcc")}</Show>
        </Show>
        <label class="composer-line" hidden={!props.windowed}>
          <span>{words.subject}</span>
          <input
            type="text"
            dir="auto"
            spellcheck={preferences().spelling}
            autocomplete="off"
            value={draft().subject}
            onInput={(event) => change({ subject: event.currentTarget.value })}
          />
        </label>
        <div class="composer-text">
          <textarea
            ref={text}
            aria-label={words.message}
            dir="auto"
            spellcheck={preferences().spelling}
            value={draft().body}
            onInput={(event) => {
              change({ body: event.currentTarget.value });
              grow();
            }}
          />
          <Show when={draft().quote !== "" || showQuote()}>
            <button
              type="button"
              class="body-more"
              aria-label={showQuote() ? words.hideQuoted : words.showQuoted}
              title={showQuote() ? words.hideQuoted : words.showQuoted}
              aria-expanded={showQuote()}
              onClick={() => setShowQuote(!showQuote())}
            >
              …
            </button>
            <Show when={showQuote()}>
              <textarea
                class="composer-quote"
                aria-label={words.editQuote}
                dir="auto"
                spellcheck={preferences().spelling}
                rows="8"
                value={draft().quote}
                onInput={(event) => change({ quote: event.currentTarget.value })}
              />
            </Show>
          </Show>
        </div>
        <Show when={!carries()}>
          <p class="note" role="note" aria-label={words.controlCharacters}>
            <Icon name="info" />
            {words.notCarried}
          </p>
        </Show>
        <Show when={parted()}>
          {(how) => (
            <div class="composer-parted">
              <span role="alert">{words.parted[how()]}</span>
              <button type="button" class="button" onClick={dismissParted}>
                {words.gotIt}
              </button>
            </div>
          )}
        </Show>
        <Show when={isUnsaved()}>
          <p class="composer-problem" role="alert">
            {words.draftNotSaved}
          </p>
        </Show>
        <Show when={problem() !== ""}>
          <p class="composer-problem" role="alert">
            {problem()}
          </p>
        </Show>
        <footer class="composer-foot">
          <button
            type="button"
            class="button primary"
            title={words.sendKey(/Mac|iP/.test(navigator.platform))}
            onClick={() => void send()}
          >
            {words.send}
          </button>
          <button
            type="button"
            class="quiet"
            aria-label={words.discard}
            title={titleWith(words.discard, "Mod+Shift+d")}
            onClick={() => void discard()}
          >
            <Icon name="trash" />
          </button>
          <span class="composer-status" role="status">
            <Show when={held()} fallback={status()}>
              {(why) => words.held[why()]}
            </Show>
          </span>
          <Show when={!props.windowed}>
            <button
              type="button"
              class="quiet"
              aria-label={words.close}
              title={`${words.close} (Esc)`}
              onClick={() => void close()}
            >
              <Icon name="close" />
            </button>
          </Show>
        </footer>
      </div>
    </section>
  );
}
