import { globSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { startChildServer, type Recipe, type Site } from "./child-server.ts";
import { buildEjabberdConfig, s2sPort } from "./ejabberd-config.ts";
import type { Server, ServerOptions } from "./server.ts";

const controlFile = join(import.meta.dirname, "ejabberd", "control.erl");

export const ejabberdRecipe: Recipe = {
  kind: "ejabberd",
  wsPath: "/ws",
  logFile: "ejabberd.log",
  async prepare(site) {
    const inFolder = (name: string) => join(site.dataFolder, name);
    await mkdir(inFolder("upload"), { recursive: true });
    await writeFile(inFolder("ejabberd.yml"), buildEjabberdConfig(site));
    // No name servers for SRV look-ups: the names of a federation come from control.erl.
    await writeFile(inFolder("resolv.conf"), "");
    await writeFile(
      inFolder("inetrc"),
      `{lookup,[file]}.\n{resolv_conf,${erl(inFolder("resolv.conf"))}}.\n`,
    );
    // No -sname: a virtual machine that is not distributed starts no epmd, opens no port and has no cookie.
    // +Bi: Ctrl-C in the terminal reaches the whole process group; we decide when to stop.
    // +sbwt: no busy waiting, several servers share few cores.
    const args = [
      "-noshell",
      "+Bi",
      "+K",
      "true",
      "+sbwt",
      "none",
      "+sbwtdcpu",
      "none",
      "+sbwtdio",
      "none",
    ];
    args.push(
      "-mnesia",
      "dir",
      erl(inFolder("database")),
      "-s",
      "ejabberd",
      "-eval",
      controlExpression(site),
    );
    return {
      command: "erl",
      args,
      env: {
        HOME: site.dataFolder,
        EJABBERD_CONFIG_PATH: inFolder("ejabberd.yml"),
        EJABBERD_LOG_PATH: inFolder("ejabberd.log"),
        ERL_LIBS: findLibraries(),
        ERL_INETRC: inFolder("inetrc"),
        ERL_CRASH_DUMP: inFolder("erl_crash.dump"),
        // A crash dump takes seconds to write and nobody reads it.
        ERL_CRASH_DUMP_BYTES: "0",
        CONTRIB_MODULES_PATH: inFolder("modules"),
        CONTRIB_MODULES_CONF_DIR: inFolder("modules"),
      },
    };
  },
};

/** Starts ejabberd; its database is Mnesia in `DATAFOLDER/database`. */
export function startEjabberd(options: ServerOptions = {}): Promise<Server> {
  return startChildServer(ejabberdRecipe, options);
}

/** The folder Debian puts ejabberd's libraries in; its name has the machine's architecture. */
function findLibraries(): string {
  const [found] = globSync("/usr/lib/*/ejabberd-*/ebin/ejabberd.app");
  if (!found) throw new Error("ejabberd is not installed (no /usr/lib/*/ejabberd-*)");
  return dirname(dirname(dirname(found)));
}

function controlExpression(site: Site): string {
  const places = [
    `{${erl(site.address)},${site.httpPort}}`,
    `{${erl(site.address)},${site.c2sPort}}`,
    ...(site.link ? [`{${erl(site.link.address)},${s2sPort}}`] : []),
  ];
  const names = Object.entries(site.link?.hosts ?? {}).map(
    ([domain, address]) => `{${erl(domain)},${erl(address)}}`,
  );
  const bindings = [
    `{'Domain',<<${erl(site.domain)}>>}`,
    `{'Ports',[${places.join(",")}]}`,
    `{'Names',[${names.join(",")}]}`,
    `{'S2sPort',${s2sPort}}`,
  ];
  return `file:eval(${erl(controlFile)}, [${bindings.join(",")}]).`;
}

/** A string literal in Erlang; JSON's escapes for quotes and backslashes are the same. */
function erl(text: string): string {
  return JSON.stringify(text);
}
