import { expect, test } from "vitest";
import { decryptLinked, linkedFile } from "../../src/ui/reader/attachments/linked-file.ts";
import { distinctNames, fileName, nameParts } from "../../src/ui/reader/attachments/names.ts";
import { sizeWord, typeWord } from "../../src/ui/words/files.ts";

const file = (name: string, mediaType = "") => ({
  name,
  mediaType,
  where: "inline" as const,
  hashes: {},
});

test.each([
  ["../../etc/passwd", "_.._etc_passwd"],
  [".bashrc", "bashrc"],
  ["a\u202Egnp.exe", "agnp.exe"],
  ["a\u3164\u00AD.exe", "a.exe"],
  ["CON", "file CON"],
  ["nul.txt", "file nul.txt"],
  ["\u0000\u200B", "file"],
  ['x"><img onerror=alert(1)>', "x___img onerror=alert(1)_"],
  ["a\r\nContent-Type: text/html", "aContent-Type_ text_html"],
])("%j is saved as %j", (name, safe) => {
  expect(fileName(file(name))).toBe(safe);
});

test("a name of 300 characters keeps its ending, in sight and on the disk", () => {
  const name = fileName(file(`${"a".repeat(300)}.exe`));
  expect(name.length).toBeLessThanOrEqual(120);
  expect(name.endsWith(".exe")).toBe(true);
  expect(nameParts(name)[1].endsWith(".exe")).toBe(true);
});

test("without a name the type gives one", () => {
  expect(fileName(file("", "image/png"))).toBe("attachment.png");
  expect(fileName(file("", "image/jpeg"))).toBe("attachment.jpg");
  expect(fileName(file("", "text/plain"))).toBe("attachment.txt");
  expect(fileName(file("", "application/x-unheard-of"))).toBe("attachment");
});

test("two files of one name stay two", () => {
  expect(distinctNames(["a.txt", "A.txt", "a.txt", "b"])).toEqual([
    "a.txt",
    "A (2).txt",
    "a (3).txt",
    "b",
  ]);
});

test("only https and aesgcm links are followed, and the key stays out of what is asked for", async () => {
  expect(linkedFile("http://example.org/a")).toBeUndefined();
  expect(linkedFile("javascript:alert(1)")).toBeUndefined();
  expect(linkedFile("aesgcm://example.org/a#short")).toBeUndefined();
  expect(linkedFile("https://example.org/a#part")?.href).toBe("https://example.org/a");
  const key = crypto.getRandomValues(new Uint8Array(32));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const secret = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"]);
  const sealed = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv },
    secret,
    new TextEncoder().encode("hello"),
  );
  const hex = Buffer.concat([iv, key]).toString("hex");
  const link = linkedFile(`aesgcm://example.org/a.txt#${hex}`);
  expect(link?.href).toBe("https://example.org/a.txt");
  if (link?.secret === undefined) throw new Error("no secret");
  expect(await (await decryptLinked(new Blob([sealed]), link.secret))?.text()).toBe("hello");
  expect(await decryptLinked(new Blob(["nonsense"]), link.secret)).toBeUndefined();
});

test("types and sizes in words", () => {
  expect(typeWord("application/pdf")).toBe("PDF document");
  expect(typeWord("image/x-portable-bitmap")).toBe("PORTABLE-BITMAP image");
  expect(typeWord("application/octet-stream")).toBe("File");
  expect(sizeWord(999)).toBe("999 B");
  expect(sizeWord(48_123)).toBe("48 kB");
  expect(sizeWord(1_500_000)).toBe("1.5 MB");
});
