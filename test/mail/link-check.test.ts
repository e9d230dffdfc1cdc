import { describe, expect, test } from "vitest";
import { checkLink } from "../../src/mail/link-check.ts";
import { readPersonLink } from "../../src/mail/person-link.ts";

type Row = [what: string, href: string, text: string, kind: string, doubts?: string[]];
const LINKS: Row[] = [
  ["text that is the target", "https://bank.example/a?b=c", "https://bank.example/a?b=c", "open"],
  ["text that names nothing", "https://bank.example/", "Read more", "open"],
  ["text that names the host", "https://bank.example/login", "bank.example", "open"],
  ["text with www", "https://bank.example/login", "www.bank.example", "open"],
  ["a host below the named one", "https://docs.bank.example/", "bank.example", "open"],
  ["a file name", "https://git.example/x", "see README.md and report.pdf", "open"],
  ["a version and an abbreviation", "https://git.example/x", "v1.2.3, e.g. this", "open"],
  ["another host named", "https://evil.example/", "https://bank.example/", "ask", ["other-host"]],
  [
    "another host named without a scheme",
    "https://evil.example/",
    "bank.example",
    "ask",
    ["other-host"],
  ],
  [
    "another host within a sentence",
    "https://evil.example/",
    "Log in at bank.example now",
    "ask",
    ["other-host"],
  ],
  [
    "another host above the real one",
    "https://bank.example.evil.example/",
    "bank.example",
    "ask",
    ["other-host"],
  ],
  [
    "another host with its end in a file's",
    "https://evil.example/",
    "https://bank.zip/",
    "ask",
    ["other-host"],
  ],
  [
    "another host of full-width letters",
    "https://evil.example/",
    "ｂａｎｋ．example",
    "ask",
    ["other-host"],
  ],
  [
    "another host cut by zero-width spaces",
    "https://evil.example/",
    "ba\u200Bnk.exa\u2060mple",
    "ask",
    ["other-host"],
  ],
  ["somebody's address", "https://evil.example/", "bob@bank.example", "ask", ["other-host"]],
  [
    "user-info",
    "https://bank.example@evil.example/",
    "https://bank.example@evil.example/",
    "ask",
    ["user-info"],
  ],
  [
    "user-info with a password",
    "https://bank.example:443@evil.example/",
    "here",
    "ask",
    ["user-info"],
  ],
  ["a look-alike host", "https://аррӏе.com/", "https://аррӏе.com/", "ask", ["look-alike"]],
  ["the same in punycode", "https://xn--80ak6aa92e.com/", "here", "ask", ["look-alike"]],
  ["mixed letters", "https://bаnk.example/", "here", "ask", ["look-alike"]],
  [
    "mixed letters that look like nothing plain",
    "https://baжnk.example/",
    "here",
    "ask",
    ["mixed-letters"],
  ],
  [
    "an honest foreign host",
    "https://münchen.example/",
    "münchen.example",
    "ask",
    ["foreign-letters"],
  ],
  [
    "bidi in the text",
    "https://evil.example/",
    "moc.\u202Eelpmaxe",
    "ask",
    ["hidden", "other-host"],
  ],
  ["bidi in the path", "https://evil.example/\u202Efdp.exe", "here", "ask", ["hidden"]],
  ["bidi encoded in the path", "https://evil.example/%E2%80%AEfdp.exe", "here", "ask", ["hidden"]],
  ["a number", "http://192.0.2.7/", "here", "ask", ["number"]],
  ["a number in disguise", "http://3221225991/", "here", "ask", ["number"]],
  [
    "a number in disguise with a name",
    "http://0xC0000207/",
    "bank.example",
    "ask",
    ["number", "other-host"],
  ],
  ["IPv6", "http://[2001:db8::1]/", "here", "ask", ["number"]],
  ["a backslash", "https://evil.example\\@bank.example/", "here", "open"],
  ["a telephone", "tel:+15550100", "call", "ask", ["telephone"]],
  ["javascript", "javascript:alert(1)", "here", "refuse"],
  ["javascript with a line end", "java\nscript:alert(1)", "here", "refuse"],
  ["data", "data:text/html,<script>1</script>", "here", "refuse"],
  ["blob", "blob:https://bank.example/1", "here", "refuse"],
  ["file", "file:///etc/passwd", "here", "refuse"],
  ["an app of the computer's", "ms-word:ofe|u|https://evil.example", "here", "refuse"],
  ["no address", "not a link", "here", "refuse"],
  ["a path within the app", "#/settings", "here", "refuse"],
  ["nothing", "", "here", "refuse"],
  ["mailto", "mailto:bob@bank.example", "bob", "write"],
  ["xmpp", "xmpp:bob@bank.example?message;body=Hi", "bob", "write"],
  ["mailto to nobody", "mailto:?subject=x", "x", "refuse"],
];

describe("where links lead", () => {
  test.each(LINKS)("%s: %s", (_what, href, text, kind, doubts) => {
    const verdict = checkLink(href, text);
    expect(verdict.kind).toBe(kind);
    if (verdict.kind === "ask") expect(verdict.doubts.map((d) => d.kind)).toEqual(doubts);
  });

  test("the true host is told in both spellings", () => {
    const verdict = checkLink("https://bank.example@аррӏе.com/", "bank.example");
    expect(verdict).toMatchObject({
      kind: "ask",
      host: { ascii: "xn--80ak6aa92e.com", unicode: "аррӏе.com" },
      doubts: [
        { kind: "user-info", shown: "bank.example" },
        { kind: "look-alike", looksLike: "apple.com" },
        { kind: "other-host", named: "bank.example" },
      ],
    });
  });

  test("texts made to be slow are not", () => {
    for (const text of [
      "a.".repeat(50_000),
      "a@".repeat(50_000),
      "a".repeat(100_000),
      "-.".repeat(50_000),
    ])
      expect(["open", "ask"]).toContain(checkLink("https://bank.example/", text).kind);
  });
});

describe("links to people only fill in", () => {
  const bob = ["bob@bank.example"];
  test.each([
    ["mailto:bob@bank.example", { to: bob }],
    ["MAILTO:bob%40bank.example", { to: bob }],
    [
      "mailto:bob@bank.example?subject=a+b%0D%0ABcc:%20x@evil.example",
      { to: bob, subject: "a+b Bcc: x@evil.example" },
    ],
    ["mailto:bob@bank.example?body=one%0D%0Atwo%00%E2%80%AE", { to: bob, body: "one\ntwo" }],
    [
      "mailto:bob@bank.example?bcc=x@evil.example&cc=ann@bank.example",
      { to: bob, cc: ["ann@bank.example"] },
    ],
    ["mailto:bob@bank.example,ann@bank.example", { to: [...bob, "ann@bank.example"] }],
    ["xmpp:bob@bank.example", { to: bob }],
    [
      "xmpp:bob@bank.example/desk?message;subject=Hello;body=a%20b",
      { to: bob, subject: "Hello", body: "a b" },
    ],
    ["xmpp://me@here.example/bob@bank.example?message;body=x", { to: bob, body: "x" }],
    ["xmpp:bob@bank.example?remove", { to: bob }],
    ["xmpp:bob@bank.example?subscribe;body=x", { to: bob }],
    ["xmpp:bob@bank.example?command;node=x;action=execute", { to: bob }],
    ["xmpp:bob@bank.example#?message;body=x", { to: bob }],
  ])("%s", (href, link) => {
    expect(readPersonLink(href)).toEqual({ cc: [], subject: "", body: "", ...link });
  });

  test.each(["mailto:", "xmpp:", "xmpp:?message;body=x", "mailto:a%40b@c@d", "mailto:%E0%A4%A"])(
    "%s names nobody",
    (href) => {
      expect(readPersonLink(href)).toBeUndefined();
    },
  );

  test("long ones are cut", () => {
    const link = readPersonLink(
      `mailto:bob@bank.example?subject=${"s".repeat(9000)}&body=${"b".repeat(90_000)}`,
    );
    expect(link?.subject.length).toBe(500);
    expect(link?.body.length).toBe(8000);
  });
});
