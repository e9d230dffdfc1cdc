/** Why somebody could not be signed in: what happened, what is safe, what to do. */
import type { SignInProblem } from "../../api/contract.ts";

type ProblemText = {
  title: string;
  text: (host: string) => string;
  lines?: { server: string; code: string }[];
};

const websocketLines = [
  {
    server: "Prosody",
    code: 'modules_enabled = { "websocket"; }\n-- behind a TLS proxy:\nconsider_websocket_secure = true',
  },
  {
    server: "ejabberd",
    code: "listen:\n  - port: 5443\n    module: ejabberd_http\n    tls: true\n    request_handlers:\n      /ws: ejabberd_http_ws\n      /.well-known/host-meta: mod_host_meta",
  },
];

export const signInProblem: Record<SignInProblem, ProblemText> = {
  "bad-address": {
    title: "That is not a whole address",
    text: () => "An address looks like name@example.org. Nothing was sent.",
  },
  unreachable: {
    title: "No answer",
    text: (host) =>
      `${host} could not be reached. Your password was not sent. Check the address and your network, then try again; if your server has a WebSocket URL of its own, put it under Connection settings.`,
  },
  "no-websocket": {
    title: "This server cannot be used from a browser yet",
    text: (host) =>
      `${host} answers, but offers no WebSocket for XMPP. Your password was not sent. Its admin can switch it on:`,
    lines: websocketLines,
  },
  "discovery-blocked": {
    title: "The server does not tell web pages where to connect",
    text: (host) =>
      `${host} answers, but its connection details (host-meta) may not be read by web pages. Your password was not sent. If you know the WebSocket URL, put it under Connection settings. Its admin can allow it:`,
    lines: [
      {
        server: "Web server of the domain",
        code: "/.well-known/host-meta\n/.well-known/host-meta.json\nAccess-Control-Allow-Origin: *",
      },
      ...websocketLines,
    ],
  },
  "wrong-password": {
    title: "Wrong address or password",
    text: (host) =>
      `${host} did not accept them. It is not tried again by itself: please check both and sign in again.`,
  },
  disabled: {
    title: "This account is switched off",
    text: (host) =>
      `${host} knows the account and does not let it in. Ask the people who run the server.`,
  },
  "too-old": {
    title: "No safe way to sign in",
    text: (host) =>
      `${host} offers only ways to sign in that would show your password to others, or could not prove who it is. Nothing secret was sent. Its admin can offer SCRAM.`,
  },
  lost: {
    title: "The connection broke off",
    text: (host) =>
      `${host} was reached, but the connection ended before you were signed in. Nothing is lost: try again.`,
  },
  "insecure-page": {
    title: "This page is not secure",
    text: () =>
      "Envoi needs a secure page (https, or localhost) for its encryption and its storage. Open it by https.",
  },
  "not-allowed": {
    title: "Not an account of this place",
    text: () =>
      "This copy of Envoi is for certain servers only. Use another copy, or an account there.",
  },
  storage: {
    title: "This browser keeps nothing",
    text: () =>
      "Envoi keeps your mail in the browser, and the browser refused. Leave private browsing or free some space, then try again.",
  },
};
