import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { cacheDir } from "../../cache.ts";
import { UserError } from "../../errors.ts";
import { fetchWheel, placeLibraries } from "./libtensorflow.ts";
import { buildBinding } from "./node-gyp.ts";
import { type Progress, runStep } from "./run-step.ts";

/** The release of tfjs-node(-gpu) that the engine is written for; the same as tfjs-core's in package.json. */
const packageVersion = "4.22.0";

/** Node-API version that the binding is built for: the newest that tfjs-node knows, and every Node ≥ 20 has it. */
const nodeApiVersion = 8;

/** How long the package's own download may take to fail before TensorFlow's wheel is tried. */
const ownDownloadSeconds = 600;

export type TfjsNodeName = "tfjs-node" | "tfjs-node-gpu";

/** What `engine.json` in an engine's folder says about how it was made. */
export interface InstalledEngine {
  readonly engine: TfjsNodeName;
  readonly version: string;
  /** Where libtensorflow came from: the package's own download, the pip wheel, or a folder of the user's. */
  readonly from: string;
  readonly tensorflow: string;
  readonly installed: string;
}

export interface InstallOptions {
  readonly gpu: boolean;
  /** `npm`: only the package's own download; `pip`: only the wheel; a folder: that; undefined: npm, then pip. */
  readonly from?: string;
  /** Install again although it is there and loads. */
  readonly force?: boolean;
  readonly progress: Progress;
}

/** The folder that an engine is installed in. */
export function engineFolder(name: TfjsNodeName): string {
  return cacheDir("engines", name);
}

/** What is installed under a name, or undefined. */
export function installedEngine(name: TfjsNodeName): InstalledEngine | undefined {
  const file = join(engineFolder(name), "engine.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as InstalledEngine) : undefined;
}

/**
 * Installs tfjs-node or tfjs-node-gpu into the cache and returns what it installed.
 *
 * The npm package is taken with its scripts off; libtensorflow comes from the package's own download where
 * that host is reached, else out of TensorFlow's pip wheel, or from a folder, and the binding is built with
 * node-gyp from the package's own sources. Everything happens in a temporary folder beside the final one,
 * which is replaced only after the new engine has computed something. Throws a `UserError` that says which
 * step failed and what to install.
 */
export async function installTfjsNode(options: InstallOptions): Promise<InstalledEngine> {
  const name: TfjsNodeName = options.gpu ? "tfjs-node-gpu" : "tfjs-node";
  const { progress } = options;
  const target = engineFolder(name);
  const present = installedEngine(name);
  if (present !== undefined && !options.force) return present;

  const staging = cacheDir("engines", `.${name}-${process.pid}`);
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging, { recursive: true });
  const log = cacheDir("engines", `${name}-install.log`);
  writeFileSync(log, "");
  try {
    const packageFolder = await fetchPackage(name, staging, log, progress);
    const from = await fetchLibraries(packageFolder, staging, options, log);
    progress.step("computing something with it");
    const tensorflow = await verify(packageFolder, log);
    const engine = {
      engine: name,
      version: packageVersion,
      from,
      tensorflow,
      installed: new Date().toISOString(),
    };
    writeFileSync(join(staging, "engine.json"), `${JSON.stringify(engine, null, 2)}\n`);
    rmSync(target, { recursive: true, force: true });
    renameSync(staging, target);
    return engine;
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** Takes the npm package with the user's own npm settings, its install scripts off. */
async function fetchPackage(
  name: TfjsNodeName,
  staging: string,
  log: string,
  progress: Progress,
): Promise<string> {
  progress.step(`taking @tensorflow/${name} ${packageVersion} from npm`);
  writeFileSync(join(staging, "package.json"), '{ "private": true }\n');
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  await runStep("npm", ["install", "--save-exact", ...flags, `@tensorflow/${name}@${packageVersion}`], {
    cwd: staging,
    log,
    hint: "check that npm reaches its registry",
  });
  return join(staging, "node_modules", "@tensorflow", name);
}

/** Gets libtensorflow and the binding; returns where they came from. */
async function fetchLibraries(
  packageFolder: string,
  staging: string,
  { gpu, from, progress }: InstallOptions,
  log: string,
): Promise<string> {
  if (from !== "pip" && (from === undefined || from === "npm")) {
    progress.step("asking for the package's own download of libtensorflow");
    const install = runStep(process.execPath, ["scripts/install.js", ...(gpu ? ["gpu", "download"] : [])], {
      cwd: packageFolder,
      log,
      hint: "its host may be out of reach: try --from pip",
      timeout: ownDownloadSeconds,
    });
    const failure = await install.then(
      () => undefined,
      (error: unknown) => error,
    );
    // The script ends well when its download failed quietly, so the binding is what counts.
    if (failure === undefined && existsSync(bindingPath(packageFolder))) return "npm";
    if (from === "npm") {
      throw (
        failure ??
        new UserError("the package's own download made no binding", `see ${log}, or try --from pip`)
      );
    }
    progress.step("that download is out of reach; taking TensorFlow's pip wheel instead");
    for (const leftover of ["deps", "lib", "build"]) {
      rmSync(join(packageFolder, leftover), { recursive: true, force: true });
    }
  }
  const folder = from === undefined || from === "pip" ? undefined : resolve(from);
  if (folder !== undefined && !existsSync(folder)) {
    throw new UserError(
      `--from ${from}: there is no such folder`,
      "give npm, pip, or a folder with libtensorflow",
    );
  }
  const source = folder ?? (await fetchWheel(staging, gpu, log, progress));
  placeLibraries(source, packageFolder, folder === undefined);
  progress.step("building the binding with node-gyp");
  await build(packageFolder, log);
  if (folder === undefined) rmSync(source, { recursive: true, force: true });
  return folder ?? "pip";
}

function bindingPath(packageFolder: string): string {
  return join(packageFolder, "lib", `napi-v${nodeApiVersion}`, "tfjs_binding.node");
}

async function build(packageFolder: string, log: string): Promise<void> {
  const variables = {
    module_name: "tfjs_binding",
    module_path: join(packageFolder, "lib", `napi-v${nodeApiVersion}`),
    napi_build_version: nodeApiVersion,
    napi_version: nodeApiVersion,
  };
  await buildBinding(variables, {
    cwd: packageFolder,
    log,
    hint: "building needs a C++17 compiler, make, Python 3 and Node's headers: on Debian or Ubuntu, apt-get install g++ make python3 libnode-dev",
  });
  rmSync(join(packageFolder, "build"), { recursive: true, force: true });
}

/** tfjs-node 4.22 calls functions of node:util that Node 23 dropped. */
const verifyScript = `
const util = require("node:util");
util.isNullOrUndefined ??= (value) => value === null || value === undefined;
util.isArray ??= Array.isArray;
const tf = require(process.argv[1]);
const [product] = tf.matMul(tf.tensor2d([[2, 3]]), tf.tensor2d([[5], [7]])).dataSync();
if (product !== 31) throw new Error("2*5 + 3*7 gave " + product);
console.log("TensorFlow " + tf.backend().binding.TF_Version);
`;

/** Computes a product in a fresh process and returns TensorFlow's version. */
async function verify(packageFolder: string, log: string): Promise<string> {
  const output = await runStep(process.execPath, ["-e", verifyScript, packageFolder], {
    cwd: packageFolder,
    log,
    hint: "the library does not load here; `lavisc doctor` says more",
    environment: { TF_CPP_MIN_LOG_LEVEL: "2" },
  });
  return /TensorFlow (\S+)/.exec(output)?.[1] ?? "unknown";
}
