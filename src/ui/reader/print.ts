import type { MessageView, Person } from "../../api/contract.ts";
import { isolated, isolatedAddress } from "../../base/isolated.ts";
import { printAlone } from "../parts/print-alone.ts";
import { fullTime } from "../time.ts";
import { words } from "../words/more.ts";
import { senderWords } from "../words/senders.ts";
import "./print.css";

/** The narrowest paper in use between its margins, and some. px */
const PAPER_WIDTH = 640;

/**
 * Prints one message and nothing else, with its headers. It is printed where it stands, because a frame in it loses its
 * content when it is moved or copied.
 */
export function printMessage(article: HTMLElement, message: MessageView, subject: string): void {
  const head = headOf(message, subject);
  article.prepend(head);
  const frames = [...article.querySelectorAll<HTMLIFrameElement>("iframe.html-frame")];
  for (const frame of frames) makeRoom(frame);
  printAlone(article, () => {
    for (const frame of frames) delete frame.contentDocument?.documentElement.dataset["printed"];
    head.remove();
  });
}

/** Links say where they lead, and the frame is as high as that makes its text: nobody measures it on paper. */
function makeRoom(frame: HTMLIFrameElement): void {
  const page = frame.contentDocument;
  if (page === null) return;
  page.documentElement.dataset["printed"] = "";
  const height = page.body.getBoundingClientRect().height;
  const widerBy = Math.max(1, frame.clientWidth / PAPER_WIDTH);
  frame.style.blockSize = `${Math.ceil(height * widerBy)}px`;
}

function headOf(message: MessageView, subject: string): HTMLElement {
  const head = document.createElement("header");
  head.className = "print-head";
  const title = head.appendChild(document.createElement("h1"));
  title.textContent = subject === "" ? words.noSubject : subject;
  title.dir = "auto";
  const list = head.appendChild(document.createElement("dl"));
  const line = (name: string, text: string): void => {
    if (text === "") return;
    list.appendChild(document.createElement("dt")).textContent = name;
    const value = list.appendChild(document.createElement("dd"));
    value.textContent = text;
    value.dir = "auto";
  };
  line(senderWords.from, people([message.from]));
  for (const field of ["to", "cc", "bcc"] as const)
    line(words.field[field], people(message[field]));
  line(words.date, fullTime(message.at));
  return head;
}

function people(list: readonly Person[]): string {
  return list
    .map(({ name, jid }) =>
      name === jid ? isolatedAddress(jid) : `${isolated(name)} <${isolatedAddress(jid)}>`,
    )
    .join(", ");
}
