/** Between people: mail of another client to a painted row, and Send to the recipient's row. */
import type { Page } from "playwright-core";
import { signIn as bareClient } from "../servers/tiny-client.ts";
import { leaveRows } from "./probes.ts";
import { median, ms, type Report } from "./report.ts";
import { type BenchStage, signIn, upToDate } from "./stage.ts";

const MAILS = 15;

/** Page and tool share a clock: both count from the same epoch. */
function now(): number {
  return performance.timeOrigin + performance.now();
}

/** When a row that names the subject was painted. */
async function rowPainted(page: Page, subject: string): Promise<number> {
  return page.evaluate(
    (wanted) =>
      new Promise<number>((resolve) => {
        const look = (): void => {
          const rows = [...document.querySelectorAll("[role=grid] [role=row]")];
          if (!rows.some((row) => row.textContent.includes(wanted))) return;
          observer.disconnect();
          void globalThis.probe.painted().then((at) => resolve(performance.timeOrigin + at));
        };
        const observer = new MutationObserver(look);
        observer.observe(document, { subtree: true, childList: true, characterData: true });
        look();
      }),
    subject,
  );
}

export async function measureArrival(
  report: Report,
  stage: BenchStage,
  page: Page,
  messages: number,
): Promise<void> {
  await page.bringToFront();
  await leaveRows(page);
  const client = await bareClient(stage.server.wsUrl, stage.server.domain, "bob", "secret", "bare");
  const times: number[] = [];
  for (let i = 0; i < MAILS; i++) {
    const subject = `Arrival ${i}.`;
    const painted = rowPainted(page, subject);
    // One at a time, on a quiet line.
    await page.waitForTimeout(400);
    const sentAt = now();
    client.send(
      `<message xmlns='jabber:client' to='ann@localhost' id='arrival-${i}'><subject>${subject}</subject><body>x</body></message>`,
    );
    times.push((await painted) - sentAt);
  }
  client.close();
  report.add("mail of another client to a painted row", messages, ms(median(times)), "150 ms");
}

/** From the key that sends to the recipient's row, both in this app; the time to undo aside. */
export async function measureSend(
  report: Report,
  stage: BenchStage,
  page: Page,
  messages: number,
): Promise<void> {
  const context = await stage.profile();
  const writer = await context.newPage();
  await signIn(writer, stage.app.url, "bob");
  await upToDate(writer);
  const times: number[] = [];
  for (let i = 0; i < MAILS; i++) {
    const subject = `Sent ${i}.`;
    await writer.getByRole("button", { name: "Compose" }).first().click();
    const composer = writer.getByRole("dialog", { name: "New message" });
    await composer.getByRole("combobox", { name: "To" }).fill("ann@localhost");
    await composer.getByRole("combobox", { name: "To" }).press("Enter");
    await composer.getByRole("textbox", { name: "Subject" }).fill(subject);
    await composer.getByRole("textbox", { name: "Message" }).fill("x");
    const painted = rowPainted(page, subject);
    const pressed = writer.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const listen = (event: KeyboardEvent): void => {
            if (event.key !== "Enter") return;
            removeEventListener("keydown", listen, true);
            resolve(performance.timeOrigin + performance.now());
          };
          addEventListener("keydown", listen, true);
        }),
    );
    await composer.getByRole("textbox", { name: "Message" }).press("Control+Enter");
    const [from, to] = await Promise.all([pressed, painted]);
    times.push(to - from);
    await composer.waitFor({ state: "detached" });
  }
  await context.close();
  report.add("Send to the recipient's row", messages, ms(median(times)), "250 ms");
}
