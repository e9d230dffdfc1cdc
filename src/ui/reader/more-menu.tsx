import { createSignal, Show, type JSX } from "solid-js";
import type { MessageView, SenderView } from "../../api/contract.ts";
import { act } from "../act.ts";
import { correct } from "../compose/open-drafts.ts";
import { useApp } from "../context.ts";
import { late } from "../parts/late.tsx";
import { type MenuItem, MenuButton } from "../parts/menu-button.tsx";
import { Over } from "../parts/over.tsx";
import { say } from "../parts/toast.tsx";
import { words } from "../words/more.ts";
import { ownMailWords } from "../words/own-mail.ts";
import { moreWords, senderWords } from "../words/senders.ts";
import { canCorrect, canRetract } from "./own-mail.ts";
import { copyLink } from "./copy-link.ts";
import { printMessage } from "./print.ts";

/** Seldom wanted. */
const SourceDialog = late(async () => (await import("./source/source-dialog.tsx")).SourceDialog);

const RetractDialog = late(async () => (await import("./retract-dialog.tsx")).RetractDialog);

/** What else can be done with one message. */
export function MoreMenu(props: {
  message: MessageView;
  sender: SenderView | undefined;
  /** Of the conversation. */
  href: string;
  subject: string;
  onUnreadFrom: () => void;
}): JSX.Element {
  const { api, session } = useApp();
  const [shows, setShows] = createSignal(false);
  const [asks, setAsks] = createSignal(false);
  let root: HTMLSpanElement | undefined;

  async function copy(): Promise<void> {
    const { id, from, at } = props.message;
    const copied = await copyLink(props.href, { id, from: from.jid, at }, props.subject);
    say(copied ? moreWords.linkCopied : moreWords.notCopied);
  }
  async function block(): Promise<void> {
    const { jid } = props.message.from;
    const { ok, host } = await api.run("block", { jid });
    say(ok ? senderWords.blocking(jid) : senderWords.notOffered(host));
  }
  async function edit(): Promise<void> {
    if (!(await correct(api, props.message))) say(ownMailWords.notEditable);
  }
  const items = (): MenuItem[] => {
    const { message, sender } = props;
    const list: MenuItem[] = [
      { label: moreWords.copyLink, act: () => void copy() },
      { label: moreWords.print, act: () => print() },
      { label: moreWords.source, act: () => void setShows(true) },
      { label: moreWords.unreadFromHere, act: () => props.onUnreadFrom() },
    ];
    if (canCorrect(message))
      list.push({
        label: ownMailWords.edit,
        act: () => void edit().catch(() => say(words.notKept)),
      });
    if (canRetract(message))
      list.push({ label: ownMailWords.retract, act: () => void setAsks(true) });
    const standing = sender?.block;
    const isOther = message.direction === "in" && message.from.jid !== session().address;
    if (isOther && (standing === undefined || standing.state === "refused"))
      list.push({
        label: moreWords.block,
        act: () => void block().catch(() => say(words.notKept)),
      });
    else if (isOther && standing !== undefined)
      list.push({
        label: moreWords.unblock,
        act: () => act(api, "unblock", { entry: standing.entry }),
      });
    return list;
  };
  function print(): void {
    const article = root?.closest<HTMLElement>("article");
    if (article !== undefined && article !== null)
      printMessage(article, props.message, props.subject);
  }

  return (
    <span class="article-more" ref={root}>
      <MenuButton
        label={moreWords.more}
        icon="more"
        items={items()}
        onOpen={() => {
          SourceDialog.ready();
          RetractDialog.ready();
        }}
      />
      <Show when={shows()}>
        <Over onClose={() => setShows(false)}>
          <SourceDialog messageKey={props.message.key} onClose={() => setShows(false)} />
        </Over>
      </Show>
      <Show when={asks()}>
        <Over onClose={() => setAsks(false)}>
          <RetractDialog message={props.message} onClose={() => setAsks(false)} />
        </Over>
      </Show>
    </span>
  );
}
