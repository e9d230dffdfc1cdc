import { createEffect, createSignal, For, Show, type JSX } from "solid-js";
import type { DevicesView } from "../../api/contract.ts";
import { MAX_ITEMS } from "../../mail/account-state/health.ts";
import { act } from "../act.ts";
import { createView } from "../answer.ts";
import { useApp } from "../context.ts";
import { AdminLines } from "../parts/admin-lines.tsx";
import { TechnicalDetails } from "../parts/technical-details.tsx";
import { say } from "../parts/toast.tsx";
import { createQuery } from "../query.ts";
import { devicesWords } from "../words/devices.ts";
import { serverAbility, sizeOf, whenOf } from "../words/storage.ts";
import { Row } from "./row.tsx";
import { Facts, Section, Setting } from "./setting.tsx";

/** What the person's devices share, whether all of it is saved, and who they are. */
export function DevicesSection(): JSX.Element {
  const { api } = useApp();
  const devices = createQuery(api, "devices", () => null, { key: "host" });
  const status = createView(api, "status", () => null);
  /** While one is waited for: when the last one was through. */
  const [repairing, setRepairing] = createSignal<{ last: number | undefined }>();
  createEffect(() => {
    const waiting = repairing();
    if (waiting === undefined || devices.value?.repairedAt === waiting.last) return;
    setRepairing(undefined);
    say(devicesWords.repaired);
  });
  function repair(): void {
    setRepairing({ last: devices.value?.repairedAt });
    act(api, "repairState", null);
    if (status.value?.connection.state !== "connected") say(devicesWords.repairsLater);
    else say(devices.value?.carrier === "none" ? devicesWords.asking : devicesWords.repairing);
  }
  return (
    <Section of="devices">
      <Show when={devices.value}>
        {(now) => (
          <>
            <Facts words={FACTS}>
              <dl>
                <Row name={devicesWords.kept}>
                  {devicesWords.carrier[isUnknown(now()) ? "unknown" : now().carrier](now().host)}
                </Row>
                <Show when={now().drafts}>
                  {(place) => (
                    <Row name={devicesWords.drafts}>
                      {devicesWords.carrier[place()](now().host)}
                    </Row>
                  )}
                </Show>
                <Row name={devicesWords.state}>
                  <span role="status">
                    {now().pending > 0
                      ? devicesWords.pending(now().pending)
                      : now().savedAt === undefined
                        ? devicesWords.never
                        : devicesWords.saved}
                  </span>
                </Row>
                <Show when={now().savedAt}>
                  {(at) => <Row name={devicesWords.savedAt}>{whenOf(at())}</Row>}
                </Show>
                <Show when={now().openUntil}>
                  {(at) => (
                    <Row name={devicesWords.openUntil}>{devicesWords.until(whenOf(at()))}</Row>
                  )}
                </Show>
                <Show when={now().carrier !== "none"}>
                  <Row name={devicesWords.space}>
                    {devicesWords.used(
                      now().items,
                      now().carrier === "pep" ? (now().maxItems ?? MAX_ITEMS) : undefined,
                      sizeOf(now().bytes),
                    )}
                  </Row>
                </Show>
                <Show when={now().unreadable > 0}>
                  <Row name={devicesWords.unreadable}>
                    {devicesWords.unreadableItems(now().unreadable)}
                  </Row>
                </Show>
              </dl>
              <Show when={now().refused !== undefined}>
                <div class="settings-missing">
                  <strong>{devicesWords.alone}</strong>
                  <p>{devicesWords.without(now().host, now().refused)}</p>
                  <Show when={HELPED_BY_ADMIN.has(now().refused)}>
                    <p>{devicesWords.forAdmin}</p>
                    <AdminLines lines={serverAbility.privateState.lines} />
                  </Show>
                </div>
              </Show>
              <Show when={now().detail}>
                {(detail) => (
                  <div class="settings-detail">
                    <Show when={now().refused === undefined}>
                      <p class="settings-hint">{devicesWords.lastFailed}</p>
                    </Show>
                    <TechnicalDetails text={detail()} />
                  </div>
                )}
              </Show>
            </Facts>
            <Show when={now().devices.length > 0}>
              <Facts words={devicesWords.list}>
                <h4 id="settings-devices-list">{devicesWords.list}</h4>
                <ul class="settings-devices" aria-labelledby="settings-devices-list">
                  <For each={now().devices}>
                    {(device) => (
                      <li>
                        <span>
                          <bdi>{device.name || devicesWords.unnamed}</bdi>
                          <Show when={device.isThis}>
                            <b> {devicesWords.isThis}</b>
                          </Show>
                        </span>
                        <span class="settings-hint">{devicesWords.seen(whenOf(device.at))}</span>
                      </li>
                    )}
                  </For>
                </ul>
              </Facts>
            </Show>
            <Setting
              name={askOf(now())}
              hint={now().carrier === "none" ? devicesWords.againHint : devicesWords.repairHint}
            >
              <button type="button" class="button" onClick={repair}>
                {askOf(now())}
              </button>
            </Setting>
          </>
        )}
      </Show>
    </Section>
  );
}

/** Nobody has asked the server yet. */
function isUnknown({ carrier, refused }: DevicesView): boolean {
  return carrier === "none" && refused === undefined;
}

function askOf(devices: DevicesView): string {
  if (devices.carrier !== "none") return devicesWords.repair;
  return isUnknown(devices) ? devicesWords.first : devicesWords.again;
}

/** A server that takes none of it, or all of it in one piece only. */
const HELPED_BY_ADMIN: ReadonlySet<DevicesView["refused"]> = new Set(["no-pep", "full"]);

const FACTS = [
  devicesWords.kept,
  devicesWords.drafts,
  devicesWords.state,
  devicesWords.savedAt,
  devicesWords.openUntil,
  devicesWords.space,
  devicesWords.unreadable,
].join(" ");
