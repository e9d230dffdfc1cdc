/**
 * What a file is by its own first bytes (the signatures of the WHATWG MIME Sniffing standard, section 6, and a few
 * more). A sender's word for it is a claim. Only what a browser shows without running anything counts as image, audio
 * or video: SVG and HTML are text here.
 */

export type FileKind =
  | "image"
  | "audio"
  | "video"
  | "text"
  | "pdf"
  | "archive"
  | "program"
  | "other";

export type Sniffed = { mediaType: string; kind: FileKind };

/** Pictures made of dots: all that is ever shown as a picture. A drawing in XML is a document of its own. */
export const RASTER = ["png", "jpeg", "gif", "webp", "avif"] as const;
const RASTER_TYPES = new Set<string>(RASTER.map((name) => `image/${name}`));

export function isRaster(mediaType: string): boolean {
  return RASTER_TYPES.has(mediaType);
}

/** How many bytes of the beginning are enough. */
export const SNIFF_LENGTH = 512;

type Signature = { at?: number; bytes: string; also?: { at: number; bytes: string } };

/** `.` stands for any byte. Latin-1. */
const SIGNATURES: readonly (Signature & Sniffed)[] = [
  { bytes: "\x89PNG\r\n\x1A\n", mediaType: "image/png", kind: "image" },
  { bytes: "\xFF\xD8\xFF", mediaType: "image/jpeg", kind: "image" },
  { bytes: "GIF87a", mediaType: "image/gif", kind: "image" },
  { bytes: "GIF89a", mediaType: "image/gif", kind: "image" },
  { bytes: "RIFF", also: { at: 8, bytes: "WEBP" }, mediaType: "image/webp", kind: "image" },
  { bytes: "RIFF", also: { at: 8, bytes: "WAVE" }, mediaType: "audio/wav", kind: "audio" },
  { at: 4, bytes: "ftypavif", mediaType: "image/avif", kind: "image" },
  { at: 4, bytes: "ftypavis", mediaType: "image/avif", kind: "image" },
  { at: 4, bytes: "ftypheic", mediaType: "image/heic", kind: "other" },
  { at: 4, bytes: "ftypM4A", mediaType: "audio/mp4", kind: "audio" },
  { at: 4, bytes: "ftyp", mediaType: "video/mp4", kind: "video" },
  { bytes: "\x1A\x45\xDF\xA3", mediaType: "video/webm", kind: "video" },
  { bytes: "OggS", mediaType: "audio/ogg", kind: "audio" },
  { bytes: "fLaC", mediaType: "audio/flac", kind: "audio" },
  { bytes: "ID3", mediaType: "audio/mpeg", kind: "audio" },
  { bytes: "\xFF\xFB", mediaType: "audio/mpeg", kind: "audio" },
  { bytes: "\xFF\xF3", mediaType: "audio/mpeg", kind: "audio" },
  { bytes: "\xFF\xF1", mediaType: "audio/aac", kind: "audio" },
  { bytes: "%PDF-", mediaType: "application/pdf", kind: "pdf" },
  { bytes: "PK\x03\x04", mediaType: "application/zip", kind: "archive" },
  { bytes: "PK\x05\x06", mediaType: "application/zip", kind: "archive" },
  { bytes: "\x1F\x8B", mediaType: "application/gzip", kind: "archive" },
  { bytes: "7z\xBC\xAF\x27\x1C", mediaType: "application/x-7z-compressed", kind: "archive" },
  { bytes: "Rar!\x1A\x07", mediaType: "application/vnd.rar", kind: "archive" },
  { bytes: "\xFD7zXZ\x00", mediaType: "application/x-xz", kind: "archive" },
  { bytes: "MZ", mediaType: "application/vnd.microsoft.portable-executable", kind: "program" },
  { bytes: "\x7FELF", mediaType: "application/x-elf", kind: "program" },
  { bytes: "\xCF\xFA\xED\xFE", mediaType: "application/x-mach-binary", kind: "program" },
  { bytes: "#!", mediaType: "text/x-script", kind: "program" },
];

/** Documents that are ZIP archives inside are told by what they are declared to be, which a ZIP may be. */
const ZIP_DOCUMENT =
  /^application\/(vnd\.(openxmlformats-officedocument|oasis\.opendocument)\.[\w.-]+|epub\+zip|java-archive)$/;

/** `declared`: the sender's word, believed only where the bytes cannot tell and nothing hangs on it. */
export function sniff(bytes: Uint8Array, declared = ""): Sniffed {
  const found = SIGNATURES.find(
    (s) =>
      has(bytes, s.at ?? 0, s.bytes) &&
      (s.also === undefined || has(bytes, s.also.at, s.also.bytes)),
  );
  if (found !== undefined) {
    if (found.mediaType === "application/zip" && ZIP_DOCUMENT.test(declared))
      return { mediaType: declared, kind: "other" };
    return { mediaType: found.mediaType, kind: found.kind };
  }
  if (!isText(bytes)) return { mediaType: "application/octet-stream", kind: "other" };
  return { mediaType: textType(bytes), kind: "text" };
}

/** Pixels of a picture by its header, or undefined where that does not say. */
export function pixelsOf(bytes: Uint8Array, mediaType: string): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (mediaType === "image/png" && bytes.length >= 24)
    return view.getUint32(16) * view.getUint32(20);
  if (mediaType === "image/gif" && bytes.length >= 10)
    return view.getUint16(6, true) * view.getUint16(8, true);
  if (mediaType === "image/jpeg") return jpegPixels(view);
  if (mediaType === "image/webp" && bytes.length >= 30 && has(bytes, 12, "VP8X"))
    return (1 + int24(view, 24)) * (1 + int24(view, 27));
  return undefined;
}

/** Size stands in the frame header, after other segments (ITU-T T.81, B.2.2). */
function jpegPixels(view: DataView): number | undefined {
  for (let at = 2; at + 9 < view.byteLength && view.getUint8(at) === 0xff;) {
    const marker = view.getUint8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return view.getUint16(at + 5) * view.getUint16(at + 7);
    at += 2 + Math.max(2, view.getUint16(at + 2));
  }
  return undefined;
}

function int24(view: DataView, at: number): number {
  return view.getUint8(at) | (view.getUint8(at + 1) << 8) | (view.getUint8(at + 2) << 16);
}

function has(bytes: Uint8Array, at: number, text: string): boolean {
  if (bytes.length < at + text.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** Valid UTF-8 without control characters no text has; the last character may be cut off. */
function isText(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, SNIFF_LENGTH);
  const isPlain = (text: string): boolean =>
    // oxlint-disable-next-line no-control-regex
    !/[\u0000-\u0008\u000E-\u001A\u001C-\u001F]/.test(text);
  try {
    return isPlain(new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true }));
  } catch {
    return false;
  }
}

function textType(bytes: Uint8Array): string {
  const head = new TextDecoder().decode(bytes.subarray(0, SNIFF_LENGTH)).trimStart().toLowerCase();
  if (/^(<!doctype html|<html|<head|<body|<script|<iframe|<table|<div|<p[ >])/.test(head))
    return "text/html";
  if (head.includes("<svg")) return "image/svg+xml";
  return head.startsWith("<?xml") ? "text/xml" : "text/plain";
}

/** The first of a type is the one a file without a name gets. */
const ENDINGS: Record<string, string> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  avif: "image/avif",
  mp3: "audio/mpeg",
  m4a: "audio/mp4",
  ogg: "audio/ogg",
  opus: "audio/ogg",
  wav: "audio/wav",
  flac: "audio/flac",
  mp4: "video/mp4",
  webm: "video/webm",
  txt: "text/plain",
  log: "text/plain",
  md: "text/markdown",
  csv: "text/csv",
  ics: "text/calendar",
  html: "text/html",
  htm: "text/html",
  pdf: "application/pdf",
  zip: "application/zip",
};

/** What a file that is not here yet may be, where its sender does not say: by its name. "" where that does not tell. */
export function typeByName(name: string): string {
  return ENDINGS[/\.([a-z0-9]{2,4})$/i.exec(name)?.[1]?.toLowerCase() ?? ""] ?? "";
}

/** The usual ending of a type's files, or undefined. */
export function endingOf(mediaType: string): string | undefined {
  return Object.keys(ENDINGS).find((ending) => ENDINGS[ending] === mediaType);
}
