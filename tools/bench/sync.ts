/** The archive, from the first sign-in until all of it is here, beside a client that looks at nothing. */
import type { Page } from "playwright-core";
import type { Server } from "../servers/server.ts";
import { signIn as bareClient } from "../servers/tiny-client.ts";
import { ms, type Report } from "./report.ts";
import { type BenchStage, signIn, upToDate } from "./stage.ts";
import { watchTasks } from "./tasks.ts";

const PAGE = 50;
const MOST_BARE = 10_000;
/** Of the first sign-in, ms. */
const WATCHED_MS = 30_000;

export async function measureSync(
  report: Report,
  stage: BenchStage,
  page: Page,
  messages: number,
): Promise<void> {
  const before = await bareRate(stage.server, messages);
  await signIn(page, stage.app.url);
  const startedAt = performance.now();
  await upToDate(page);
  const rate = (messages / (performance.now() - startedAt)) * 1000;
  const after = await bareRate(stage.server, messages);
  const bare = (before + after) / 2;
  report.add(
    "archive sync / a bare client, messages a second",
    messages,
    `${rate.toFixed(0)} / ${bare.toFixed(0)} = ${(rate / bare).toFixed(2)}`,
    "0.85",
  );
  await measureTasks(report, stage, messages);
}

/** In a profile of its own: watching the tasks of a browser costs it something. */
async function measureTasks(report: Report, stage: BenchStage, messages: number): Promise<void> {
  const context = await stage.profile();
  const page = await context.newPage();
  const watched = await watchTasks(page);
  await signIn(page, stage.app.url);
  await Promise.race([upToDate(page), page.waitForTimeout(WATCHED_MS)]);
  const { work, wall } = await watched();
  await context.close();
  report.add(
    "longest task of the page while syncing: work, with waiting for the processor",
    messages,
    `${ms(work)}, ${ms(wall)}`,
    "50 ms",
  );
}

/** A WebSocket that pages the same archive back and looks at nothing but where a page ends. */
async function bareRate(server: Server, messages: number): Promise<number> {
  const client = await bareClient(server.wsUrl, server.domain, "ann", "secret");
  const startedAt = performance.now();
  let before = "";
  let seen = 0;
  for (let page = 0; seen < Math.min(messages, MOST_BARE); page++) {
    const set = `<set xmlns='http://jabber.org/protocol/rsm'><max>${PAGE}</max><before>${before}</before></set>`;
    const fin = await client.iq(
      `<iq type='set' id='p${page}'><query xmlns='urn:xmpp:mam:2'>${set}</query></iq>`,
    );
    seen += client.frames.length - 1;
    client.frames.length = 0;
    before = /<first[^>]*>([^<]+)</.exec(fin)?.[1] ?? "";
    if (before === "" || /complete=['"]true/.test(fin)) break;
  }
  client.close();
  return (seen / (performance.now() - startedAt)) * 1000;
}
