import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A server on this machine for one test; `close` ends its connections too. */
export interface FileServer {
  readonly url: string;
  /** Method, path, and Range header of each request so far. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export async function serve(handler: Handler): Promise<FileServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push([request.method, request.url, request.headers.range].filter(Boolean).join(" "));
    handler(request, response);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
}

export interface Served {
  readonly body: Buffer;
  /** Whether Range is answered with 206; an old server sends the whole file. */
  readonly ranges?: boolean;
  /** How many bytes each response sends before the connection is cut; absent or undefined: all. */
  readonly cuts?: (number | undefined)[];
  readonly etag?: string;
}

/** Serves one file, as a static file server does. */
export function fileHandler({ body, ranges = true, cuts = [], etag = '"v1"' }: Served): Handler {
  return (request, response) => {
    const asked = /^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1];
    const isSame = request.headers["if-range"] === undefined || request.headers["if-range"] === etag;
    const start = ranges && asked !== undefined && isSame ? Number(asked) : 0;
    if (start >= body.length) {
      response.writeHead(416, { "content-range": `bytes */${body.length}` }).end();
      return;
    }
    const rest = body.subarray(start);
    const headers = { etag, "content-length": rest.length };
    const range = { "content-range": `bytes ${start}-${body.length - 1}/${body.length}` };
    response.writeHead(start > 0 ? 206 : 200, start > 0 ? { ...headers, ...range } : headers);
    const cut = cuts.shift();
    if (cut === undefined) response.end(rest);
    else response.write(rest.subarray(0, cut), () => setTimeout(() => response.destroy(), 30));
  };
}
