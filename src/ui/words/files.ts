/** Words about files that came with a message. */
import type { FileKind } from "../../mail/sniff.ts";

export type FileProblem =
  | "gone"
  | "unreachable"
  | "not-readable"
  | "too-large"
  | "damaged"
  | "unsafe-link"
  | "not-included";

const TYPES: Record<string, string> = {
  "image/png": "PNG image",
  "image/jpeg": "JPEG image",
  "image/gif": "GIF image",
  "image/webp": "WebP image",
  "image/avif": "AVIF image",
  "image/heic": "HEIC image",
  "image/svg+xml": "SVG drawing",
  "audio/mpeg": "MP3 audio",
  "audio/mp4": "MPEG-4 audio",
  "audio/ogg": "Ogg audio",
  "audio/wav": "WAV audio",
  "video/mp4": "MPEG-4 video",
  "video/webm": "WebM video",
  "application/pdf": "PDF document",
  "application/zip": "ZIP archive",
  "application/gzip": "gzip archive",
  "application/x-7z-compressed": "7z archive",
  "application/vnd.rar": "RAR archive",
  "application/vnd.microsoft.portable-executable": "Windows program",
  "application/x-elf": "Linux program",
  "application/x-mach-binary": "macOS program",
  "text/x-script": "Script",
  "text/plain": "Text",
  "text/csv": "CSV table",
  "text/calendar": "Calendar",
  "text/html": "Web page",
  "text/markdown": "Markdown text",
  "text/vcard": "Contact",
  "text/xml": "XML text",
  "application/json": "JSON text",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word document",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel table",
  "application/vnd.openxmlformats-officedocument.presentationml.presentation": "PowerPoint slides",
  "application/vnd.oasis.opendocument.text": "OpenDocument text",
  "application/vnd.oasis.opendocument.spreadsheet": "OpenDocument table",
};

const KINDS: Record<FileKind, string> = {
  image: "Image",
  audio: "Audio",
  video: "Video",
  text: "Text",
  pdf: "PDF document",
  archive: "Archive",
  program: "Program",
  other: "File",
};

export const fileWords = {
  list: "Attachments",
  unnamed: "attachment",
  download: (name: string) => `Download ${name}`,
  preview: (name: string) => `Preview ${name}`,
  downloading: (name: string) => `Downloading ${name}`,
  cancel: "Cancel",
  close: "Close",
  downloadIt: "Download",
  downloadAnyway: "Download anyway",
  openInBrowser: "Open in browser",
  saveAll: "Save all",
  savingAll: (done: number, total: number) => `Saving ${done} of ${total}`,
  savedSome: (done: number, total: number) =>
    `${done} of ${total} files saved. The others could not be fetched.`,
  archiveName: "attachments.zip",
  loading: "Loading …",
  noPicture: "This picture cannot be shown. It can be downloaded.",
  textCut: (shown: string) => `The first ${shown} of it.`,
  program: "A program. Open it only if you know why it was sent.",
  differs: (declared: string) => `Its sender calls it ${declared}.`,
  changed: "Not the file its sender described: its check sum differs.",
  problem: {
    gone: (host: string) => `${host} does not have this file any more.`,
    unreachable: (host: string) => `${host} could not be reached. Try again later.`,
    "not-readable": (host: string) =>
      `${host} does not let web pages read this file. It can be opened by itself:`,
    "too-large": () => "This file is too large to be opened here. It can be opened by itself:",
    damaged: () => "This file is damaged: its bytes make no sense.",
    "unsafe-link": () => "The link to this file is not one Envoi follows.",
    "not-included": () => "This file was named, but not included.",
  } satisfies Record<FileProblem, (host: string) => string>,
};

/** "PDF document"; for a type without a word of its own, its ending or kind. */
export function typeWord(mediaType: string): string {
  const known = TYPES[mediaType];
  if (known !== undefined) return known;
  const [top = "", sub = ""] = mediaType.split("/");
  if (sub === "" || sub === "octet-stream") return "File";
  const kind = (KINDS as Record<string, string | undefined>)[top];
  const short = (sub.split(".").at(-1) ?? sub).replace(/^x-/, "");
  return kind === undefined ? short.toUpperCase() : `${short.toUpperCase()} ${kind.toLowerCase()}`;
}

/** Decimal units, as file managers show them; "" where it is not known. */
export function sizeWord(bytes: number | undefined): string {
  if (bytes === undefined) return "";
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} kB`;
  if (bytes < 1_000_000_000) return `${(bytes / 1_000_000).toFixed(1)} MB`;
  return `${(bytes / 1_000_000_000).toFixed(1)} GB`;
}
