import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { x as unpack } from "tar";
import { cacheDir } from "../cache.ts";
import { UserError } from "../errors.ts";
import { withLock } from "../lock.ts";

export interface NpmPackageOptions {
  /** Told of each phase as it begins; `ready` comes once, also when the package was there already. */
  readonly onProgress?: (phase: "fetch" | "verify" | "unpack" | "ready") => void;
  /** Files or folders of the package to unpack (paths inside it); all of it when absent. */
  readonly files?: readonly string[];
  /** Where packages are kept; the data cache when absent. */
  readonly cache?: string;
  /** Environment of the npm command. */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * The folder of an npm package, fetched, verified, and unpacked once into the data cache.
 *
 * The tarball comes through the npm command with the user's own configuration, so registries, mirrors,
 * proxies, and credentials set there all work. Nothing of the package is run. Safe to call at the same
 * time from many processes.
 *
 * @param integrity `sha512-<base64>` of the tarball, as `npm view NAME@VERSION dist.integrity` prints it
 * @throws UserError when npm is missing, cannot fetch it, or the tarball is not the one that was pinned
 */
export async function fetchNpmPackage(
  name: string,
  version: string,
  integrity: string,
  options: NpmPackageOptions = {},
): Promise<string> {
  const { onProgress, files, cache = cacheDir("packages"), env = process.env } = options;
  const identity = createHash("sha256")
    .update(JSON.stringify([integrity, files ?? null]))
    .digest("hex");
  const folder = join(cache, `${name.replace("/", "+")}@${version}-${identity.slice(0, 12)}`);
  if (!existsSync(folder)) {
    await withLock(`${folder}.lock`, async () => {
      if (existsSync(folder)) return;
      const work = await mkdtemp(`${folder}.`);
      try {
        onProgress?.("fetch");
        const tarball = await pack(`${name}@${version}`, work, env);
        onProgress?.("verify");
        await verifyIntegrity(tarball, integrity, `${name}@${version}`);
        onProgress?.("unpack");
        await unpackInto(tarball, join(work, "package"), files);
        await rename(join(work, "package"), folder);
      } finally {
        await rm(work, { recursive: true, force: true });
      }
    });
  }
  onProgress?.("ready");
  return folder;
}

/** Downloads the tarball of `spec` into `folder` with `npm pack`; returns its path. */
async function pack(spec: string, folder: string, env: NodeJS.ProcessEnv): Promise<string> {
  const args = ["pack", spec, "--pack-destination", folder, "--ignore-scripts", "--loglevel", "error"];
  await runNpm(args, spec, env);
  const tarballs = (await readdir(folder)).filter((file) => file.endsWith(".tgz"));
  if (tarballs.length !== 1) {
    throw new Error(`"npm pack ${spec}" left ${tarballs.length} tarballs in ${folder}, not 1`);
  }
  return join(folder, tarballs[0]!);
}

function runNpm(args: readonly string[], spec: string, env: NodeJS.ProcessEnv): Promise<void> {
  const { command, prefix } = npmCommand(env);
  return new Promise((done, fail) => {
    const child = spawn(command, [...prefix, ...args], {
      env,
      stdio: ["ignore", "ignore", "pipe"],
      shell: process.platform === "win32" && prefix.length === 0,
    });
    let complaint = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      complaint += text;
    });
    child.once("error", (cause) => {
      const hint = "install npm (it comes with Node), or put it on PATH";
      fail(new UserError(`cannot start npm to fetch ${spec}: ${cause.message}`, hint, { cause }));
    });
    child.once("close", (code) => {
      if (code === 0) return done();
      const hint = "check the network and npm's registry and proxy settings (npm config list)";
      fail(new UserError(`npm could not fetch ${spec} (exit code ${code}):\n${complaint.trim()}`, hint));
    });
  });
}

/** npm's own script when we run under npm or beside it, so that the very npm of this Node is used. */
function npmCommand(env: NodeJS.ProcessEnv): { command: string; prefix: readonly string[] } {
  const candidates = [
    env.npm_execpath,
    join(dirname(process.execPath), "..", "lib", "node_modules", "npm", "bin", "npm-cli.js"),
    join(dirname(process.execPath), "node_modules", "npm", "bin", "npm-cli.js"),
  ];
  const script = candidates.find((path) => path?.endsWith("npm-cli.js") && existsSync(path));
  return script ? { command: process.execPath, prefix: [script] } : { command: "npm", prefix: [] };
}

async function verifyIntegrity(tarball: string, integrity: string, spec: string): Promise<void> {
  const [algorithm, expected] = integrity.split(/-(.*)/s);
  if (algorithm !== "sha512" || !expected) {
    throw new Error(`integrity of ${spec} must be "sha512-<base64>", not "${integrity}"`);
  }
  const hash = createHash("sha512");
  for await (const chunk of createReadStream(tarball)) hash.update(chunk as Buffer);
  const found = hash.digest("base64");
  if (found !== expected) {
    throw new UserError(
      `the tarball of ${spec} is not the one that is pinned: its checksum is sha512-${found}, expected ${integrity}`,
      "the registry or a proxy on the way changed it; clear npm's cache and try again, or use another registry",
    );
  }
}

async function unpackInto(
  tarball: string,
  folder: string,
  files: readonly string[] | undefined,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const wanted = (path: string): boolean => {
    const inside = path.split("/").slice(1).join("/"); // A tarball's files lie in one top folder.
    return !files || files.some((file) => inside === file || inside.startsWith(`${file}/`));
  };
  await unpack({ file: tarball, cwd: folder, strip: 1, filter: wanted });
  for (const file of files ?? []) {
    if (!existsSync(join(folder, file))) throw new Error(`${tarball} has no file ${file}`);
  }
}
