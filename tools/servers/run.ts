// Starts one server by hand: node tools/servers/run.ts prosody --profile debian --account alice:secret
// Prints one JSON line with where it listens, and runs until Ctrl-C.
import { parseArgs } from "node:util";
import { startServer, type Profile, type ServerKind, type ServerOptions } from "./server.ts";

const usage =
  "usage: run.ts prosody|ejabberd [--profile generous|debian|no-archive] [--domain NAME] [--data FOLDER] [--http PORT] [--c2s PORT] [--account NAME:PASSWORD]...";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    profile: { type: "string" },
    domain: { type: "string" },
    data: { type: "string" },
    http: { type: "string" },
    c2s: { type: "string" },
    account: { type: "string", multiple: true },
  },
});

const kind = positionals[0];
const profile = values.profile ?? "generous";
if (!isKind(kind) || !isProfile(profile)) {
  console.error(usage);
  process.exit(2);
}

const options: ServerOptions = { profile, ports: {}, accounts: {} };
if (values.domain !== undefined) options.domain = values.domain;
if (values.data !== undefined) options.dataFolder = values.data;
if (values.http !== undefined) options.ports = { ...options.ports, http: Number(values.http) };
if (values.c2s !== undefined) options.ports = { ...options.ports, c2s: Number(values.c2s) };
for (const account of values.account ?? []) {
  const [local = "", ...password] = account.split(":");
  options.accounts = { ...options.accounts, [local]: password.join(":") };
}

const server = await startServer(kind, options);
const { wsUrl, domain, httpPort, c2sPort, dataFolder, pid } = server;
console.log(JSON.stringify({ kind, profile, wsUrl, domain, httpPort, c2sPort, dataFolder, pid }));

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void server.stop().then(() => process.exit(0)));
}

function isKind(text: string | undefined): text is ServerKind {
  return text === "prosody" || text === "ejabberd";
}

function isProfile(text: string): text is Profile {
  return text === "generous" || text === "debian" || text === "no-archive";
}
