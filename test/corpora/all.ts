/** Every payload of the folder, once. */
import blns from "./blns.json" with { type: "json" };
import dompurify from "./dompurify.json" with { type: "json" };
import { HTML_CASES } from "./html-cases.ts";
import html5lib from "./html5lib.json" with { type: "json" };

export type Payload = { name: string; text: string };

export const PAYLOADS: readonly Payload[] = [
  ...dompurify.map(({ title = "", payload }, i) => ({
    name: `dompurify ${i} ${title}`,
    text: payload,
  })),
  ...html5lib.map(({ name, input }) => ({ name: `html5lib ${name}`, text: input })),
  ...blns.map((text, i) => ({ name: `blns ${i}`, text })),
  ...HTML_CASES.map(({ name, html }) => ({ name: `own ${name}`, text: html })),
];
