import { expect, test } from "vitest";
import { withoutFileFallback } from "../../src/mail/file-fallback.ts";

const LINK = "https://files.example.org/plan.pdf";

test("what is marked as standing for a file goes, the reply's range moves along", () => {
  const body = "😀 file\n> quoted\nAnswer\n[Attachment: plan.pdf]";
  const points = Array.from(body);
  const file = points.indexOf("[");
  expect(
    withoutFileFallback(
      {
        body,
        fallbacks: [
          { for: "urn:xmpp:sfs:0", start: 0, end: 7 },
          { for: "urn:xmpp:reply:0", start: 7, end: 16 },
          { for: "urn:xmpp:sfs:0", start: file, end: points.length },
        ],
      },
      [],
    ),
  ).toEqual({
    body: "> quoted\nAnswer",
    fallbacks: [{ for: "urn:xmpp:reply:0", start: 0, end: 9 }],
  });
});

test("a mark without offsets means all of it", () => {
  const all = { body: "plan.pdf", fallbacks: [{ for: "urn:xmpp:sfs:0" }] };
  expect(withoutFileFallback(all, []).body).toBe("");
});

test("a body that is the file's link is no text; one that names it among words is", () => {
  expect(withoutFileFallback({ body: ` ${LINK}\n`, fallbacks: [] }, [LINK]).body).toBe("");
  expect(withoutFileFallback({ body: `See ${LINK}`, fallbacks: [] }, [LINK]).body).toBe(
    `See ${LINK}`,
  );
});

test("offsets beyond the text change nothing more", () => {
  const wild = { body: "abc", fallbacks: [{ for: "jabber:x:oob", start: 2, end: 999_999_999 }] };
  expect(withoutFileFallback(wild, []).body).toBe("ab");
});
