/** QR codes (ISO/IEC 18004) as drawings and as files. Black on white in every theme: scanners expect that. */
import encode from "qr";
import { createMemo, Show, type JSX } from "solid-js";
import { escapeText } from "../../base/escape-xml.ts";
import { shareWords } from "../words/share.ts";
import "./qr-code.css";

/** The quiet zone around it, in modules. */
const BORDER = 4;
/** px */
const PNG_SIZE = 1024;

export type QrDrawing = { size: number; path: string };

/** Undefined where the text is more than a code can hold. */
export function drawQr(text: string): QrDrawing | undefined {
  const rows = modulesOf(text, "medium") ?? modulesOf(text, "low");
  if (rows === undefined) return undefined;
  const path = rows.flatMap((row, y) => runsOf(row).map(([x, n]) => `M${x} ${y}h${n}v1h-${n}z`));
  return { size: rows.length, path: path.join("") };
}

function modulesOf(text: string, ecc: "medium" | "low"): boolean[][] | undefined {
  try {
    return encode(text, "raw", { ecc, border: BORDER });
  } catch {
    return undefined;
  }
}

/** Where each run of dark modules begins, and how long it is. */
function runsOf(row: readonly boolean[]): [number, number][] {
  const runs: [number, number][] = [];
  row.forEach((dark, x) => {
    const last = runs.at(-1);
    if (!dark) return;
    if (last !== undefined && last[0] + last[1] === x) last[1]++;
    else runs.push([x, 1]);
  });
  return runs;
}

export function QrCode(props: { text: string; label: string }): JSX.Element {
  const drawing = createMemo(() => drawQr(props.text));
  return (
    <Show when={drawing()} fallback={<p class="qr-too-long">{shareWords.tooLong}</p>}>
      {(drawn) => (
        <svg
          class="qr-code"
          role="img"
          aria-label={props.label}
          viewBox={`0 0 ${drawn().size} ${drawn().size}`}
          shape-rendering="crispEdges"
        >
          <path d={drawn().path} />
        </svg>
      )}
    </Show>
  );
}

/** A file that needs nothing else. */
export function svgFile({ size, path }: QrDrawing, title: string): Blob {
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges">` +
    `<title>${escapeText(title)}</title><path fill="#fff" d="M0 0h${size}v${size}H0z"/><path d="${path}"/></svg>\n`;
  return new Blob([svg], { type: "image/svg+xml" });
}

/** Null where the browser has no room for the picture. */
export function pngFile({ size, path }: QrDrawing): Promise<Blob | null> {
  const scale = Math.ceil(PNG_SIZE / size);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size * scale;
  const context = canvas.getContext("2d");
  if (context === null) return Promise.resolve(null);
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.scale(scale, scale);
  context.fillStyle = "#000";
  context.fill(new Path2D(path));
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}
