import { type Element, xml } from "@xmpp/xml";
import { expect, test } from "vitest";
import { bytesToBase64 } from "../../src/base/base64.ts";
import type { Jid } from "../../src/mail/address.ts";
import { fetchAvatar } from "../../src/xmpp/profile.ts";
import type { Session } from "../../src/xmpp/session.ts";
import { StanzaError } from "../../src/xmpp/stanza-error.ts";

const bob = "bob@x.test" as Jid;
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a];

/** A session whose server answers with these, or with an error. */
function session(answers: { pep?: number[]; vcard?: number[] }): Session {
  const iq = async ({ child }: { child: Element }): Promise<Element> => {
    const isVcard = child.name === "vCard";
    const bytes = isVcard ? answers.vcard : answers.pep;
    if (bytes === undefined) throw new StanzaError({ type: "cancel", condition: "item-not-found" });
    const text = bytesToBase64(new Uint8Array(bytes));
    return isVcard
      ? xml(
          "iq",
          {},
          xml("vCard", { xmlns: "vcard-temp" }, xml("PHOTO", {}, xml("BINVAL", {}, text))),
        )
      : xml(
          "iq",
          {},
          xml(
            "pubsub",
            { xmlns: "http://jabber.org/protocol/pubsub" },
            xml("items", {}, xml("item", {}, xml("data", { xmlns: "urn:xmpp:avatar:data" }, text))),
          ),
        );
  };
  return { jid: "me@example.org" as Jid, iq } as unknown as Session;
}

test("the published picture counts, else the vCard's, else none", async () => {
  expect(await fetchAvatar(session({ pep: PNG, vcard: [0xff, 0xd8, 0xff] }), bob)).toMatchObject({
    type: "image/png",
  });
  expect(await fetchAvatar(session({ vcard: [0xff, 0xd8, 0xff, 0] }), bob)).toMatchObject({
    type: "image/jpeg",
  });
  expect(await fetchAvatar(session({}), bob)).toBeUndefined();
});

test.each([
  ["SVG", Array.from("<svg onload='x'/>", (c) => c.charCodeAt(0))],
  ["a page", Array.from("<!doctype html>", (c) => c.charCodeAt(0))],
  ["nothing", []],
  ["more than 64 KiB", [...PNG, ...Array.from({ length: 64 * 1024 }, () => 0)]],
])("%s is no picture, whatever it says it is", async (_what, bytes) => {
  expect(await fetchAvatar(session({ pep: bytes, vcard: bytes }), bob)).toBeUndefined();
});
