/** As names are compared while somebody types: small letters without marks. */
export function folded(text: string): string {
  return text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLocaleLowerCase().trim();
}
