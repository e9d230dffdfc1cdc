/** Tags and folders below the mailboxes: each a place of its own, with a menu that changes it. */
import { createSignal, For, Match, Show, Switch, type JSX } from "solid-js";
import type { LabelView, MailboxesView, Place } from "../../api/contract.ts";
import type { LabelKind } from "../../mail/label.ts";
import { act } from "../act.ts";
import { useApp } from "../context.ts";
import { createActions } from "../keys/actions.ts";
import { openPalette } from "../palette/asked.ts";
import { createPaletteSource } from "../palette/sources.ts";
import { late } from "../parts/late.tsx";
import { type MenuItem, MenuButton } from "../parts/menu-button.tsx";
import { Over } from "../parts/over.tsx";
import { createQuery } from "../query.ts";
import { hrefOfPlace } from "../route.ts";
import { ToolIcon } from "../triage/icons.tsx";
import { count, words } from "../words.ts";
import { triageWords } from "../words/triage.ts";
import type { Editing } from "./label-dialog.tsx";
import "./labels.css";

const LabelDialog = late(async () => (await import("./label-dialog.tsx")).LabelDialog);
const DeleteLabel = late(async () => (await import("./delete-label.tsx")).DeleteLabel);

type LabelProps = {
  place: Place | undefined;
  counts: MailboxesView | undefined;
  onClose: () => void;
};

export function Labels(props: LabelProps): JSX.Element {
  const { api } = useApp();
  const labels = createQuery(api, "labels", () => null);
  const [editing, setEditing] = createSignal<Editing>();
  const [deleting, setDeleting] = createSignal<LabelView>();
  const of = (kind: LabelKind): LabelView[] =>
    labels.value?.filter((label) => label.kind === kind) ?? [];
  createPaletteSource(() =>
    (labels.value ?? []).map(({ id, kind, name }) => ({
      id: `${kind}:${id}`,
      kind,
      label: words.goTo(name),
      run: () => void (location.hash = hrefOfPlace(`${kind}:${id}`)),
    })),
  );
  createActions({ goTag: () => openPalette("tag") }, () => of("tag").length > 0);
  createActions({ goFolder: () => openPalette("folder") }, () => of("folder").length > 0);
  return (
    <>
      <For each={["tag", "folder"] as const}>
        {(kind) => (
          <nav class="labels" aria-label={kind === "tag" ? triageWords.tags : triageWords.folders}>
            <div class="labels-head">
              <span aria-hidden="true">
                {kind === "tag" ? triageWords.tags : triageWords.folders}
              </span>
              <button
                type="button"
                class="quiet labels-new"
                aria-label={kind === "tag" ? triageWords.newTag : triageWords.newFolder}
                title={kind === "tag" ? triageWords.newTag : triageWords.newFolder}
                onPointerEnter={LabelDialog.ready}
                onClick={() => setEditing({ kind })}
              >
                <ToolIcon name="add" />
              </button>
            </div>
            <ul>
              <For each={of(kind)}>
                {(label) => (
                  <Item
                    place={props.place}
                    counts={props.counts}
                    onClose={() => props.onClose()}
                    label={label}
                    items={itemsOf(label, of(kind), {
                      edit: (field) => setEditing({ kind, label: { ...label }, field }),
                      remove: () => setDeleting({ ...label }),
                      moveTo: (place) =>
                        act(api, "saveLabel", { id: label.id, kind: label.kind, place }),
                    })}
                  />
                )}
              </For>
            </ul>
          </nav>
        )}
      </For>
      <Switch>
        <Match when={editing()} keyed>
          {(what) => (
            <Over onClose={() => setEditing(undefined)}>
              <LabelDialog
                what={what}
                labels={labels.value ?? []}
                onClose={() => setEditing(undefined)}
              />
            </Over>
          )}
        </Match>
        <Match when={deleting()} keyed>
          {(label) => (
            <Over onClose={() => setDeleting(undefined)}>
              <DeleteLabel
                label={label}
                inside={of(label.kind).filter(({ inside }) => inside === label.id).length}
                total={props.counts?.labels[placeOf(label)]?.total ?? 0}
                onClose={() => setDeleting(undefined)}
              />
            </Over>
          )}
        </Match>
      </Switch>
    </>
  );
}

function placeOf({ kind, id }: LabelView): Place {
  return `${kind}:${id}`;
}

function Item(props: LabelProps & { label: LabelView; items: readonly MenuItem[] }): JSX.Element {
  const place = () => placeOf(props.label);
  const unread = () => props.counts?.labels[place()]?.unread ?? 0;
  return (
    <li class="label" style={{ "--depth": props.label.depth, "--hue": props.label.hue }}>
      <a
        class="sidebar-item"
        href={hrefOfPlace(place())}
        aria-current={props.place === place() ? "page" : undefined}
        aria-label={
          unread() === 0 ? props.label.name : `${props.label.name}, ${words.unread(unread())}`
        }
        data-place={place()}
        data-name={props.label.name}
        data-hue={props.label.hue}
        title={props.label.name}
        onClick={() => props.onClose()}
      >
        <span class="label-icon">
          <ToolIcon name={props.label.kind === "tag" ? "tag" : "folder"} />
        </span>
        <span class="sidebar-label" dir="auto">
          {props.label.name}
        </span>
        <Show when={unread() > 0}>
          <span class="sidebar-count" data-count={count(unread())} />
        </Show>
      </a>
      <span class="label-menu">
        <MenuButton
          label={triageWords.options(props.label.name)}
          icon="more"
          items={props.items}
          onOpen={() => LabelDialog.ready()}
        />
      </span>
    </li>
  );
}

type Does = {
  edit: (field: NonNullable<Editing["field"]>) => void;
  remove: () => void;
  /** Its place among its siblings. */
  moveTo: (place: number) => void;
};

function itemsOf(label: LabelView, all: readonly LabelView[], does: Does): MenuItem[] {
  const siblings = all.filter(({ inside }) => inside === label.inside).map(({ id }) => id);
  const at = siblings.indexOf(label.id);
  const up = { label: triageWords.moveUp, act: () => does.moveTo(at - 1) };
  const down = { label: triageWords.moveDown, act: () => does.moveTo(at + 1) };
  return [
    { label: triageWords.rename, act: () => does.edit("name") },
    { label: triageWords.colour, act: () => does.edit("colour") },
    { label: triageWords.moveInside, act: () => does.edit("inside") },
    ...(at > 0 ? [up] : []),
    ...(at < siblings.length - 1 ? [down] : []),
    { label: triageWords.delete, act: () => does.remove() },
  ];
}
