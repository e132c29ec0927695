// `npm run gpu:bundle -- OUT_FOLDER`: packs everything that tests and measures the torch engine on a machine with an
// NVIDIA GPU, a Python with PyTorch, and no network: this Node with its headers, the built project with its sources
// and tests, the packages that they load, and run-gpu.sh, which does it all there.
//     tar -xf lavis-gpu.tar.xz && lavis-gpu/run-gpu.sh
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { root, run, setUp } from "./setup.mjs";

/** The packages that the tests and benchmarks load by themselves; what those depend on comes with them. */
const roots = [
  "@tensorflow/tfjs-backend-wasm",
  "@tensorflow/tfjs-core",
  "node-gyp",
  "sharp",
  "tar",
  "tsx",
  "vitest",
];

/** A dependency of vite that only stylesheets need. */
const unneeded = new Set(["lightningcss"]);

/** Of the project: what the benchmarks and the engine's tests read. */
const projectFiles = [
  ...["package.json", "tsconfig.base.json", "tsconfig.json", "vitest.config.ts", "LICENSE", "NOTICE"],
  // What the tests' own settings refer to.
  ...["grammar/tsconfig.json", "compiler/tsconfig.json"],
  ...["dist/lavisc.js", "dist/chunks", "dist/runtime", "runtime"],
  ...["bench", "fixtures", "golden", "golden.ts", "runtime", "soak", "tsconfig.json"].map(
    (name) => `tests/${name}`,
  ),
];

/** What no package needs when it runs: types, maps, documentation, and tfjs in the forms for browsers. */
const superfluous = /\.d\.[mc]?ts$|\.map$|\.md$|\.tsbuildinfo$|[/\\]tf-[\w-]+(?!\.node)(?:\.\w+)*\.js$/;

function refuse(what) {
  console.error(what);
  process.exit(2);
}

/** The folder of the package that `name` means to a module in `from`; undefined where it is not installed. */
function findPackage(name, from) {
  for (let at = from; ; at = dirname(at)) {
    const folder = join(at, "node_modules", name);
    if (existsSync(join(folder, "package.json"))) return folder;
    if (at === root) return undefined;
  }
}

const readManifest = (folder) => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));

/** The folders of the roots and of all that they depend on here. */
function neededPackages() {
  const found = new Set();
  const queue = roots.map((name) => findPackage(name, root) ?? refuse(`${name} is not installed`));
  for (const folder of queue) {
    if (found.has(folder)) continue;
    found.add(folder);
    const { dependencies = {}, optionalDependencies = {} } = readManifest(folder);
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      if (unneeded.has(name)) continue;
      const dependency = findPackage(name, folder);
      if (dependency !== undefined) queue.push(dependency);
      else if (!(name in optionalDependencies)) {
        refuse(`${relative(root, folder)} needs ${name}, which is not installed: run npm ci`);
      }
    }
  }
  return found;
}

/** The folder with `node_api.h` and node-gyp's settings for this Node. */
function headersFolder() {
  const { npm_config_nodedir, XDG_CACHE_HOME = join(homedir(), ".cache") } = process.env;
  const candidates = [
    ...(npm_config_nodedir ? [npm_config_nodedir] : []),
    resolve(process.execPath, "..", ".."),
    join(XDG_CACHE_HOME, "node-gyp", process.versions.node),
  ];
  const found = candidates
    .map((folder) => join(folder, "include", "node"))
    .find((folder) => existsSync(join(folder, "node_api.h")) && existsSync(join(folder, "config.gypi")));
  return found ?? refuse("Node's headers are not here: npx node-gyp install fetches them");
}

/** Copies a file or a folder without what is superfluous; links are followed. */
function copy(source, target, isWanted = () => true) {
  mkdirSync(dirname(target), { recursive: true });
  cpSync(source, target, {
    recursive: true,
    dereference: true,
    filter: (path) => isWanted(path) && !superfluous.test(path),
  });
}

function gather(folder) {
  mkdirSync(join(folder, "node", "bin"), { recursive: true });
  const node = join(folder, "node", "bin", "node");
  copyFileSync(process.execPath, node);
  chmodSync(node, 0o755);
  // Engines use Node-API only.
  const headers = headersFolder();
  copy(headers, join(folder, "node", "include", "node"), (path) => path !== join(headers, "openssl"));
  const project = join(folder, "project");
  for (const path of projectFiles) copy(join(root, path), join(project, path));
  for (const from of neededPackages()) {
    // A package's own packages are found by themselves, where they are needed.
    const nested = `${from}${sep}node_modules`;
    copy(from, join(project, relative(root, from)), (path) => path !== nested);
  }
  const script = join(folder, "run-gpu.sh");
  copyFileSync(join(root, "scripts", "run-gpu.sh"), script);
  chmodSync(script, 0o755);
}

const [out, ...more] = process.argv.slice(2);
if (out === undefined || more.length > 0) refuse("npm run gpu:bundle -- OUT_FOLDER");
if (process.platform !== "linux") refuse("the bundle is for Linux: make it on Linux");
setUp();
const staging = mkdtempSync(join(tmpdir(), "lavis-gpu-"));
try {
  const folder = join(staging, "lavis-gpu");
  gather(folder);
  mkdirSync(out, { recursive: true });
  // Python's tarfile, which is where PyTorch is, reads both.
  const [flag, suffix] = spawnSync("xz", ["--version"]).status === 0 ? ["--xz", "xz"] : ["--gzip", "gz"];
  const archive = resolve(out, `lavis-gpu.tar.${suffix}`);
  rmSync(archive, { force: true });
  const args = [flag, "--owner=0", "--group=0", "-cf", archive, "-C", staging, basename(folder)];
  run(`Packing ${archive}`, "tar", args, { XZ_OPT: "-6 -T0" });
  console.log(`${archive}: ${(statSync(archive).size / 2 ** 20).toFixed(1)} MiB`);
  console.log(`there: tar -xf ${basename(archive)} && lavis-gpu/run-gpu.sh`);
} finally {
  rmSync(staging, { recursive: true });
}
