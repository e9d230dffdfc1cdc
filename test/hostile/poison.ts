/** Stanzas that no honest client makes, as raw text: for the wire with `say`, for an archive with `remember`. */

function message(from: string, to: string, inner: string): string {
  return `<message xmlns='jabber:client' from='${from}' to='${to}'>${inner}</message>`;
}

export type Poison = { name: string; frames: string[] };

/** One of each kind. What is more than one frame breaks RFC 7395 section 3.3.3 and belongs on the wire only. */
export function poisons(from: string, to: string): Poison[] {
  const one = (name: string, inner: string): Poison => ({
    name,
    frames: [message(from, to, inner)],
  });
  const whole = message(from, to, "<subject>split</subject><body>one half, other half</body>");
  return [
    one("a reference to NUL", "<subject>nul</subject><body>a&#0;b</body>"),
    one("a control character", "<subject>bell</subject><body>a\u0007b</body>"),
    one("half a surrogate pair", "<subject>half</subject><body>\uD83D</body>"),
    one("3,000 deep", `<subject>deep</subject><body>x</body>${deep(3000)}`),
    { name: "unclosed", frames: [whole.replace("</message>", "")] },
    { name: "two stanzas in one frame", frames: [whole + whole] },
    { name: "split over two frames", frames: [whole.slice(0, 70), whole.slice(70)] },
    one("an undeclared prefix", "<evil:subject>x</evil:subject><body>y</body>"),
    one("an attribute twice", "<body xml:lang='en' xml:lang='de'>y</body>"),
    one("250 kB of >", `<subject>long</subject><body>${"&gt;".repeat(62_500)}</body>`),
    one("250 kB of one letter", `<subject>long</subject><body>${"a".repeat(250_000)}</body>`),
    one("250 kB of templates", `<body>${"&lt;template&gt;".repeat(15_600)}</body>`),
    one("a document type", "<!DOCTYPE x [<!ENTITY a 'b'>]><body>&a;</body>"),
    { name: "not XML at all", frames: ["HTTP/1.1 400 Bad Request"] },
  ];
}

/** Elements inside each other. */
export function deep(levels: number): string {
  return "<x>".repeat(levels) + "</x>".repeat(levels);
}
