/**
 * A password nobody may keep, for as long as the browser session lasts: a server that offers PLAIN alone leaves
 * nothing else to come back with after a reload. What lies in the tab's sessionStorage and travels between tabs is
 * ciphertext; its key, not extractable, is in the registry and goes with sign-out, a refusal or the session's end.
 */
import type { Jid } from "../mail/address.ts";

/** How long the other tabs have to answer. Hidden ones are slow, but they are woken by a message. */
const ANSWER_MS = 2000;

export interface TabSecret {
  /** This tab's ciphertext. */
  readonly mine: string | undefined;
  /** Another one than `mine`, from a tab that lives; undefined where nobody has any. */
  ask(): Promise<string | undefined>;
  /** The person typed the password here; the other tabs learn of it. */
  renew(secret: string | undefined): void;
  drop(): void;
  close(): void;
}

type Call = { call: "want" } | { call: "have"; secret: string } | { call: "new"; secret: string };

/** `onChange`: what this tab should keep for its next load is another now. */
export function openTabSecret(
  jid: Jid,
  first: string | undefined,
  onChange: () => void,
): TabSecret {
  const channel = new BroadcastChannel(`envoi-secret:${jid}`);
  const say = (call: Call): void => channel.postMessage(call);
  let mine = first;
  let asking: Promise<string | undefined> | undefined;
  let heard: (secret: string) => void = () => undefined;
  const set = (secret: string | undefined): void => {
    if (secret === mine) return;
    mine = secret;
    onChange();
  };
  channel.addEventListener("message", ({ data }: MessageEvent<Call>) => {
    if (data.call === "new") set(data.secret);
    else if (data.call === "have") heard(data.secret);
    else if (mine !== undefined) say({ call: "have", secret: mine });
  });
  function wait(): Promise<string | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(undefined), ANSWER_MS);
      heard = (secret) => {
        if (secret === mine) return;
        clearTimeout(timer);
        resolve(secret);
      };
      say({ call: "want" });
    });
  }
  return {
    get mine() {
      return mine;
    },
    async ask() {
      asking ??= wait();
      const answer = await asking;
      asking = undefined;
      if (answer !== undefined) set(answer);
      return answer;
    },
    renew(secret) {
      set(secret);
      if (secret !== undefined) say({ call: "new", secret });
    },
    drop: () => set(undefined),
    close: () => channel.close(),
  };
}
