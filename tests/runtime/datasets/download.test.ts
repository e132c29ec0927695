import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { obtainFile } from "../../../runtime/datasets/download.ts";
import { UserError } from "../../../runtime/errors.ts";
import { type FileServer, fileHandler, type Handler, serve } from "./file-server.ts";

const body = Buffer.from(Uint8Array.from({ length: 50_000 }, (_, index) => (index * index) % 251));
const md5 = createHash("md5").update(body).digest("hex");
const sha256 = createHash("sha256").update(body).digest("hex");
const quick = { retryDelayMs: 1 };

let folder: string;
let storage: string;
const servers: FileServer[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lavis-download-"));
  storage = join(folder, "deep", "file.json");
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(servers.splice(0).map((server) => server.close()));
  rmSync(folder, { recursive: true, force: true });
});

async function start(handler: Handler): Promise<FileServer> {
  const server = await serve(handler);
  servers.push(server);
  return server;
}

describe("a download", () => {
  it("gives the file, checked, with progress up to its size", async () => {
    const server = await start(fileHandler({ body }));
    const seen: [number, number | undefined][] = [];
    const path = await obtainFile(storage, `${server.url}/a`, {
      checksum: { md5, sha256 },
      onProgress: (received, total) => seen.push([received, total]),
    });
    expect(path).toBe(storage);
    expect(readFileSync(path)).toEqual(body);
    expect(seen[0]).toEqual([0, body.length]);
    expect(seen.at(-1)).toEqual([body.length, body.length]);
    expect(readdirSync(join(folder, "deep"))).toEqual(["file.json"]);
  });

  it("is not made again when the file is there", async () => {
    const server = await start(fileHandler({ body }));
    await obtainFile(storage, server.url, { checksum: { md5 } });
    await obtainFile(storage, server.url, { checksum: { md5 } });
    expect(server.requests).toHaveLength(1);
  });

  it("goes on where a cut connection stopped", async () => {
    const server = await start(fileHandler({ body, cuts: [20_000] }));
    await obtainFile(storage, `${server.url}/a`, { ...quick, checksum: { md5 } });
    expect(readFileSync(storage)).toEqual(body);
    expect(server.requests).toEqual(["GET /a", "GET /a bytes=20000-"]);
  });

  it("goes on in a later run from what an earlier one left", async () => {
    const server = await start(fileHandler({ body, cuts: [30_000] }));
    await expect(obtainFile(storage, `${server.url}/a`, { attempts: 1 })).rejects.toThrow("cannot download");
    expect(existsSync(storage)).toBe(false);
    await obtainFile(storage, `${server.url}/a`, { checksum: { md5 } });
    expect(server.requests[1]).toBe("GET /a bytes=30000-");
    expect(readFileSync(storage)).toEqual(body);
  });

  it("that the disk does not take says so, and where to", async () => {
    const server = await start(fileHandler({ body }));
    writeFileSync(join(folder, "deep"), "a file in the way");
    const failure = await obtainFile(storage, server.url).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UserError);
    expect(failure).toMatchObject({
      message: expect.stringMatching(/file\.json cannot be written: E(NOTDIR|EXIST)/),
      hint: expect.stringContaining("LAVIS_CACHE"),
    });
  });

  it.skipIf(!existsSync("/dev/full"))("onto a full disk is not blamed on the server", async () => {
    const server = await start(fileHandler({ body }));
    mkdirSync(dirname(storage));
    symlinkSync("/dev/full", `${storage}.part`);
    await expect(obtainFile(storage, server.url, quick)).rejects.toThrow(/cannot be written: ENOSPC/);
    expect(server.requests).toHaveLength(1);
  });

  it("starts anew when the file on the server has changed since", async () => {
    const old = Buffer.alloc(body.length, 7);
    const server = await start(fileHandler({ body: old, etag: '"v0"', cuts: [30_000] }));
    await expect(obtainFile(storage, `${server.url}/a`, { attempts: 1 })).rejects.toThrow("cannot download");
    const port = Number(new URL(server.url).port);
    await servers.splice(0)[0]!.close();
    const { createServer } = await import("node:http");
    const changed = createServer(fileHandler({ body }));
    await new Promise<void>((listening) => changed.listen(port, "127.0.0.1", listening));
    try {
      await obtainFile(storage, `${server.url}/a`, { ...quick, checksum: { md5 } });
      expect(readFileSync(storage)).toEqual(body);
    } finally {
      changed.closeAllConnections();
      changed.close();
    }
  });

  it("starts anew where the server knows no Range", async () => {
    const server = await start(fileHandler({ body, ranges: false, cuts: [20_000] }));
    await obtainFile(storage, `${server.url}/a`, { ...quick, checksum: { md5 } });
    expect(readFileSync(storage)).toEqual(body);
    expect(server.requests).toHaveLength(2);
  });

  it("takes a part that is whole already", async () => {
    const server = await start(fileHandler({ body }));
    await obtainFile(storage, `${server.url}/a`);
    rmSync(storage);
    writeFileSync(`${storage}.part`, body);
    writeFileSync(`${storage}.part.json`, JSON.stringify({ url: `${server.url}/a`, version: '"v1"' }));
    await obtainFile(storage, `${server.url}/a`, { checksum: { md5 } });
    expect(readFileSync(storage)).toEqual(body);
  });

  it("tries a busy server again", async () => {
    let busy = 2;
    const file = fileHandler({ body });
    const server = await start((request, response) => {
      if (busy-- > 0) response.writeHead(503).end();
      else file(request, response);
    });
    await obtainFile(storage, server.url, { ...quick, checksum: { md5 } });
    expect(server.requests).toHaveLength(3);
  });

  it("gives up a server that sends nothing", async () => {
    const server = await start(() => undefined);
    await expect(obtainFile(storage, server.url, { attempts: 1, stallMs: 50 })).rejects.toThrow(
      "the server sent nothing for 0.05 s",
    );
  });

  it("stops when it is told to, and keeps the part", async () => {
    const server = await start((_, response) => {
      response.writeHead(200, { etag: '"v1"', "content-length": body.length });
      response.write(body.subarray(0, 1000));
    });
    const stop = new AbortController();
    const download = obtainFile(storage, server.url, {
      signal: stop.signal,
      onProgress: (received) => received > 0 && stop.abort(new Error("stopped")),
    });
    await expect(download).rejects.toThrow("stopped");
    expect(readdirSync(join(folder, "deep")).sort()).toEqual(["file.json.part", "file.json.part.json"]);
  });

  it("is made once for callers at the same time", async () => {
    const server = await start(fileHandler({ body }));
    await Promise.all([1, 2, 3].map(() => obtainFile(storage, server.url, { checksum: { md5 } })));
    expect(server.requests).toHaveLength(1);
  });
});

describe("mirrors", () => {
  it("are tried in order, and one with a wrong file is passed over", async () => {
    const missing = await start((_, response) => void response.writeHead(404).end());
    const wrong = await start(fileHandler({ body: Buffer.from("something else") }));
    const right = await start(fileHandler({ body }));
    await obtainFile(storage, [missing.url, wrong.url, right.url], { ...quick, checksum: { sha256 } });
    expect(readFileSync(storage)).toEqual(body);
    expect(missing.requests).toHaveLength(1);
  });

  it("that all fail are named with their reasons", async () => {
    const missing = await start((_, response) => void response.writeHead(404).end());
    const wrong = await start(fileHandler({ body: Buffer.from("something else") }));
    const dead = await start(() => undefined);
    await dead.close();
    const download = obtainFile(storage, [missing.url, wrong.url, dead.url], { ...quick, checksum: { md5 } });
    const error: unknown = await download.catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: "UserError", hint: expect.stringContaining(storage) });
    const { message } = error as Error;
    expect(message).toContain(`${missing.url}: HTTP 404`);
    expect(message).toContain(`${wrong.url}: the file has md5`);
    expect(message).toContain(`expected ${md5}`);
    expect(message).toMatch(new RegExp(`${dead.url}: .*ECONNREFUSED`));
    expect(readdirSync(join(folder, "deep"))).toEqual([]);
  });
});

describe("a file that is there", () => {
  it("is used in place when the url is a path or a file: URL, and edits show", async () => {
    const mine = join(folder, "mine.json");
    writeFileSync(mine, "[1]");
    expect(await obtainFile(storage, mine)).toBe(mine);
    writeFileSync(mine, "[1, 2]");
    expect(await obtainFile(storage, pathToFileURL(mine).href)).toBe(mine);
    expect(existsSync(storage)).toBe(false);
  });

  it("may lie in the data cache", async () => {
    vi.stubEnv("LAVIS_CACHE", folder);
    writeFileSync(join(folder, "weights.pth"), "[1]");
    expect(await obtainFile(storage, "cache:weights.pth")).toBe(join(folder, "weights.pth"));
    await expect(obtainFile(storage, "cache:none.pth")).rejects.toThrow(
      `${join(folder, "none.pth")} is not there`,
    );
  });

  it("is an error when the local url does not exist", async () => {
    await expect(obtainFile(storage, join(folder, "no.json"))).rejects.toThrow("no.json is not there");
  });

  it("is an error when its checksum is another, and is left alone", async () => {
    const mine = join(folder, "mine.json");
    writeFileSync(mine, "[1]");
    await expect(obtainFile(mine, "http://localhost:1/x", { checksum: { md5 } })).rejects.toThrow(
      `expected ${md5}`,
    );
    expect(readFileSync(mine, "utf8")).toBe("[1]");
  });
});
