// `npm run test:node-versions`: runs the suite's core under other Node versions, whose binaries are npm packages.
// `node scripts/test-node-versions.mjs 22` runs one of them.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { root, run, setUp } from "./setup.mjs";

/** All but the end-to-end tests. */
const core = ["tests/grammar", "tests/compiler", "tests/runtime"];

const versions = process.argv.length > 2 ? process.argv.slice(2) : ["20", "22", "24"];
setUp();
let failed = 0;
for (const version of versions) {
  const folder = join(root, "node_modules", ".cache", `node-${version}`);
  const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  const binary = join(
    folder,
    "node_modules",
    name,
    "bin",
    process.platform === "win32" ? "node.exe" : "node",
  );
  if (!existsSync(binary)) {
    mkdirSync(folder, { recursive: true });
    const flags = [
      "--no-save",
      "--ignore-scripts",
      "--no-engine-strict",
      "--no-audit",
      "--no-fund",
      "--loglevel=error",
    ];
    run(`Fetching Node ${version}`, "npm", ["install", "--prefix", folder, ...flags, `${name}@${version}`]);
  }
  console.log(`\n> Testing on Node ${version}`);
  const { status } = spawnSync(binary, [join(root, "node_modules", "vitest", "vitest.mjs"), "run", ...core], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, PATH: `${join(binary, "..")}:${process.env.PATH}` },
  });
  if (status !== 0) failed++;
}
console.log(`${versions.length - failed} Node versions passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
