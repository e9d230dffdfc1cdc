/** The text of sanitised nodes, as somebody would have typed it: for "Show as plain text" and for quoting. */
const BLOCKS = new Set(
  "P DIV H1 H2 H3 H4 H5 H6 UL OL DL TABLE BLOCKQUOTE PRE FIGURE CENTER HR".split(" "),
);
const LINES = new Set("LI DT DD TR CAPTION FIGCAPTION".split(" "));

export function textOf(root: Node): string {
  const out: string[] = [];
  collect(root, out);
  return out
    .join("")
    .replaceAll(/[ \t]*\n[ \t]*/g, "\n")
    .replaceAll(/\n{3,}/g, "\n\n")
    .trim();
}

/** Depth is bounded by the scan; each picture says its `alt`, a link what it leads to where its text does not. */
function collect(node: Node, out: string[]): void {
  if (node.nodeType === Node.TEXT_NODE) {
    out.push((node.nodeValue ?? "").replaceAll(/[ \t\r\n\f]+/g, " "));
    return;
  }
  const name = node.nodeName;
  const gap = BLOCKS.has(name) ? "\n\n" : LINES.has(name) ? "\n" : "";
  if (name === "BR") out.push("\n");
  if (name === "IMG") out.push((node as Element).getAttribute("alt") ?? "");
  if (gap !== "") out.push(gap);
  if (name === "LI") out.push("- ");
  node.childNodes.forEach((child) => collect(child, out));
  if (name === "A") out.push(addressOf(node as Element));
  if (name === "TD" || name === "TH") out.push(" ");
  if (BLOCKS.has(name)) out.push("\n\n");
}

function addressOf(link: Element): string {
  const href = link.getAttribute("href") ?? "";
  const text = (link.textContent ?? "").trim();
  const isSaid = href === "" || text === href || `${text}/` === href || `mailto:${text}` === href;
  return isSaid ? "" : ` <${href}>`;
}
