/**
 * Says which topics changed, to this worker and to those of the other tabs. Nothing else is ever told: whoever hears
 * a topic reads the database again. A few calls between tabs travel the same channel.
 */

/** mail: messages, conversations, mailboxes. The rest name their store. */
export type Topic =
  | "mail"
  | "drafts"
  | "outbox"
  | "people"
  | "status"
  | "notices"
  | "session"
  | "avatars"
  | "storage"
  | "blocking"
  | "labels"
  /** Undo's steps, and acts that are under way. */
  | "triage"
  | "preferences"
  | "lookups"
  /** How it stands with what the person's devices share. */
  | "state"
  /** Somebody wants it put right. */
  | "repair"
  /** Somebody is about to leave: nothing waits for a pause. */
  | "hurry"
  | "engine";

type Call =
  | { call: "topics"; topics: Topic[] }
  /** A visible tab waits for the engine. */
  | { call: "wanted" }
  /** A hidden tab waits, and asks only whether the holder lives. */
  | { call: "anyone" }
  /** The holder lives. */
  | { call: "held" }
  | { call: "signed-out" }
  | { call: "try-now" }
  /** A tab found no room to write; every tab waits for room by itself. */
  | { call: "storage-full" }
  /** What the engine has read is no longer so: it begins anew. */
  | { call: "restart" };

export type CallName = Exclude<Call["call"], "topics">;

export interface Bus {
  /** Announces a change. `urgent`: a person did it and watches. */
  touch(topics: readonly Topic[], options?: { urgent?: boolean }): void;
  onTopics(listener: (topics: readonly Topic[], urgent: boolean) => void): () => void;
  /** Calls every other tab of the account; not this one. */
  call(name: CallName): void;
  onCall(listener: (name: CallName) => void): () => void;
  close(): void;
}

export function openBus(jid: string): Bus {
  const channel = new BroadcastChannel(`envoi:${jid}`);
  const topicListeners = new Set<(topics: readonly Topic[], urgent: boolean) => void>();
  const callListeners = new Set<(name: CallName) => void>();
  let closed = false;
  /** Work that ends after the account was closed has nobody left to tell. */
  const post = (call: Call): void => {
    if (!closed) channel.postMessage(call);
  };
  // The other tabs may run another version of the app: what is not known here is nobody's. The calls about the lock
  // keep their meaning in every version, or two versions would take it from each other without end.
  channel.addEventListener("message", ({ data }: MessageEvent<Partial<Call> | undefined>) => {
    if (data?.call === "topics") {
      const topics = Array.isArray(data.topics) ? data.topics : [];
      for (const listener of topicListeners) listener(topics, false);
    } else if (data?.call !== undefined) for (const listener of callListeners) listener(data.call);
  });
  return {
    touch(topics, options) {
      for (const listener of topicListeners) listener(topics, options?.urgent ?? false);
      post({ call: "topics", topics: [...topics] });
    },
    onTopics(listener) {
      topicListeners.add(listener);
      return () => topicListeners.delete(listener);
    },
    call(name) {
      post({ call: name });
    },
    onCall(listener) {
      callListeners.add(listener);
      return () => callListeners.delete(listener);
    },
    close() {
      closed = true;
      channel.close();
      topicListeners.clear();
      callListeners.clear();
    },
  };
}
