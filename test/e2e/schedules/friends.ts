/** People elsewhere, with clients of their own: what they send arrives, or they hear that it did not. */
import { type Element, xml } from "@xmpp/xml";
import type { Session } from "../../../src/xmpp/session.ts";
import { connect } from "./archives.ts";
import type { Person } from "./device.ts";

export class Friend {
  readonly who: Person;
  private readonly wsUrl: string;
  private session: Session | undefined;

  constructor(wsUrl: string, who: Person) {
    this.wsUrl = wsUrl;
    this.who = who;
  }

  /** Whether the server surely has it. It may have it all the same. */
  async send(message: Mail): Promise<boolean> {
    try {
      this.session ??= await connect(this.wsUrl, this.who);
      this.session.send(stanzaOf(message));
      await this.session.ping();
      return true;
    } catch {
      this.leave();
      return false;
    }
  }

  leave(): void {
    this.session?.abort();
    this.session = undefined;
  }
}

export type Mail = {
  to: string;
  mark: string;
  isChat?: boolean;
  id?: string;
  thread?: string;
};

function stanzaOf({ to, mark, isChat = false, id, thread }: Mail): Element {
  return xml(
    "message",
    { to, id: id ?? crypto.randomUUID(), ...(isChat ? { type: "chat" } : {}) },
    ...(isChat ? [] : [xml("subject", {}, mark)]),
    xml("body", {}, `This is ${mark}.`),
    ...(thread === undefined ? [] : [xml("thread", {}, thread)]),
  );
}
