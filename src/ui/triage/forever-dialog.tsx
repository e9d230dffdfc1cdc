/** Before mail is forgotten for good: what goes, and what the server keeps all the same. */
import type { JSX } from "solid-js";
import type { StorageView } from "../../api/contract.ts";
import { domainOf } from "../../mail/address.ts";
import { useApp } from "../context.ts";
import { Dialog } from "../parts/dialog.tsx";
import { createQuery } from "../query.ts";
import { keepsFor } from "../words/more.ts";
import { triageWords } from "../words/triage.ts";
import { CancelButton } from "./cancel-button.tsx";
import { closeDialog } from "../parts/close-dialog.ts";
import { doAct } from "./perform.ts";
import { endPicking, type Picking } from "./picking.ts";

export function ForeverDialog(props: { what: Picking }): JSX.Element {
  const { api, session } = useApp();
  const storage = createQuery(api, "storage", () => null, { key: "host" });
  const host = () => domainOf(session().address);
  const place = () => (props.what.scene.place() === "spam" ? "spam" : "trash");
  const isEmptying = () => props.what.kind === "empty";
  function act(event: MouseEvent & { currentTarget: HTMLElement }): void {
    closeDialog(event.currentTarget);
    doAct(props.what.scene, props.what.subject, { do: "delete-forever" });
  }
  return (
    <Dialog
      title={isEmptying() ? triageWords.emptyTitle[place()] : triageWords.foreverTitle}
      onClose={endPicking}
      actions={
        <>
          <CancelButton />
          <button type="button" class="button danger" onClick={act}>
            {isEmptying() ? triageWords.empty[place()] : triageWords.deleteForever}
          </button>
        </>
      }
    >
      <p>{triageWords.forever(props.what.subject.count)}</p>
      <p>{serverText(storage.value, host())}</p>
    </Dialog>
  );
}

function serverText(storage: StorageView | undefined, host: string): string {
  if (storage?.archive === "none") return triageWords.serverForgot(host);
  return storage?.keeps === undefined
    ? triageWords.serverKeeps(host)
    : triageWords.serverKeepsFor(host, keepsFor(storage.keeps));
}
