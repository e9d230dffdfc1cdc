import { isAbsolute, join } from "node:path";
import type { Site } from "./child-server.ts";

type Lua = string | number | boolean | Lua[] | { [key: string]: Lua };

const moduleFolder = join(import.meta.dirname, "prosody");

/** What /etc/prosody/prosody.cfg.lua of the package switches on. */
const shippedModules = [
  "disco",
  "roster",
  "saslauth",
  "tls",
  "blocklist",
  "bookmarks",
  "carbons",
  "dialback",
  "limits",
  "pep",
  "private",
  "smacks",
  "vcard4",
  "vcard_legacy",
  "csi_simple",
  "invites",
  "invites_adhoc",
  "invites_register",
  "ping",
  "register",
  "time",
  "uptime",
  "version",
  "admin_adhoc",
  "admin_shell",
  "posix",
];

const generousModules = [
  "disco",
  "roster",
  "saslauth",
  "blocklist",
  "carbons",
  "limits",
  "pep",
  "private",
  "smacks",
  "vcard4",
  "vcard_legacy",
  "csi_simple",
  "ping",
  "register",
  "time",
  "version",
  "posix",
];

const generousSettings: Record<string, Lua> = {
  limits: { c2s: { rate: "100mb/s" }, s2sin: { rate: "100mb/s" } },
  password_hash: "SHA-256",
  archive_expires_after: "never",
  pep_max_items: 10_000,
};

/** The values of /etc/prosody/prosody.cfg.lua; what it leaves out keeps Prosody's default. */
const shippedSettings: Record<string, Lua> = {
  limits: { c2s: { rate: "10kb/s" }, s2sin: { rate: "30kb/s" } },
  archive_expires_after: "1w",
};

/** The text of a prosody.cfg.lua for Prosody 0.12. */
export function buildProsodyConfig(site: Site): string {
  const host: Record<string, Lua> = {};
  const component: Record<string, Lua> = { http_host: site.domain };
  if (site.link) {
    const ssl = {
      key: site.link.key,
      certificate: site.link.certificate,
      cafile: site.link.authority,
    };
    Object.assign(host, { ssl });
    Object.assign(component, { ssl });
  }
  if (site.profile === "generous") {
    Object.assign(component, {
      http_file_share_size_limit: 100 * 1024 * 1024,
      http_file_share_daily_quota: 10 * 1024 * 1024 * 1024,
      // Negative: files are never removed.
      http_file_share_expires_after: -1,
    });
  }
  const sections = [
    buildSettings(globalSettings(site)),
    `VirtualHost ${lua(site.domain)}`,
    buildSettings(host),
    ...site.hosts.map((name) => `VirtualHost ${lua(name)}\n`),
  ];
  if (site.profile !== "no-archive") {
    sections.push(
      `Component ${lua(`upload.${site.domain}`)} "http_file_share"`,
      buildSettings(component),
    );
  }
  return sections.join("\n");
}

function globalSettings(site: Site): Record<string, Lua> {
  const { address, dataFolder, httpPort, profile } = site;
  const modules = new Set(profile === "generous" ? generousModules : shippedModules);
  for (const name of ["websocket", "envoi_control", ...site.modules]) modules.add(name);
  if (profile !== "no-archive") modules.add("mam");
  if (site.link) modules.add("tls");
  return {
    ...(profile === "generous" ? generousSettings : shippedSettings),
    ...(site.sql
      ? { storage: "sql", sql: { driver: "SQLite3", database: join(dataFolder, "prosody.sqlite") } }
      : {}),
    ...(site.link ? s2sSettings(site) : { modules_disabled: ["s2s"] }),
    modules_enabled: [...modules],
    plugin_paths: [moduleFolder],
    data_path: absolute(dataFolder),
    pidfile: join(dataFolder, "prosody.pid"),
    certificates: join(dataFolder, "certs"),
    log: { info: join(dataFolder, "prosody.log") },
    run_as_root: true,
    envoi_control_host: site.domain,
    authentication: "internal_hashed",
    c2s_interfaces: [address],
    c2s_ports: [site.c2sPort],
    c2s_direct_tls_ports: [],
    // Loopback only, so clients may sign in without TLS.
    c2s_require_encryption: false,
    consider_websocket_secure: true,
    http_interfaces: [address],
    http_ports: [httpPort],
    https_ports: [],
    // The URL names an address, not the domain.
    http_default_host: site.domain,
    http_external_url: `http://${address}:${httpPort}/`,
  };
}

function s2sSettings(site: Site): Record<string, Lua> {
  return {
    s2s_interfaces: [site.link?.address ?? site.address],
    s2s_ports: [5269],
    s2s_direct_tls_ports: [],
    s2s_require_encryption: true,
    s2s_secure_auth: true,
    unbound: { resolvconf: false, hoststxt: join(site.dataFolder, "hosts.txt") },
  };
}

function absolute(path: string): string {
  if (!isAbsolute(path)) throw new Error(`not an absolute path: ${path}`);
  return path;
}

function buildSettings(settings: Record<string, Lua>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${lua(value)}\n`)
    .join("");
}

/** A value as a Lua literal. */
function lua(value: Lua): string {
  if (typeof value === "string")
    return `"${value.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n")}"`;
  if (typeof value !== "object") return String(value);
  const entries = Array.isArray(value)
    ? value.map(lua)
    : Object.entries(value).map(([key, entry]) => `[${lua(key)}] = ${lua(entry)}`);
  return `{ ${entries.join("; ")} }`;
}
