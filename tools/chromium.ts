import { existsSync } from "node:fs";

/** How tests and benchmarks start the browser: Debian's Chromium, never a download; the flags keep it from calling home. */
export const chromiumLaunch = {
  executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};

const SHELL = "/usr/bin/chromium-headless-shell";

/**
 * The same engine without a window, its tabs and its toolbar: Debian builds it from the same source, and a page costs it
 * 11 s of CPU where the whole browser takes 19 (eight sign-in forms). For tests of the page; what the browser around it
 * does is tested in the whole browser, and so is everything where the shell is not installed.
 */
export const shellLaunch = existsSync(SHELL)
  ? { ...chromiumLaunch, executablePath: process.env["CHROMIUM"] ?? SHELL }
  : chromiumLaunch;
