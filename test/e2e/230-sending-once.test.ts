/** Sending exactly once while the server does what it should not: F3, F4, F6, F18 and F25 of the fault matrix. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { noFaults } from "../hostile/faults.ts";
import {
  type Account,
  type HostileStage,
  row,
  settled,
  signIn,
  startHostileStage,
  write,
} from "./stage.ts";
import { rowsOf } from "./storage.ts";

let stage: HostileStage;
beforeAll(async () => {
  stage = await startHostileStage();
});
afterAll(() => stage.close());
beforeEach(() => void Object.assign(stage.server.faults, noFaults()));

async function pair(): Promise<{ ann: Account; ben: Account; page: Page }> {
  const [ann, ben] = [await stage.account("ann"), await stage.account("ben")];
  const page = await signIn(await stage.profile(), stage.app.url, ann);
  await settled(page);
  return { ann, ben, page };
}

/** Subjects of what the server took for somebody, in order, as often as it took them. */
function taken({ address }: Account): string[] {
  return stage.server.log.accepted
    .filter(({ to }) => to === address)
    .map(({ text }) => /<subject>([^<]*)/.exec(text)?.[1] ?? "");
}

/** Opens a conversation of the Sent mailbox and waits for what it says of itself. */
async function says(page: Page, subject: string, word: string | RegExp): Promise<void> {
  const heading = page.getByRole("heading", { level: 2, name: subject, exact: true });
  await page.getByRole("link", { name: /^Sent/ }).click();
  await expect
    .poll(async () => {
      // A row that is drawn anew under the pointer does not get the click.
      await row(page, subject).click();
      return heading.isVisible();
    }, patiently)
    .toBe(true);
  await page.locator(".delivery").getByText(word, { exact: true }).first().waitFor();
}

function cut({ address }: Account): void {
  for (const connection of stage.server.connectionsOf(address)) connection.cut();
}

/** Of all values kept, the stream's (store/rows.ts `StreamRow`). */
const isStreamOnline = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "online" in value && value.online === true;

const patiently = { timeout: 30_000 };
const subjects = ["One", "Two", "Three", "Four", "Five"];

test("F3: the socket drops with five unacknowledged, two of them taken: the other three go again, in order", async () => {
  const { ann, ben, page } = await pair();
  const { server } = stage;
  // The cable swallows everything behind the second message, both ways.
  let arrived = 0;
  const [broken] = server.connectionsOf(ann.address);
  server.on((frame) => {
    if (frame.connection !== broken) return false;
    if (frame.is("message")) arrived++;
    return arrived > 2;
  });
  server.onWrite((text, connection) =>
    connection === broken && arrived > 0 && text.startsWith("<a ") ? [] : undefined,
  );
  const resumes: string[] = [];
  const watch = server.on((frame) => {
    if (frame.is("resume")) resumes.push(frame.text);
  });
  for (const subject of subjects) await write(page, { to: [ben.address], subject, body: "Hi" });
  await expect.poll(() => taken(ben), patiently).toEqual(["One", "Two"]);
  cut(ann);
  await expect.poll(() => taken(ben), patiently).toEqual(subjects);
  for (const subject of subjects) await says(page, subject, "Sent");
  expect(resumes).toHaveLength(1);
  watch();
  expect(taken(ben)).toEqual(subjects);
});

test("F3: another tab takes the stream over when the first one dies, presence, roster and features stand", async () => {
  const [ann, ben] = [await stage.account("ann"), await stage.account("ben")];
  const context = await stage.profile();
  const page = await signIn(context, stage.app.url, ann);
  await settled(page);
  const other = await context.newPage();
  await other.goto(stage.app.url);
  await settled(other);
  // Names and the like are asked for beside the mail; before they are here the next holder asks again, and has to.
  const isOnline = async (): Promise<boolean> => {
    const rows = await rowsOf(page, `envoi:${ann.address}`, "meta");
    return rows.some(isStreamOnline);
  };
  await expect.poll(isOnline, patiently).toBe(true);
  const { server } = stage;
  server.faults.mute.add("sm");
  await page.bringToFront();
  await write(page, { to: [ben.address], subject: "From a tab that dies", body: "Hi" });
  await expect.poll(() => taken(ben), patiently).toEqual(["From a tab that dies"]);
  server.faults.mute.clear();
  const asked: string[] = [];
  const stop = server.on((frame) => {
    if (frame.is("iq") || frame.is("presence") || frame.is("resume")) asked.push(frame.text);
  });
  await page.close();
  await other.bringToFront();
  await says(other, "From a tab that dies", "Sent");
  stop();
  expect(asked.filter((text) => text.startsWith("<resume"))).toHaveLength(1);
  expect(asked.filter((text) => /jabber:iq:roster|disco#info|<presence/.test(text))).toEqual([]);
  expect(taken(ben)).toEqual(["From a tab that dies"]);
});

test.each([
  ["taken", true],
  ["not taken", false],
])(
  "F4: the stream is refused after the socket dropped with a message that was %s",
  async (what, isTaken) => {
    const { ann, ben, page } = await pair();
    const { server } = stage;
    const subject = `Refused, ${what}`;
    server.faults.mute.add("sm");
    let seen = false;
    const stop = server.on((frame) => {
      if (!frame.is("message")) return false;
      seen = true;
      return !isTaken;
    });
    await write(page, { to: [ben.address], subject, body: "Hi" });
    await expect.poll(() => seen, patiently).toBe(true);
    stop();
    server.faults.mute.clear();
    // As after a restart: every session is forgotten, the archive is not.
    server.restart();
    await says(page, subject, "Sent");
    await settled(page);
    expect(taken(ben)).toEqual([subject]);
    expect(ann.address).not.toBe("");
  },
);

test.each([
  ["more than was sent", (h: number) => h + 5],
  ["nothing that is a number", () => "NaN"],
  ["2^32", () => 2 ** 32],
])(
  "F6: a server that acknowledges %s is closed with handled-count-too-high",
  async (what, ackOf) => {
    const { ben, page } = await pair();
    const { server } = stage;
    const subject = `Counted wrong, ${what}`;
    let isLost = true;
    const swallow = server.on((frame) => frame.is("message") && isLost);
    let reproach = "";
    const listen = server.on((frame) => {
      if (frame.text.includes("handled-count-too-high")) reproach = frame.text;
    });
    server.faults.ackOf = ackOf;
    await write(page, { to: [ben.address], subject, body: "Hi" });
    await expect.poll(() => reproach, patiently).toContain("stream:error");
    // Nothing was taken, so nothing may be called sent.
    await page.getByRole("link", { name: /^Outbox/ }).click();
    await row(page, new RegExp(`${subject.replace("^", "\\^")}.*(Waiting|Sending)`)).waitFor();
    isLost = false;
    server.faults.ackOf = undefined;
    await says(page, subject, "Sent");
    swallow();
    listen();
    expect(taken(ben)).toEqual([subject]);
  },
);

test("F18: more than the server takes is refused before it is sent, with both sizes, and the text stays", async () => {
  const { ben, page } = await pair();
  await page.getByRole("button", { name: "Compose" }).first().click();
  const composer = page.getByRole("dialog", { name: "New message" });
  await composer.getByRole("combobox", { name: "To" }).fill(ben.address);
  await composer.getByRole("textbox", { name: "Subject" }).fill("A book");
  const book = "&".repeat(60_000);
  await composer.getByRole("textbox", { name: "Message" }).fill(book);
  await composer.getByRole("button", { name: "Send" }).click();
  await composer
    .getByRole("alert")
    .getByText(/301 kB.*259 kB/)
    .waitFor();
  expect(await composer.getByRole("textbox", { name: "Message" }).inputValue()).toBe(book);
  expect(taken(ben)).toEqual([]);
});

test("F18: a server that closes over a message: that one is marked, the others go on, the limit is kept", async () => {
  const { ben, page } = await pair();
  const { server } = stage;
  let refusals = 0;
  const stop = server.on((frame) => {
    if (!frame.is("message") || frame.text.length < 30_000) return false;
    refusals++;
    frame.connection.fail("policy-violation", "stanza too large");
    return true;
  });
  const body = "x".repeat(40_000);
  await write(page, { to: [ben.address], subject: "Before", body: "Hi" });
  await write(page, { to: [ben.address], subject: "Too much", body });
  await write(page, { to: [ben.address], subject: "After", body: "Hi" });
  await page.getByRole("link", { name: /^Outbox/ }).click();
  await row(page, /Too much.*Not sent/).click();
  await page.getByText("Not sent: Too large for the server").waitFor();
  await page.getByRole("article").getByRole("button", { name: "Technical details" }).click();
  await page.getByText(/too-large: 40\d\d\d of/).waitFor();
  for (const subject of ["Before", "After"]) await says(page, subject, "Sent");
  expect(taken(ben)).toEqual(["Before", "After"]);
  expect(refusals).toBe(1);
  await page.getByRole("button", { name: "Compose" }).first().click();
  const composer = page.getByRole("dialog", { name: "New message" });
  await composer.getByRole("combobox", { name: "To" }).fill(ben.address);
  await composer.getByRole("textbox", { name: "Message" }).fill(body);
  await composer.getByRole("button", { name: "Send" }).click();
  await composer.getByRole("alert").getByText(/41 kB/).waitFor();
  stop();
  expect(refusals).toBe(1);
});

function bounce(from: string, condition: string, id?: string, more = ""): string {
  const about = id === undefined ? "" : ` id='${id}'`;
  return `<message xmlns='jabber:client' type='error' from='${from}'${about}>${more}<error type='cancel'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>`;
}

test("F25: late bounces find their message by id, by what they quote, or are shown as what they are", async () => {
  const { ann, ben, page } = await pair();
  const { server } = stage;
  const idOf = (subject: string): string =>
    server.log.accepted.find(({ text }) => text.includes(`<subject>${subject}<`))?.id ?? "";
  for (const subject of ["By id", "By quote", "Not meant"])
    await write(page, { to: [ben.address], subject, body: `Text of ${subject}` });
  for (const subject of ["By id", "By quote", "Not meant"]) await says(page, subject, "Sent");

  // A stranger knows the id, and changes nothing.
  server.say(ann.address, bounce("evil@elsewhere.example", "item-not-found", idOf("Not meant")));
  server.say(ann.address, bounce(ben.address, "item-not-found", idOf("By id")));
  await says(page, "By id", "Not sent: There is no such address");
  const quote = "<subject>By quote</subject><body>Text of By quote</body>";
  server.say(ann.address, bounce(ben.address, "remote-server-timeout", undefined, quote));
  await says(page, "By quote", "Not sent: Their server could not be reached");
  await page.getByRole("article").getByRole("button", { name: "Technical details" }).click();
  await page.getByText(`${ben.address}: remote-server-timeout`).waitFor();
  await says(page, "Not meant", "Sent");

  server.say(ann.address, bounce(ben.address, "forbidden", undefined, "<body>Whatever</body>"));
  await page.getByRole("link", { name: /^Inbox/ }).click();
  await row(page, /Whatever/).click();
  await page
    .getByRole("note", { name: "Returned message" })
    .getByText(/does not accept it/)
    .waitFor();
  await says(page, "Not meant", "Sent");

  // It can be sent again, and then it is not doubled: the recipient sees one id.
  await says(page, "By id", "Not sent: There is no such address");
  await page.getByRole("button", { name: "Retry" }).click();
  await says(page, "By id", "Sent");
  expect(server.log.timesAccepted(idOf("By id"), ben.address)).toBe(2);
});

test("the server hears whether somebody looks, where it wants to know", async () => {
  const { server } = stage;
  const csi = "<csi xmlns='urn:xmpp:csi:0'/></stream:features>";
  server.onWrite((text) =>
    text.includes("<bind xmlns=") && text.startsWith("<stream:features")
      ? [text.replace("</stream:features>", csi)]
      : undefined,
  );
  const heard: string[] = [];
  server.on((frame) => {
    if (frame.is("active") || frame.is("inactive")) heard.push(frame.element.name);
  });
  const { page } = await pair();
  const look = (state: "hidden" | "visible"): Promise<void> =>
    page.evaluate((now) => {
      Object.defineProperty(document, "visibilityState", { value: now, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, state);
  await look("hidden");
  await expect.poll(() => heard, patiently).toEqual(["inactive"]);
  await look("visible");
  await expect.poll(() => heard, patiently).toEqual(["inactive", "active"]);
});
