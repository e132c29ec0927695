// Makes a bare clone ready: checks Node, installs the dependencies, builds. Plain JavaScript on Node's own
// modules, since it runs before anything is installed. `node scripts/setup.mjs`, or imported by its siblings.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Runs a command with its output shown; true when it succeeds. */
export function succeeds(title, command, args, { cwd = root, environment = {} } = {}) {
  console.log(`\n> ${title}`);
  const { status, error } = spawnSync(command, args, {
    cwd,
    stdio: "inherit",
    env: { ...process.env, ...environment },
    shell: process.platform === "win32" && command === "npm",
  });
  if (error) console.error(`${command} could not be started: ${error.message}`);
  return status === 0;
}

/** Runs a command in the repository's root with its output shown; ends the process when it fails. */
export function run(title, command, args, environment = {}) {
  if (!succeeds(title, command, args, { environment })) process.exit(1);
}

function requireNode() {
  const { engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const [wantedMajor, wantedMinor] = engines.node
    .replace(/[^\d.]/g, "")
    .split(".")
    .map(Number);
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < wantedMajor || (major === wantedMajor && minor < wantedMinor)) {
    console.error(
      `lavis needs Node ${engines.node}; this is ${process.versions.node}. Install Node 20 LTS or newer.`,
    );
    process.exit(2);
  }
}

/** Installs exactly what a folder's lock file says, unless that is what is installed; true when it is. */
export function installDependencies(title, folder) {
  const stamp = join(folder, "node_modules", ".lavis-lock");
  const lock = createHash("sha256")
    .update(readFileSync(join(folder, "package-lock.json")))
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return true;
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  if (!succeeds(title, "npm", ["ci", ...flags], { cwd: folder })) return false;
  writeFileSync(stamp, lock);
  return true;
}

/** From a bare clone to a built project. */
export function setUp() {
  requireNode();
  if (!installDependencies("Installing dependencies", root)) process.exit(1);
  run("Building", "npm", ["run", "--silent", "build"]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) setUp();
