import { spawn } from "node:child_process";
import { accessSync, constants, globSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";

/** A Debian package and the file that shows it is there. */
export type PackageNeed = {
  name: string;
  /** for the person at the keyboard: "the server of the demo" */
  why: string;
  /** path of a file the package installs; `*` stands for any part of one name */
  probe: string;
};

export const prosodyPackages: PackageNeed[] = [
  { name: "prosody", why: "the mail server of demo and tests", probe: "/usr/bin/prosody" },
  {
    name: "lua-dbi-sqlite3",
    why: "Prosody's SQLite storage",
    probe: "/usr/lib/*/lua/5.4/dbd/sqlite3.so",
  },
  {
    name: "lua-unbound",
    why: "names of other servers in Prosody",
    probe: "/usr/lib/*/lua/5.4/lunbound.so",
  },
  { name: "openssl", why: "certificates between two servers", probe: "/usr/bin/openssl" },
];

export const ejabberdPackages: PackageNeed[] = [
  { name: "ejabberd", why: "the second kind of server in tests", probe: "/usr/sbin/ejabberdctl" },
  { name: "openssl", why: "certificates between two servers", probe: "/usr/bin/openssl" },
];

export const browserPackages: PackageNeed[] = [
  { name: "chromium", why: "the browser of tests and benchmarks", probe: "/usr/bin/chromium" },
  { name: "fonts-inter", why: "the typeface of the design", probe: "/usr/share/fonts/*/inter" },
  {
    name: "fonts-noto-core",
    why: "scripts other than Latin",
    probe: "/usr/share/fonts/*/noto/NotoSans-Regular.ttf",
  },
  {
    name: "fonts-droid-fallback",
    why: "Chinese, Japanese and Korean, in 2 MB",
    probe: "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
  },
  {
    name: "fonts-noto-color-emoji",
    why: "emoji",
    probe: "/usr/share/fonts/*/noto/NotoColorEmoji.ttf",
  },
];

/** Wanted, not needed: without it the tests take the whole browser, and longer. */
export const quickerPackages: PackageNeed[] = [
  {
    name: "chromium-headless-shell",
    why: "the browser without its window, half as much work a page in tests",
    probe: "/usr/bin/chromium-headless-shell",
  },
];

export const testPeerPackages: PackageNeed[] = [
  {
    name: "prosody-modules",
    why: "the newer ways to sign in, as Debian has them, in tests",
    probe: "/usr/lib/prosody/modules/mod_sasl2/mod_sasl2.lua",
  },
  {
    name: "python3-slixmpp",
    why: "another client to talk to in tests",
    probe: "/usr/lib/python3/dist-packages/slixmpp",
  },
];

const policyFile = "/usr/sbin/policy-rc.d";

/** The needs whose probe does not exist. */
export function missingPackages(needs: PackageNeed[]): PackageNeed[] {
  return needs.filter(({ probe }) => globSync(probe).length === 0);
}

/**
 * Installs what is missing with apt-get and tells about every step through `say`.
 * Their services are not started: we start our own servers with our own data.
 * @returns false where it cannot, after saying what to do by hand.
 */
export async function installPackages(
  needs: PackageNeed[],
  say: (line: string) => void,
): Promise<boolean> {
  const missing = [...new Map(missingPackages(needs).map((need) => [need.name, need])).values()];
  if (missing.length === 0) return true;
  for (const { name, why } of missing) say(`${name} is missing: ${why}`);
  const names = missing.map(({ name }) => name);
  const byHand = `Install by hand: apt-get install --no-install-recommends ${names.join(" ")}`;
  if (!isExecutable("/usr/bin/apt-get")) return refuse(say, "this system has no apt-get", byHand);
  if (process.getuid?.() !== 0) return refuse(say, "only root may install packages", byHand);
  const restore = forbidServiceStarts();
  try {
    // Package lists may be absent or old; the first attempt tells without downloading anything.
    const isKnown = (await aptGet(["install", "--simulate", ...names], () => undefined)) === 0;
    if (!isKnown || !(await install(names, say))) {
      await aptGet(["update"], say);
      if (!(await install(names, say))) return refuse(say, "apt-get install failed", byHand);
    }
  } finally {
    restore();
  }
  const left = missingPackages(missing).map(({ name }) => name);
  return (
    left.length === 0 ||
    refuse(say, `still missing after the installation: ${left.join(", ")}`, byHand)
  );
}

async function install(names: string[], say: (line: string) => void): Promise<boolean> {
  say(`apt-get install ${names.join(" ")}`);
  return (await aptGet(["install", "--yes", ...names], say)) === 0;
}

/** Runs apt-get to its end; waits for another package manager's lock for up to two minutes. */
function aptGet(args: string[], say: (line: string) => void): Promise<number> {
  const options = [
    "--no-install-recommends",
    "-o",
    "DPkg::Lock::Timeout=120",
    "-o",
    "Dpkg::Use-Pty=0",
  ];
  const child = spawn("/usr/bin/apt-get", [...options, ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C.UTF-8" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const input of [child.stdout, child.stderr])
    createInterface({ input }).on("line", (line) => say(`  ${line}`));
  return new Promise((resolve) => {
    child.once("error", () => resolve(-1));
    child.once("close", (code) => resolve(code ?? -1));
  });
}

/**
 * Debian's maintainer scripts ask /usr/sbin/policy-rc.d before they start a service; 101 forbids it.
 * An existing policy is somebody's decision and stays.
 * @returns what removes the policy again.
 */
function forbidServiceStarts(): () => void {
  try {
    writeFileSync(policyFile, "#!/bin/sh\nexit 101\n", { flag: "wx", mode: 0o755 });
  } catch {
    return () => undefined;
  }
  const written = statSync(policyFile).ino;
  const remove = () => {
    if (statSync(policyFile, { throwIfNoEntry: false })?.ino === written) rmSync(policyFile);
  };
  // Ctrl-C must not leave a machine whose services do not start.
  const interrupt = () => {
    remove();
    process.exit(130);
  };
  process.once("exit", remove);
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  return () => {
    remove();
    process.off("exit", remove);
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  };
}

function refuse(say: (line: string) => void, ...lines: string[]): false {
  for (const line of lines) say(line);
  return false;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
