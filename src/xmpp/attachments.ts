/**
 * Files that come with a message, in the forms in use: stateless file sharing (XEP-0447 0.3, metadata XEP-0446),
 * SIMS (XEP-0385 0.2), bits of binary (XEP-0231 1.1), out-of-band data (XEP-0066 1.5), files encrypted for their link (XEP-0454). One file told in two forms is
 * one file.
 */
import type { Element } from "@xmpp/xml";
import { base64ToBytes } from "../base/base64.ts";
import { dataUrlFacts } from "../base/data-url.ts";
import type { Attachment } from "../mail/received.ts";
import { SNIFF_LENGTH, sniff } from "../mail/sniff.ts";
import { cleanLine } from "./text.ts";

const NS_SFS = "urn:xmpp:sfs:0";
const NS_FILE = "urn:xmpp:file:metadata:0";
const NS_URL_DATA = "http://jabber.org/protocol/url-data";
const NS_SIMS = "urn:xmpp:sims:1";
const NS_REFERENCE = "urn:xmpp:reference:0";
const NS_JINGLE_FILE = "urn:xmpp:jingle:apps:file-transfer:5";
const NS_BOB = "urn:xmpp:bob";
const NS_OOB = "jabber:x:oob";
const NS_HASHES = "urn:xmpp:hashes:2";
const MAX_FILES = 50;
const MAX_CID = 250;
const MAX_SOURCES = 8;
/** A data: URL as long as the largest stanza any server takes, and some. */
const MAX_URL = 2 * 1024 * 1024;

export function parseAttachments(message: Element): Attachment[] {
  const files = [...sharedFiles(message), ...mediaFiles(message), ...bobFiles(message)];
  // Whoever sends thousands would have us compare each with each.
  for (const oob of message.getChildren("x", NS_OOB).slice(0, MAX_FILES)) {
    const sources = urls([oob.getChildText("url") ?? undefined]);
    const known = files.some((file) => file.sources.some((s) => sources.includes(s)));
    if (sources.length === 0 || known) continue;
    const description = cleanLine(oob.getChildText("desc") ?? "", 500);
    const name = nameFromUrl(sources[0] ?? "");
    files.push({
      sources,
      hashes: {},
      ...(name === "" ? {} : { name }),
      ...(description === "" ? {} : { description }),
    });
  }
  return files.slice(0, MAX_FILES).map(withFacts);
}

/** Bytes that came along say themselves what they are and how many. */
function withFacts(file: Attachment): Attachment {
  const url = file.sources.find((source) => source.startsWith("data:"));
  const facts = url === undefined ? undefined : dataUrlFacts(url, SNIFF_LENGTH);
  if (facts === undefined) return file;
  return { ...file, size: facts.size, sniffed: sniff(facts.head, file.mediaType).mediaType };
}

/** XEP-0447. */
function sharedFiles(message: Element): Attachment[] {
  const shared = message.getChildren("file-sharing", NS_SFS).slice(0, MAX_FILES);
  return shared.map((element) => {
    const sources = element.getChild("sources")?.getChildren("url-data", NS_URL_DATA) ?? [];
    return {
      ...fileOf(element.getChild("file", NS_FILE), urls(sources.map((s) => s.attrs["target"]))),
      ...cidOf(element.attrs["id"]),
    };
  });
}

/** XEP-0385. */
function mediaFiles(message: Element): Attachment[] {
  const references = message.getChildren("reference", NS_REFERENCE).slice(0, MAX_FILES);
  return references.flatMap((reference) => {
    const sharing = reference.getChild("media-sharing", NS_SIMS);
    if (sharing === undefined) return [];
    const sources = sharing.getChild("sources")?.getChildren("reference", NS_REFERENCE) ?? [];
    const file = sharing.getChild("file", NS_JINGLE_FILE);
    return [fileOf(file, urls(sources.map((s) => s.attrs["uri"])))];
  });
}

/** XEP-0231: bytes in the message itself, named by their hash. */
function bobFiles(message: Element): Attachment[] {
  return message
    .getChildren("data", NS_BOB)
    .slice(0, MAX_FILES)
    .flatMap((data) => {
      const type = mediaTypeOf(data.attrs["type"] ?? "") ?? "application/octet-stream";
      const base64 = data.text().replaceAll(/\s+/g, "");
      const bytes = base64.length > MAX_URL ? undefined : base64ToBytes(base64);
      if (bytes === undefined || bytes.length === 0) return [];
      const sources = urls([`data:${type};base64,${base64}`]);
      return [
        { sources, hashes: {}, mediaType: type, size: bytes.length, ...cidOf(data.attrs["cid"]) },
      ];
    });
}

/** A gateway puts the Content-ID of a part there, with or without its brackets. */
function cidOf(id: string | undefined): Pick<Attachment, "cid"> {
  const cid = cleanLine(id ?? "", MAX_CID).replace(/^<(.*)>$/, "$1");
  return cid === "" ? {} : { cid };
}

function fileOf(file: Element | undefined, sources: string[]): Attachment {
  const name = cleanLine(file?.getChildText("name") ?? "", 255) || nameFromUrl(sources[0] ?? "");
  const mediaType = mediaTypeOf(file?.getChildText("media-type") ?? "");
  const description = cleanLine(file?.getChildText("desc") ?? "", 500);
  const size = Number(file?.getChildText("size") ?? Number.NaN);
  const hashes: Record<string, string> = {};
  for (const hash of file?.getChildren("hash", NS_HASHES) ?? []) {
    const algorithm = hash.attrs["algo"];
    if (algorithm !== undefined) hashes[cleanLine(algorithm, 30)] = cleanLine(hash.text(), 200);
  }
  return {
    sources,
    hashes,
    ...(name === "" ? {} : { name }),
    ...(mediaType === undefined ? {} : { mediaType }),
    ...(Number.isSafeInteger(size) && size >= 0 ? { size } : {}),
    ...(description === "" ? {} : { description }),
  };
}

function mediaTypeOf(text: string): string | undefined {
  const type = cleanLine(text, 100).toLowerCase();
  return /^[\w.+-]+\/[\w.+-]+$/.test(type) ? type : undefined;
}

function urls(list: readonly (string | undefined)[]): string[] {
  return list
    .map((url) => url?.trim() ?? "")
    .filter(
      (url) =>
        url.length <= MAX_URL &&
        (url.startsWith("data:") || (/^(https|aesgcm):/.test(url) && URL.canParse(url))),
    )
    .slice(0, MAX_SOURCES);
}

function nameFromUrl(url: string): string {
  if (!/^(https|aesgcm):/.test(url)) return "";
  // An URL of a scheme the standard does not know keeps its host in the path.
  const last = new URL(url.replace(/^aesgcm:/, "https:")).pathname.split("/").at(-1) ?? "";
  try {
    return cleanLine(decodeURIComponent(last), 255);
  } catch {
    return cleanLine(last, 255);
  }
}
