import { createMemo, createSignal, createUniqueId, Show, type JSX } from "solid-js";
import { escapeAttribute, escapeText } from "../../base/escape-xml.ts";
import { parseAddress } from "../../mail/address.ts";
import { hrefOfInbox } from "../../mail/share-link.ts";
import { useApp } from "../context.ts";
import { copyText } from "../parts/copy-text.ts";
import { printAlone } from "../parts/print-alone.ts";
import { saveFile } from "../parts/save-file.ts";
import { say } from "../parts/toast.tsx";
import { drawQr, pngFile, QrCode, svgFile } from "../share/qr-code.tsx";
import { webLink } from "../share/web-link.ts";
import { myAddressWords, shareWords } from "../words/share.ts";
import { Facts, Section } from "./setting.tsx";
import { LinkHandlers } from "./link-handlers.tsx";
import "./my-address.css";

/** Longer ones make links that other programs cut. */
const MAX_SUBJECT = 200;
const MAX_BODY = 2000;

const { subject, message, mail, link, snippet, handlersTitle } = myAddressWords;
const ALL_WORDS = [subject, message, mail, link, snippet, handlersTitle].join(" ");

/** The link that lets anybody write to this account, in every shape it is given away in. */
export function MyAddress(): JSX.Element {
  const { session } = useApp();
  const [name, setName] = createSignal("");
  const [subject, setSubject] = createSignal("");
  const [body, setBody] = createSignal("");
  const [mail, setMail] = createSignal("");
  const address = (): string => session().address;
  const email = createMemo(() => {
    const parsed = parseAddress(mail());
    return parsed.ok && parsed.local !== "" && parsed.resource === "" ? parsed.jid : undefined;
  });
  const link = createMemo(() => {
    const presets = { called: name().trim(), subject: subject().trim(), body: body() };
    const sent = email();
    const hash = hrefOfInbox({
      to: [session().address],
      ...presets,
      ...(sent === undefined ? {} : { mail: sent }),
    });
    return webLink(hash);
  });
  const calledText = (): string => myAddressWords.linkText(name().trim() || address());
  const snippet = (): string =>
    `<a href="${escapeAttribute(link())}">${escapeText(calledText())}</a>`;

  async function copy(text: string, done: string): Promise<void> {
    say((await copyText(text)) ? done : shareWords.notCopied);
  }
  return (
    <Section of="address">
      <Facts words={ALL_WORDS}>
        <div class="my-address">
          <p class="settings-hint">{myAddressWords.about}</p>
          <div class="my-address-fields">
            <Field label={myAddressWords.name} hint={myAddressWords.nameHint} onText={setName} />
            <Field
              label={myAddressWords.mail}
              hint={
                mail().trim() === "" || email() !== undefined
                  ? myAddressWords.mailHint
                  : myAddressWords.badMail
              }
              onText={setMail}
            />
            <Field label={myAddressWords.subject} max={MAX_SUBJECT} onText={setSubject} />
            <Field
              label={myAddressWords.message}
              hint={myAddressWords.presetHint}
              max={MAX_BODY}
              lines={3}
              onText={setBody}
            />
          </div>
          <Output label={myAddressWords.link} text={link()} lines={2}>
            <button
              type="button"
              class="button primary"
              onClick={() => void copy(link(), shareWords.copied)}
            >
              {shareWords.copyLink}
            </button>
          </Output>
          <QrBlock link={link()} called={calledText()} address={address()} />
          <Output label={myAddressWords.snippet} text={snippet()} lines={3}>
            <button
              type="button"
              class="button"
              onClick={() => void copy(snippet(), myAddressWords.snippetCopied)}
            >
              {myAddressWords.copySnippet}
            </button>
          </Output>
          <LinkHandlers />
        </div>
      </Facts>
    </Section>
  );
}

/** The code as it is shown, saved and printed. */
function QrBlock(props: { link: string; called: string; address: string }): JSX.Element {
  let sheet: HTMLDivElement | undefined;
  async function save(format: "svg" | "png"): Promise<void> {
    const drawing = drawQr(props.link);
    if (drawing === undefined) return say(shareWords.tooLong);
    const file = format === "svg" ? svgFile(drawing, props.called) : await pngFile(drawing);
    if (file === null) return say(myAddressWords.noPicture);
    saveFile(`${myAddressWords.fileName(props.address)}.${format}`, file);
  }
  return (
    <div class="my-address-code">
      <div class="my-address-sheet" ref={sheet}>
        <QrCode text={props.link} label={shareWords.qrCode(props.address)} />
        <p class="my-address-printed" aria-hidden="true">
          {props.called}
        </p>
      </div>
      <div class="my-address-actions">
        <button type="button" class="button" onClick={() => void save("svg")}>
          {myAddressWords.svg}
        </button>
        <button type="button" class="button" onClick={() => void save("png")}>
          {myAddressWords.png}
        </button>
        <button
          type="button"
          class="button"
          onClick={() => sheet !== undefined && printAlone(sheet)}
        >
          {myAddressWords.print}
        </button>
      </div>
    </div>
  );
}

function Field(props: {
  label: string;
  hint?: string;
  max?: number;
  lines?: number;
  onText: (text: string) => void;
}): JSX.Element {
  const id = createUniqueId();
  const max = (): number => props.max ?? MAX_SUBJECT;
  const hintId = (): string | undefined => (props.hint === undefined ? undefined : `${id}-hint`);
  return (
    <div class="my-address-field">
      <label for={id}>{props.label}</label>
      <Show
        when={props.lines}
        fallback={
          <input
            type="text"
            id={id}
            class="field"
            dir="auto"
            autocomplete="off"
            maxLength={max()}
            aria-describedby={hintId()}
            onInput={(event) => props.onText(event.currentTarget.value)}
          />
        }
      >
        {(rows) => (
          <textarea
            id={id}
            class="field"
            dir="auto"
            rows={rows()}
            maxLength={max()}
            aria-describedby={hintId()}
            onInput={(event) => props.onText(event.currentTarget.value)}
          />
        )}
      </Show>
      <Show when={props.hint}>
        {(hint) => (
          <span class="settings-hint" id={`${id}-hint`}>
            {hint()}
          </span>
        )}
      </Show>
    </div>
  );
}

/** Text that is taken from here; a press marks all of it. */
function Output(props: {
  label: string;
  text: string;
  lines: number;
  children: JSX.Element;
}): JSX.Element {
  const id = createUniqueId();
  return (
    <div class="my-address-field">
      <label for={id}>{props.label}</label>
      <textarea
        id={id}
        class="field my-address-output"
        readOnly
        rows={props.lines}
        dir="ltr"
        spellcheck={false}
        value={props.text}
        onFocus={(event) => event.currentTarget.select()}
      />
      <div class="my-address-actions">{props.children}</div>
    </div>
  );
}
