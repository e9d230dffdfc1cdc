/** What a mailbox looked like when it was last left, as plain data: no markup, nothing that could run. */

import type { WindowArgs } from "../../api/contract.ts";

/** A text, or a tag with its attributes and what is in it. */
export type Part = string | [tag: string, attributes: Record<string, string>, ...inside: Part[]];

export type Picture = {
  hash: string;
  /** Rows have other heights on other screens. */
  width: number;
  theme?: string;
  /** Of the root element: the width of the list. */
  style: string;
  /** The rules of the first screen: a sheet that has to be fetched takes longer than all the rest. */
  css: string;
  /** What the list asks for: the worker can be asked before the list is there. */
  asked: WindowArgs;
  content: Part;
};

/** One a mailbox list of an account; the name begins as the snapshot's does, so that both are wiped together. */
export function pictureName(account: string): string {
  return `envoi-first:${account}:picture`;
}

/** Tags and attributes that a picture has: nothing that loads, runs or submits. */
export const TAGS = new Set(
  "div span a bdi button h1 h2 li main nav p path section svg time ul".split(" "),
);
export const ATTRIBUTE =
  /^(class|role|dir|datetime|title|tabindex|viewbox|d|type|aria-.+|data-.+)$/i;
