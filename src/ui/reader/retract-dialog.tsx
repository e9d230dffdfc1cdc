import { createSignal, type JSX } from "solid-js";
import type { MessageView } from "../../api/contract.ts";
import { useApp } from "../context.ts";
import { Dialog } from "../parts/dialog.tsx";
import { say } from "../parts/toast.tsx";
import { words } from "../words/more.ts";
import { ownMailWords } from "../words/own-mail.ts";

/** Says what taking back can do and what it cannot, before it is done (XEP-0424: "an unenforceable request"). */
export function RetractDialog(props: { message: MessageView; onClose: () => void }): JSX.Element {
  const { api } = useApp();
  const [busy, setBusy] = createSignal(false);
  const people = () => [...props.message.to, ...props.message.cc, ...props.message.bcc];
  async function retract(): Promise<void> {
    setBusy(true);
    try {
      await api.run("retract", { key: props.message.key });
      say(ownMailWords.retracted);
    } catch {
      say(words.notKept);
    }
    props.onClose();
  }
  return (
    <Dialog
      title={ownMailWords.retractTitle}
      onClose={() => props.onClose()}
      actions={
        <>
          <button type="button" class="button" onClick={() => props.onClose()}>
            {words.cancel}
          </button>
          <button
            type="button"
            class="button primary"
            disabled={busy()}
            onClick={() => void retract()}
          >
            {ownMailWords.retract}
          </button>
        </>
      }
    >
      <p>{ownMailWords.retractText(people())}</p>
      <p>{ownMailWords.retractKept}</p>
    </Dialog>
  );
}
