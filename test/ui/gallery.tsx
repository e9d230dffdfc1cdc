/**
 * Every screen, without a server: `vite`, then /test/ui/gallery.html?screen=NAME&theme=dark#/inbox. Never part of the build.
 */
import "../../src/ui/tokens.css";
import "../../src/ui/base.css";
import { renderApp } from "../../src/ui/app.tsx";
import { renderInsecurePage } from "../../src/ui/sign-in/insecure-page.tsx";
import type { SignInProblem } from "../../src/api/contract.ts";
import {
  blockedList,
  conversationsWith,
  createFixtureApi,
  createWorld,
  pretender,
  sessions,
  someLabels,
  statuses,
  triagedRows,
  type World,
} from "./fixtures.ts";
import { textSamples } from "./text-samples.ts";

const screens: Record<string, Partial<World>> = {
  pretender: pretender(),
  blocked: { blocked: blockedList() },
  mail: {},
  triage: { rows: { inbox: triagedRows() }, labels: someLabels() },
  texts: { messages: textSamples() },
  person: { person: conversationsWith() },
  "sign-in": { session: sessions.signedOut },
  "signing-in": { session: sessions.signingIn },
  "left-over": { session: sessions.leftOver },
  again: { status: statuses.again },
  syncing: { status: statuses.syncing },
  "first-sync": { status: statuses.onlyChats, rows: { inbox: [], all: [] } },
  "no-mail": { rows: { inbox: [], all: [] } },
  empty: { rows: { inbox: [], outbox: [], drafts: [], sent: [], chats: [] } },
  offline: { status: statuses.offline },
  full: { status: statuses.offline, troubles: [{ kind: "full" }] },
  emptied: { troubles: [{ kind: "emptied", drafts: 2, waiting: 1, lost: 1204 }] },
  newer: { status: statuses.offline, troubles: [{ kind: "newer" }] },
  "no-storage": { session: { state: "no-storage", problem: "failed", detail: "UnknownError" } },
  "older-tab": { session: { state: "no-storage", problem: "older-tab", detail: "" } },
  retention: {
    notices: [
      { id: "retention", host: "example.org", keeps: { ms: 7 * 86_400_000, isAbout: true } },
    ],
  },
  "no-archive": {
    status: statuses.noArchive,
    notices: [{ id: "no-archive", host: "example.org" }],
  },
};

const demo = ["alice", "bob"].map((name) => ({
  label: `Sign in as ${name}`,
  address: `${name}@localhost`,
  password: "",
}));
const realFetch = fetch;
globalThis.fetch = (input, init) =>
  /config\.json/.test(input instanceof Request ? input.url : String(input))
    ? Promise.resolve(Response.json(query.has("demo") ? { demo, server: "localhost" } : {}))
    : realFetch(input, init);

const query = new URLSearchParams(location.search);
const theme = query.get("theme");
if (theme === null) localStorage.removeItem("envoi-theme");
else document.documentElement.dataset["theme"] = theme;
const root = document.getElementById("app") as HTMLElement;
const screen = query.get("screen") ?? "mail";
const problem = query.get("problem") as SignInProblem | null;

if (screen === "insecure") renderInsecurePage(root);
else {
  const api = createFixtureApi(createWorld(screens[screen]), {
    signIn: () =>
      problem === null
        ? new Promise(() => undefined)
        : {
            ok: false,
            problem,
            detail: `${problem}: technical words of the server`,
            host: "xmpp.hosting.example",
          },
  });
  renderApp(root, api, undefined);
  if (theme !== null) document.documentElement.dataset["theme"] = theme;
}
