import { readdirSync } from "node:fs";
import { join } from "node:path";
import { playwright } from "@vitest/browser-playwright";
import solid from "vite-plugin-solid";
import { defineConfig } from "vitest/config";
import { chromiumLaunch } from "./tools/chromium.ts";
import { inlineRuntime } from "./tools/vite/inline-runtime.ts";
import { leanXml } from "./tools/vite/lean-xml.ts";
import { stages } from "./tools/vite/stages.ts";
import { trustedTemplates } from "./tools/vite/trusted-templates.ts";

const PAGE = stages("main.tsx", {
  app: ["ui/app.tsx"],
  "sign-in": ["ui/sign-in/signed-out.tsx"],
  // What the card of a link shares with the mail, so that the one does not wait for all of the other.
  link: ["mail/share-link.ts", "base/isolated.ts"],
  mail: ["ui/shell.tsx"],
  // From here on what a page fetches when its first rows are painted, to have it before the network can go. A request
  // costs the browser some 10 ms of CPU: as 80 small files this was two thirds of what a page cost after its rows.
  reader: ["ui/reader/reader.tsx"],
  tools: [
    "ui/triage/list-tools.tsx",
    "ui/triage/picker.tsx",
    "ui/sidebar/labels.tsx",
    "ui/notify/badge.ts",
  ],
  writing: ["ui/compose/composers.tsx", "ui/compose/composer.tsx"],
  settings: [
    "ui/settings/settings.tsx",
    "ui/keys/help.tsx",
    "ui/keys/hint-bar.tsx",
    "ui/palette/palette.tsx",
    "ui/sidebar/notice.tsx",
    "ui/sidebar/trouble.tsx",
  ],
});
/** Commands in files of their own. */
const SELDOM = ["export-mail.ts", "only-here.ts"];
const WORKER = stages("worker.ts", {
  account: ["engine/account.ts"],
  engine: ["engine/attempt.ts", "engine/config.ts", "engine/credentials.ts", "engine/run.ts"],
  sasl2: ["xmpp/sasl2-sign-in.ts"],
  afterwards: [
    "engine/afterwards.ts",
    "engine/account-state/with-carrier.ts",
    "engine/rescue.ts",
    "engine/snoozes.ts",
  ],
  later: ["engine/queries/later.ts"],
  commands: readdirSync(join(import.meta.dirname, "src/engine/commands"))
    .filter((name) => !SELDOM.includes(name))
    .map((name) => `engine/commands/${name}`),
});

/** End-to-end files that mostly wait for something to time out: they run one by one beside all other tests. */
const PATIENT = ["123", "174", "220", "230", "231", "232", "240", "242"].map(
  (number) => `test/e2e/${number}-*.test.ts`,
);
const E2E = {
  environment: "node",
  // What fails on a busy machine runs again, and the end of `npm test` names it: it stays a bug.
  retry: 2,
  testTimeout: 150_000,
  hookTimeout: 120_000,
  // A busy machine is no fault of ours: what is waited for may take its time.
  expect: { poll: { timeout: 20_000 } },
} as const;

export default defineConfig({
  // Relative: the build works under any sub-path of any static host.
  base: "./",
  plugins: [solid({ ssr: false }), trustedTemplates(), inlineRuntime()],
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    sourcemap: false,
    rolldownOptions: PAGE,
  },
  worker: { format: "es", rolldownOptions: WORKER, plugins: () => [leanXml(), inlineRuntime()] },
  test: {
    // Said here so that the Solid plugin does not ask for jsdom.
    environment: "node",
    projects: [
      {
        extends: true,
        test: {
          name: "node",
          environment: "node",
          include: ["test/**/!(*.web).test.ts"],
          exclude: ["test/e2e/**"],
          // Vitest leaves a core to itself, of two that is half; and files with real servers wait for most of their time.
          maxWorkers: 3,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          ...E2E,
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          exclude: PATIENT,
          // A browser keeps a core busy. Six files took 133 s with two workers, 157 with four, and a quarter less of the CPU.
          maxWorkers: 2,
        },
      },
      { extends: true, test: { ...E2E, name: "e2e-patient", include: PATIENT, maxWorkers: 1 } },
      {
        extends: true,
        test: {
          name: "web",
          include: ["test/**/*.web.test.{ts,tsx}"],
          maxWorkers: 2,
          // Parts that load on demand are compiled when a test asks for them first, and other tests run beside.
          testTimeout: 60_000,
          expect: { poll: { timeout: 15_000 } },
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: chromiumLaunch }),
            instances: [{ browser: "chromium" }],
          },
        },
      },
    ],
  },
});
