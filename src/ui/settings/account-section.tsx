import { createSignal, Show, type JSX } from "solid-js";
import { domainOf } from "../../mail/address.ts";
import { useApp } from "../context.ts";
import { Address } from "../parts/address.tsx";
import { createQuery } from "../query.ts";
import { SignOutDialog } from "../sidebar/sign-out-dialog.tsx";
import { syncText } from "../sidebar/status.tsx";
import { words } from "../words/more.ts";
import { settingsWords } from "../words/settings.ts";
import { Row } from "./row.tsx";
import { Facts, Section, Setting } from "./setting.tsx";

/** Who is signed in and for how long, how the connection stands, and the way out. */
export function AccountSection(): JSX.Element {
  const { api, session } = useApp();
  const [signingOut, setSigningOut] = createSignal(false);
  const status = createQuery(api, "status", () => null);
  return (
    <Section of="account">
      <Facts words={`${words.address} ${settingsWords.signedIn} ${words.connectionTitle}`}>
        <dl>
          <Row name={words.address}>
            <Address jid={session().address} />
          </Row>
          <Row name={settingsWords.signedIn}>{words.keptSignedIn(session().keep)}</Row>
          <Row name={words.server}>
            <bdi>{status.value?.connection.host ?? domainOf(session().address)}</bdi>
          </Row>
          <Show when={status.value}>
            {(now) => (
              <>
                <Row name={words.connectionTitle}>{words.connection[now().connection.state]}</Row>
                <Row name={words.archive}>{syncText(now().sync)}</Row>
                <Show when={now().unreadable}>
                  {(n) => <Row name={words.damaged}>{words.unreadable(n())}</Row>}
                </Show>
              </>
            )}
          </Show>
        </dl>
      </Facts>
      <Setting name={words.signOut} hint={settingsWords.signOutHint}>
        <button type="button" class="button" onClick={() => setSigningOut(true)}>
          {words.signOut}
        </button>
      </Setting>
      <Show when={signingOut()}>
        <SignOutDialog onClose={() => setSigningOut(false)} />
      </Show>
    </Section>
  );
}
