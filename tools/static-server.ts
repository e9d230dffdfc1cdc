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
  const cache = new Map<string, { stamp: number; encoded: Map<string, Buffer> }>();
  const server = createServer((request, response) => {
    answer(request, response).catch(() => {
      response.writeHead(500, headers).end();
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== "GET" && request.method !== "HEAD") return end(response, 405);
    const name = nameOf(request.url ?? "/", subPath);
    if (name === undefined) return end(response, 404);
    const extra = options.extra?.[name];
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

  function end(response: ServerResponse, status: number): void {
    response
      .writeHead(status, { ...headers, "Content-Type": "text/plain; charset=utf-8" })
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

  const port = await listen(server, options.port ?? 0);
  return {
    url: `http://localhost:${port}${subPath}`,
    port,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** The file asked for, relative to the folder; undefined outside of the sub-path or the folder. */
function nameOf(url: string, subPath: string): string | undefined {
  let path: string;
  try {
    path = decodeURIComponent(new URL(url, "http://localhost").pathname);
  } catch {
    return undefined;
  }
  if (!path.startsWith(subPath) || path.includes("\0")) return undefined;
  const name = normalize(path.slice(subPath.length)).replaceAll(sep, "/");
  if (name.startsWith("..") || name.startsWith("/")) return undefined;
  return name === "." || name === "" ? "index.html" : name;
}

function encodingFor(accepted: string, type: string): "br" | "gzip" | "identity" {
  if (!/text|json|svg/.test(type)) return "identity";
  if (/\bbr\b/.test(accepted)) return "br";
  return /\bgzip\b/.test(accepted) ? "gzip" : "identity";
}

function encode(body: Buffer, encoding: string): Buffer {
  if (encoding === "br")
    return brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
  return encoding === "gzip" ? gzipSync(body) : body;
}

/** Loopback only; `localhost` must reach it, so both families where both exist. */
function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      if (error.code === "EADDRINUSE" && port !== 0) {
        server.removeListener("error", onError);
        resolve(listen(server, 0));
      } else reject(error);
    };
    server.once("error", onError);
    server.listen(port, "127.0.0.1", () => {
      server.removeListener("error", onError);
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}
