/** What the server keeps for one person. */
import { Archive } from "./archive.ts";
import type { PepNode } from "./pep.ts";
import type { Session } from "./session.ts";

export class Account {
  readonly jid: string;
  password: string;
  readonly archive = new Archive();
  readonly sessions = new Set<Session>();
  /** Raw stanzas for whoever says presence next (XEP-0160). */
  offline: string[] = [];
  roster: { jid: string; name?: string }[] = [];
  readonly nodes = new Map<string, PepNode>();
  /** By name and namespace of the element. */
  readonly privateXml = new Map<string, string>();

  constructor(jid: string, password: string) {
    this.jid = jid;
    this.password = password;
  }
}
