/** Serves a built app on loopback as a static host would, under any sub-path, with the headers of headers.ts. */
import { readFile, stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { type SecurityProfile, securityHeaders } from "./headers.ts";

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".txt": "text/plain; charset=utf-8",
  ".webp": "image/webp",
  ".avif": "image/avif",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
  ".map": "application/json",
};

export type StaticOptions = {
  folder: string;
  /** Tried first; another free port when it is taken. 0: any. */
  port?: number;
  /** "/" or "/some/path/". */
  subPath?: string;
  profile?: SecurityProfile;
  /** Files that are not in the folder, by name: config.json. */
  extra?: Record<string, string>;
};

export interface StaticServer {
  /** Ends in "/". */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Resolves when it listens. */
export async function serveStatic(options: StaticOptions): Promise<StaticServer> {
  const subPath = options.subPath ?? "/";
  const headers = securityHeaders(options.profile ?? { kind: "any" });
  const extras = new Map(Object.entries(options.extra ?? {}));
  const cache = new Map<string, { stamp: number; encoded: Map<string, Buffer> }>();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== "GET" && request.method !== "HEAD")
      return end(response, 405, { Allow: "GET, HEAD" });
    if (`${pathOf(request.url ?? "/")}/` === subPath)
      return end(response, 308, { Location: subPath });
    const name = nameOf(request.url ?? "/", subPath);
    if (name === undefined) return end(response, 404);
    const extra = extras.get(name);
    const path = join(options.folder, name);
    const info = extra === undefined ? await stat(path).catch(() => undefined) : undefined;
    if (extra === undefined && info?.isFile() !== true) return end(response, 404);
    const type = TYPES[extname(name)] ?? "application/octet-stream";
    const encoding = encodingFor(request.headers["accept-encoding"] ?? "", type);
    const body =
      extra === undefined
        ? await encoded(path, info?.mtimeMs ?? 0, encoding)
        : encode(Buffer.from(extra), encoding);
    response.writeHead(200, {
      ...headers,
      "Content-Type": type,
      "Content-Length": body.length,
      "Cache-Control": name.startsWith("assets/")
        ? "public, max-age=31536000, immutable"
        : "no-store",
      Vary: "Accept-Encoding",
      ...(encoding === "identity" ? {} : { "Content-Encoding": encoding }),
    });
    response.end(request.method === "HEAD" ? undefined : body);
  }

  function end(response: ServerResponse, status: number, more: Record<string, string> = {}): void {
    response
      .writeHead(status, { ...headers, "Content-Type": "text/plain; charset=utf-8", ...more })
      .end(`${status}\n`);
  }

  async function encoded(path: string, stamp: number, encoding: string): Promise<Buffer> {
    let entry = cache.get(path);
    if (entry?.stamp !== stamp) {
      entry = { stamp, encoded: new Map() };
      cache.set(path, entry);
    }
    const known = entry.encoded.get(encoding);
    if (known !== undefined) return known;
    const body = encode(await readFile(path), encoding);
    entry.encoded.set(encoding, body);
    return body;
  }

  const { port, servers } = await listen(options.port ?? 0, (request, response) => {
    answer(request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else response.writeHead(500, headers).end();
    });
  });
  return {
    url: `http://localhost:${port}${subPath}`,
    port,
    close: async () => void (await Promise.all(servers.map(closeServer))),
  };
}

/** The path of a request, decoded no further than it came; "//x/y" is a path here, never another host. */
function pathOf(url: string): string {
  return /^[^?#]*/.exec(url)?.[0] ?? "/";
}

/** The file asked for, relative to the folder; undefined outside of the sub-path or the folder. */
function nameOf(url: string, subPath: string): string | undefined {
  let path: string;
  try {
    path = decodeURIComponent(pathOf(url));
  } catch {
    return undefined;
  }
  if (!path.startsWith(subPath) || path.includes("\0")) return undefined;
  const name = normalize(path.slice(subPath.length)).replaceAll(sep, "/");
  if (name === ".." || name.startsWith("../") || name.startsWith("/")) return undefined;
  return name === "." || name === "" ? "index.html" : name;
}

function encodingFor(accepted: string, type: string): "br" | "gzip" | "identity" {
  if (!/text|json|svg/.test(type)) return "identity";
  if (/\bbr\b/.test(accepted)) return "br";
  return /\bgzip\b/.test(accepted) ? "gzip" : "identity";
}

function encode(body: Buffer, encoding: string): Buffer {
  if (encoding === "br")
    return brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });
  return encoding === "gzip" ? gzipSync(body) : body;
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Loopback only, and both of its addresses: a browser may ask for `localhost` on either, and a port that is free on
 * one can be somebody else's on the other. A machine without IPv6 has one.
 */
async function listen(
  wanted: number,
  answer: Listener,
): Promise<{ port: number; servers: Server[] }> {
  for (let attempt = 0; ; attempt++) {
    try {
      const first = await bind("127.0.0.1", attempt === 0 ? wanted : 0, answer);
      const port = portOf(first);
      try {
        return { port, servers: [first, await bind("::1", port, answer)] };
      } catch (error) {
        if (codeOf(error) === "EADDRNOTAVAIL" || codeOf(error) === "EAFNOSUPPORT")
          return { port, servers: [first] };
        await closeServer(first);
        throw error;
      }
    } catch (error) {
      if (codeOf(error) !== "EADDRINUSE" || attempt === 20) throw error;
    }
  }
}

function bind(address: string, port: number, answer: Listener): Promise<Server> {
  const server = createServer(answer);
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, address, () => {
      server.off("error", reject);
      resolve(server);
    });
  });
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
