/**
 * The bytes of an attachment, from wherever they are, and what is known of them then. Nothing is fetched from the
 * network before a person asks for it; nothing is ever opened as the type its sender says.
 */
import type { ApiClient } from "../../../api/client.ts";
import type { AttachmentView } from "../../../api/contract.ts";
import { SNIFF_LENGTH, sniff, type Sniffed } from "../../../mail/sniff.ts";
import type { FileProblem } from "../../words/files.ts";
import { readLimited } from "../read-limited.ts";
import { decryptLinked, type LinkedFile, linkedFile } from "./linked-file.ts";

export type GotFile =
  | {
      ok: true;
      /** application/octet-stream: of another type it could act as us. */
      blob: Blob;
      sniffed: Sniffed;
      /** Against what its sender says it hashes to. */
      check: "right" | "wrong" | "none";
    }
  | { ok: false; problem: FileProblem; detail: string; host: string };

export type Asked = {
  api: ApiClient;
  /** Key of the message and number of the attachment. */
  key: number;
  index: number;
  file: AttachmentView;
  /** Share that is here, 0 to 1; undefined where nobody knows the whole. */
  onProgress?: (share: number | undefined) => void;
  signal?: AbortSignal;
};

/** More than this is no mail any more. Bytes. */
const MAX_BYTES = 256 * 1024 * 1024;
/** Files that came once are not asked for again while the reader is open. */
const CACHED = 12;
const cache = new Map<string, GotFile>();

/** Rejects with an AbortError where the signal says so, else never. */
export async function getFile(asked: Asked): Promise<GotFile> {
  const name = `${asked.key} ${asked.index} ${asked.file.url ?? ""}`;
  const known = cache.get(name);
  if (known !== undefined) return known;
  const got = await fetchFile(asked);
  if (got.ok) {
    cache.set(name, got);
    const oldest = cache.keys().next().value;
    if (cache.size > CACHED && oldest !== undefined) cache.delete(oldest);
  }
  return got;
}

/** Those that need the network are told apart from those that are here. */
export function isHere(file: AttachmentView): boolean {
  return file.where === "inline";
}

async function fetchFile(asked: Asked): Promise<GotFile> {
  const { api, key, index, file } = asked;
  if (file.where === "inline") {
    const inline = await api.run("attachment", { key, index }).catch(() => null);
    if (inline === null) return { ok: false, problem: "damaged", detail: "", host: "" };
    return described(inline.blob, file);
  }
  const link = file.url === undefined ? undefined : linkedFile(file.url);
  if (link === undefined) {
    const problem = file.url === undefined ? "not-included" : "unsafe-link";
    return { ok: false, problem, detail: file.url ?? "", host: "" };
  }
  const got = await download(link, asked);
  if (!(got instanceof Blob)) return got;
  const blob = link.secret === undefined ? got : await decryptLinked(got, link.secret);
  if (blob === undefined)
    return { ok: false, problem: "damaged", detail: "decryption failed", host: link.host };
  return described(blob, file);
}

async function download(link: LinkedFile, asked: Asked): Promise<Blob | (GotFile & { ok: false })> {
  const fail = (problem: FileProblem, detail: string): GotFile & { ok: false } => ({
    ok: false,
    problem,
    detail,
    host: link.host,
  });
  try {
    const response = await fetch(link.href, {
      credentials: "omit",
      referrerPolicy: "no-referrer",
      cache: "no-store",
      ...(asked.signal === undefined ? {} : { signal: asked.signal }),
    });
    if ([401, 403, 404, 410].includes(response.status)) return fail("gone", statusOf(response));
    if (!response.ok) return fail("unreachable", statusOf(response));
    return (await readAll(response, asked)) ?? fail("too-large", statusOf(response));
  } catch (error) {
    if (asked.signal?.aborted === true) throw error;
    // Either nothing answers, or what answers forbids reading (CORS); an answer nobody may read tells which.
    const answers = await fetch(link.href, { method: "HEAD", mode: "no-cors", credentials: "omit" })
      .then(() => true)
      .catch(() => false);
    return fail(answers ? "not-readable" : "unreachable", String(error));
  }
}

/** Undefined where it is too much. */
async function readAll(response: Response, asked: Asked): Promise<Blob | undefined> {
  const total = Number(response.headers.get("content-length") ?? Number.NaN) || asked.file.size;
  if (total !== undefined && total > MAX_BYTES) return undefined;
  const parts = await readLimited(response, MAX_BYTES, (length) =>
    asked.onProgress?.(total === undefined ? undefined : Math.min(1, length / total)),
  );
  return parts === undefined ? undefined : new Blob(parts, { type: "application/octet-stream" });
}

async function described(blob: Blob, file: AttachmentView): Promise<GotFile> {
  const head = new Uint8Array(await blob.slice(0, SNIFF_LENGTH).arrayBuffer());
  return {
    ok: true,
    blob,
    sniffed: sniff(head, file.declared ?? file.mediaType),
    check: await checked(blob, file.hashes),
  };
}

/** Names of XEP-0300 that WebCrypto knows, best first. */
const ALGORITHMS = { "sha-512": "SHA-512", "sha-256": "SHA-256", "sha-1": "SHA-1" };

async function checked(
  blob: Blob,
  hashes: Readonly<Record<string, string>>,
): Promise<"right" | "wrong" | "none"> {
  for (const [name, algorithm] of Object.entries(ALGORITHMS)) {
    const said = hashes[name];
    if (said === undefined) continue;
    const digest = new Uint8Array(await crypto.subtle.digest(algorithm, await blob.arrayBuffer()));
    return btoa(String.fromCharCode(...digest)) === said.replaceAll(/\s/g, "") ? "right" : "wrong";
  }
  return "none";
}

function statusOf(response: Response): string {
  return `${response.status} ${response.statusText}`;
}
