import { existsSync, mkdtempSync, rmSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { obtainFile } from "../../../runtime/datasets/download.ts";
import { secret } from "../../../runtime/secret.ts";
import { type FileServer, fileHandler, serve } from "./file-server.ts";

const body = Buffer.from("[1, 2, 3]");
const token = secret("LAVIS_TEST_TOKEN");
const quick = { token, retryDelayMs: 1 };

let folder: string;
let storage: string;
const servers: FileServer[] = [];
const seen: IncomingHttpHeaders[] = [];

beforeEach(() => {
  vi.stubEnv("LAVIS_TEST_TOKEN", "hunter2");
  folder = mkdtempSync(join(tmpdir(), "lavis-token-"));
  storage = join(folder, "file.json");
  seen.length = 0;
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(servers.splice(0).map((server) => server.close()));
  rmSync(folder, { recursive: true, force: true });
});

/** A server that gives the file to whoever shows the token, in two pieces. */
async function guarded(cuts: (number | undefined)[] = []): Promise<FileServer> {
  const file = fileHandler({ body, cuts });
  const server = await serve((request, response) => {
    seen.push(request.headers);
    if (request.headers.authorization === "Bearer hunter2") file(request, response);
    else response.writeHead(request.headers.authorization ? 403 : 401).end();
  });
  servers.push(server);
  return server;
}

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => expect.unreachable("it did not fail"),
    (error: Error & { readonly hint?: string }) => error,
  );

describe("a token", () => {
  it("opens a download, also where it goes on after a cut", async () => {
    const server = await guarded([4]);
    expect(await obtainFile(storage, `${server.url}/a`, quick)).toBe(storage);
    expect(seen.map(({ authorization }) => authorization)).toEqual(["Bearer hunter2", "Bearer hunter2"]);
  });

  it("is not read for a file that is there", async () => {
    const server = await guarded();
    await obtainFile(storage, `${server.url}/a`, quick);
    vi.stubEnv("LAVIS_TEST_TOKEN", "");
    expect(await obtainFile(storage, `${server.url}/a`, quick)).toBe(storage);
  });

  it("that is not set is an error before a server is asked", async () => {
    const server = await guarded();
    vi.stubEnv("LAVIS_TEST_TOKEN", "");
    const error = await failureOf(obtainFile(storage, server.url, quick));
    expect(error.message).toBe("the secret of the variable LAVIS_TEST_TOKEN is not set");
    expect(error.hint).toBe("export LAVIS_TEST_TOKEN=…");
    expect(seen).toEqual([]);
  });

  it("with a line break is an error that does not show it", async () => {
    const server = await guarded();
    vi.stubEnv("LAVIS_TEST_TOKEN", "hunter2\n");
    const error = await failureOf(obtainFile(storage, server.url, quick));
    expect(error.message).toContain("spaces, line breaks");
    expect(`${error.message}${error.hint}`).not.toContain("hunter2");
  });

  it("that a server refuses is named by its variable, and not shown", async () => {
    const server = await guarded();
    vi.stubEnv("LAVIS_TEST_TOKEN", "letmein");
    const error = await failureOf(obtainFile(storage, server.url, quick));
    expect(error.message).toContain("HTTP 403");
    expect(error.hint).toContain("LAVIS_TEST_TOKEN");
    expect(`${error.message}${error.hint}${error.stack}`).not.toContain("letmein");
  });

  it("is proposed where a server wants one and none is given", async () => {
    const server = await guarded();
    const error = await failureOf(obtainFile(storage, server.url, { retryDelayMs: 1 }));
    expect(error.message).toContain("HTTP 401");
    expect(error.hint).toContain("`weights_token`");
  });

  it("never goes to another server that the first one leads to", async () => {
    const other = await serve((request, response) => {
      seen.push(request.headers);
      fileHandler({ body })(request, response);
    });
    const first = await serve((_, response) => {
      response.writeHead(302, { location: `${other.url}/elsewhere` }).end();
    });
    servers.push(other, first);
    await obtainFile(storage, `${first.url}/a`, quick);
    expect(seen.map(({ authorization }) => authorization)).toEqual([undefined]);
  });

  it("is sent over https only", async () => {
    const error = await failureOf(obtainFile(storage, "http://192.0.2.1/a", quick));
    expect(error.message).toContain("a token is sent over https only");
    expect(existsSync(storage)).toBe(false);
  });
});
