import { withoutHidden } from "../../base/display.ts";

/** Reserved by Windows, section "Naming Files" of its documentation. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i;

/** A file name of a stranger, made one that no file system takes for anything else. */
export function safeFileName(name: string): string {
  const plain = withoutHidden(name)
    .replaceAll(/\p{Cc}/gu, "")
    .replaceAll(/[/\\:*?"<>|]/g, "_")
    .replace(/^[.\s]+/, "")
    .replace(/[.\s]+$/, "")
    .slice(-120);
  return plain === "" || RESERVED.test(plain) ? `file ${plain}`.trim() : plain;
}

/** Hands bytes to the browser's downloads. */
export function saveFile(name: string, blob: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = safeFileName(name);
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
