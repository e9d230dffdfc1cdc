/** Why there is no connection: what happened, what is safe, what to do. */
import type { TroubleKind } from "../../api/contract.ts";

const KEPT = "What you write is kept and sent later.";

export const troubleText: Record<TroubleKind, { title: string; text: (host: string) => string }> = {
  "device-offline": {
    title: "This device is offline",
    text: () => `Your mail here stays readable. ${KEPT}`,
  },
  unreachable: {
    title: "Your server cannot be reached",
    text: (host) => `${host} does not answer. ${KEPT} If this lasts, check your network.`,
  },
  "not-xmpp": {
    title: "Something stands between you and your server",
    text: (host) =>
      `What answers for ${host} is not its mail. A sign-in page of this network may be in the way: open any other web page to see it. ${KEPT}`,
  },
  silent: {
    title: "Your server does not answer",
    text: (host) => `${host} takes the connection and then says nothing. ${KEPT}`,
  },
  lost: {
    title: "The connection keeps breaking off",
    text: (host) => `${host} was reached, but the connection did not last. ${KEPT}`,
  },
  shutdown: {
    title: "Your server is restarting",
    text: (host) => `${host} said that it stops for a while. ${KEPT}`,
  },
  busy: {
    title: "Your server has no room right now",
    text: (host) =>
      `${host} takes no further connection at the moment. ${KEPT} If you are signed in on many devices, sign out on one.`,
  },
  policy: {
    title: "Your server ended the connection",
    text: (host) =>
      `${host} says that its rules were broken. ${KEPT} If this comes back, show the technical details to the people who run it.`,
  },
  "host-unknown": {
    title: "Your server is not where it was",
    text: (host) =>
      `The server that answers does not know ${host}. It may be moving. ${KEPT} If this lasts, ask the people who run it.`,
  },
  conflict: {
    title: "Another app took this connection",
    text: (host) =>
      `${host} gave it to another app or device of yours. Envoi does not take it back at once: it waits a while. ${KEPT}`,
  },
  redirect: {
    title: "Your server points somewhere else",
    text: (host) =>
      `${host} asks to connect to another server. Envoi does not follow, because your password would go there. ${KEPT} Ask the people who run it.`,
  },
  "wrong-password": {
    title: "Please sign in again",
    text: (host) =>
      `${host} no longer accepts the saved sign-in. Your mail here stays readable, and nothing you write is lost.`,
  },
  "no-password": {
    title: "Please enter your password",
    text: (host) =>
      `Nothing on this browser signs you in to ${host} any more: the saved sign-in ran out, or ${host} takes only the password itself, which Envoi never keeps. Your mail here stays readable, and nothing you write is lost.`,
  },
  gone: {
    title: "This account no longer exists",
    text: (host) =>
      `${host} says that it was deleted. Your mail and drafts are still here: you can download the mail when you sign out. If the account is back, sign in again.`,
  },
  disabled: {
    title: "This account is switched off",
    text: (host) =>
      `${host} knows the account and does not let it in. Your mail here stays readable, and nothing you write is lost. Ask the people who run the server.`,
  },
  "too-old": {
    title: "No safe way to sign in",
    text: (host) =>
      `${host} now offers only ways to sign in that would show your password to others, or could not prove who it is. Nothing secret was sent, and nothing you write is lost. Ask the people who run it.`,
  },
  outdated: {
    title: "A part of Envoi could not be loaded",
    text: () =>
      "Its web server cannot be reached, or has a newer version. This is tried again by itself. What you wrote is kept: to go on at once, reload.",
  },
  internal: {
    title: "Something failed in this tab",
    text: () =>
      "Envoi connects again by itself, and nothing is lost. If this comes back, reload the page.",
  },
};
