import { join } from "node:path";
import type { Site } from "./child-server.ts";

type Json = string | number | boolean | Json[] | { [key: string]: Json };
type Settings = { [key: string]: Json };

export const s2sPort = 5269;

/** The modules of /etc/ejabberd/ejabberd.yml, without those that open ports of their own (MQTT, STUN). */
const shippedModules: Settings = {
  mod_adhoc: {},
  mod_admin_extra: {},
  mod_announce: { access: "announce" },
  mod_avatar: {},
  mod_blocking: {},
  mod_bosh: {},
  mod_caps: {},
  mod_carboncopy: {},
  mod_client_state: {},
  mod_configure: {},
  mod_disco: {},
  mod_fail2ban: {},
  mod_http_api: {},
  mod_last: {},
  mod_muc: {
    access: [{ allow: "all" }],
    access_admin: [{ allow: "admin" }],
    access_create: "muc_create",
    access_persistent: "muc_create",
    access_mam: [{ allow: "all" }],
  },
  mod_muc_admin: {},
  mod_offline: { access_max_user_messages: "max_user_offline_messages" },
  mod_ping: {},
  mod_pres_counter: { count: 5, interval: 60 },
  mod_privacy: {},
  mod_private: {},
  mod_pubsub: {
    access_createnode: "pubsub_createnode",
    plugins: ["flat", "pep"],
    force_node_config: {
      "eu.siacs.conversations.axolotl.*": { access_model: "open" },
      "storage:bookmarks": { access_model: "whitelist" },
    },
  },
  mod_push: {},
  mod_push_keepalive: {},
  mod_roster: { versioning: true },
  mod_s2s_dialback: {},
  mod_shared_roster: {},
  mod_sic: {},
  mod_stream_mgmt: { resend_on_timeout: "if_offline" },
  mod_vcard: { search: false },
  mod_vcard_xupdate: {},
  mod_version: {},
};

const generousModules: Settings = {
  mod_blocking: {},
  mod_caps: {},
  mod_carboncopy: {},
  mod_client_state: {},
  mod_disco: {},
  mod_last: {},
  mod_offline: { access_max_user_messages: "max_user_offline_messages" },
  mod_ping: {},
  mod_privacy: {},
  mod_private: {},
  mod_pubsub: {
    access_createnode: "pubsub_createnode",
    plugins: ["flat", "pep"],
    max_items_node: 10_000,
  },
  mod_roster: { versioning: true },
  mod_s2s_dialback: {},
  mod_stream_mgmt: { resend_on_timeout: "if_offline" },
  mod_time: {},
  mod_vcard: { search: false },
  mod_version: {},
};

/** The text of an ejabberd.yml for ejabberd 23.01. It is JSON, which is YAML too. */
export function buildEjabberdConfig(site: Site): string {
  const isGenerous = site.profile === "generous";
  const settings: Settings = {
    hosts: [site.domain],
    loglevel: "info",
    log_rotate_count: 0,
    acme: { auto: false },
    auth_password_format: "scram",
    disable_sasl_mechanisms: ["digest-md5", "X-OAUTH2"],
    listen: buildListeners(site),
    acl: {
      admin: { user: "" },
      local: { user_regexp: "" },
      loopback: { ip: ["127.0.0.0/8", "::1/128"] },
    },
    access_rules: {
      local: { allow: "local" },
      c2s: { deny: "blocked", allow: "all" },
      announce: { allow: "admin" },
      configure: { allow: "admin" },
      muc_create: { allow: "local" },
      pubsub_createnode: { allow: "local" },
    },
    shaper: { normal: { rate: 3000, burst_size: 20_000 }, fast: 200_000 },
    shaper_rules: {
      max_user_sessions: isGenerous ? 1000 : 10,
      max_user_offline_messages: isGenerous ? 100_000 : 100,
      c2s_shaper: isGenerous ? "none" : "normal",
      s2s_shaper: isGenerous ? "none" : "fast",
    },
    modules: buildModules(site),
    ...(site.link ? buildS2s(site.link) : { s2s_access: "none" }),
  };
  return `${JSON.stringify(settings, undefined, 2)}\n`;
}

function buildListeners(site: Site): Json {
  const here = { ip: site.address };
  const handlers: Settings = { "/ws": "ejabberd_http_ws" };
  if (site.profile !== "no-archive") handlers["/upload"] = "mod_http_upload";
  if (site.profile === "generous") {
    handlers["/.well-known/host-meta"] = "mod_host_meta";
    handlers["/.well-known/host-meta.json"] = "mod_host_meta";
  } else {
    handlers["/bosh"] = "mod_bosh";
  }
  const listeners: Json[] = [
    {
      ...here,
      port: site.c2sPort,
      module: "ejabberd_c2s",
      max_stanza_size: 262_144,
      shaper: "c2s_shaper",
      access: "c2s",
    },
    // default_host: upload URLs name an address, not the domain. (mod_host_meta still wants the domain as Host.)
    {
      ...here,
      port: site.httpPort,
      module: "ejabberd_http",
      request_handlers: handlers,
      default_host: site.domain,
    },
  ];
  if (site.link) {
    listeners.push({
      ip: site.link.address,
      port: s2sPort,
      module: "ejabberd_s2s_in",
      max_stanza_size: 524_288,
      shaper: "s2s_shaper",
    });
  }
  return listeners;
}

function buildModules(site: Site): Settings {
  const modules: Settings = { ...(site.profile === "generous" ? generousModules : shippedModules) };
  // With dialback a server with a wrong certificate could still prove itself.
  if (site.link) delete modules["mod_s2s_dialback"];
  if (site.profile === "no-archive") return modules;
  const url = `http://${site.address}:${site.httpPort}`;
  modules["mod_mam"] = { db_type: "mnesia", assume_mam_usage: true, default: "always" };
  modules["mod_http_upload"] = {
    docroot: join(site.dataFolder, "upload"),
    put_url: `${url}/upload`,
    ...(site.profile === "generous" ? { max_size: 100 * 1024 * 1024 } : {}),
    custom_headers: {
      "Access-Control-Allow-Origin": "*",
      "Access-Control-Allow-Methods": "GET,HEAD,PUT,OPTIONS",
      "Access-Control-Allow-Headers": "Content-Type",
    },
  };
  if (site.profile === "generous") {
    modules["mod_host_meta"] = {
      bosh_service_url: "undefined",
      websocket_url: `ws://${site.address}:${site.httpPort}/ws`,
    };
  }
  return modules;
}

function buildS2s(link: NonNullable<Site["link"]>): Settings {
  return {
    certfiles: [link.certificate, link.key],
    ca_file: link.authority,
    s2s_cafile: link.authority,
    s2s_use_starttls: "required",
    // A server that was gone is tried again soon, not bounced for minutes.
    s2s_max_retry_delay: 1,
  };
}
