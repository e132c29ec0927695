import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "tar";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fetchNpmPackage } from "../../../runtime/datasets/npm-package.ts";
import { type FileServer, serve } from "./file-server.ts";

let folder: string;
let cache: string;
let registry: FileServer;
let integrity: string;
let env: NodeJS.ProcessEnv;

/** A registry on this machine with one package; npm is told of it as a user would, by configuration. */
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "lavis-npm-"));
  cache = join(folder, "cache");
  mkdirSync(join(folder, "package", "data"), { recursive: true });
  writeFileSync(
    join(folder, "package", "package.json"),
    JSON.stringify({ name: "@some/icons", version: "1.0.0", scripts: { prepare: "exit 1" } }),
  );
  writeFileSync(join(folder, "package", "data", "icons.json"), "[1]");
  writeFileSync(join(folder, "package", "big.bin"), "…");
  await create({ file: join(folder, "package.tgz"), cwd: folder, gzip: true }, ["package"]);
  const tarball = readFileSync(join(folder, "package.tgz"));
  integrity = `sha512-${createHash("sha512").update(tarball).digest("base64")}`;
  registry = await serve((request, response) => {
    if (request.url?.endsWith(".tgz")) return void response.end(tarball);
    if (!/icons$/.test(request.url ?? "")) return void response.writeHead(404).end("{}");
    const dist = { tarball: `${registry.url}/icons-1.0.0.tgz` };
    const version = { name: "@some/icons", version: "1.0.0", dist };
    const document = {
      name: "@some/icons",
      "dist-tags": { latest: "1.0.0" },
      versions: { "1.0.0": version },
    };
    response.setHeader("content-type", "application/json").end(JSON.stringify(document));
  });
  env = { ...process.env, npm_config_registry: registry.url, npm_config_cache: join(folder, "npm-cache") };
});

afterEach(async () => {
  await registry.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("an npm package", () => {
  it("is fetched from the configured registry, verified, and unpacked, once", async () => {
    const phases: string[] = [];
    const options = { cache, env, onProgress: (phase: string) => phases.push(phase) };
    const path = await fetchNpmPackage("@some/icons", "1.0.0", integrity, options);
    expect(readFileSync(join(path, "data", "icons.json"), "utf8")).toBe("[1]");
    const { length } = registry.requests;
    expect(await fetchNpmPackage("@some/icons", "1.0.0", integrity, options)).toBe(path);
    expect(registry.requests).toHaveLength(length);
    expect(phases).toEqual(["fetch", "verify", "unpack", "ready", "ready"]);
  });

  it("is fetched once for callers at the same time, and leaves nothing else behind", async () => {
    const calls = [1, 2].map(() => fetchNpmPackage("@some/icons", "1.0.0", integrity, { cache, env }));
    const [first, second] = await Promise.all(calls);
    expect(first).toBe(second);
    expect(registry.requests.filter((request) => request.endsWith(".tgz"))).toHaveLength(1);
    expect(readdirSync(cache)).toHaveLength(1);
  });

  it("is unpacked in part when only some files are wanted", async () => {
    const path = await fetchNpmPackage("@some/icons", "1.0.0", integrity, { cache, env, files: ["data"] });
    expect(readdirSync(path)).toEqual(["data"]);
  });

  it("is refused when its tarball is not the pinned one", async () => {
    const other = `sha512-${createHash("sha512").update("other").digest("base64")}`;
    const fetching = fetchNpmPackage("@some/icons", "1.0.0", other, { cache, env });
    await expect(fetching).rejects.toMatchObject({
      name: "UserError",
      message: expect.stringContaining("is not the one that is pinned"),
    });
    expect(existsSync(cache) ? readdirSync(cache) : []).toEqual([]);
  });

  it("that the registry does not have is an error with npm's words", async () => {
    const fetching = fetchNpmPackage("nothing-here", "1.0.0", integrity, { cache, env });
    await expect(fetching).rejects.toMatchObject({
      name: "UserError",
      message: expect.stringMatching(/could not fetch nothing-here@1\.0\.0[\s\S]*404/),
    });
  });
});
