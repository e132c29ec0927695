// `npm test`: everything from set-up to the last count. Arguments go to vitest (`npm test -- tests/grammar`).
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { installDependencies, root, run, setUp, succeeds } from "./setup.mjs";

setUp();
run("Checking types", "npm", ["run", "--silent", "typecheck"]);
run("Linting", "npm", ["run", "--silent", "lint"]);

// The suite runs on every engine that is installed. wasm always is; without the others their tests say so and the rest goes on.
// The same holds for shm, through which processes exchange gradients.
for (const name of ["shm", "torch", "tfjs-node"]) {
  const install = ["dist/lavisc.js", "engine", "install", name];
  if (!succeeds(`Installing ${name}`, process.execPath, install))
    console.log(`${name} could not be installed: its tests will be skipped`);
}
if (
  !installDependencies("Installing what the VS Code extension is built with", join(root, "editors", "vscode"))
)
  console.log("it could not be installed: the extension's tests will be skipped");

const report = join(root, "node_modules", ".cache", "vitest-report.json");
mkdirSync(join(report, ".."), { recursive: true });
rmSync(report, { force: true });
console.log("\n> Testing");
const vitest = spawnSync(
  process.execPath,
  [
    join(root, "node_modules", "vitest", "vitest.mjs"),
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: "inherit" },
);
if (!existsSync(report)) {
  console.log("0 passed: vitest ended before it ran a test");
  process.exit(vitest.status || 1);
}
const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
  readFileSync(report, "utf8"),
);
console.log(`${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests + numTodoTests} skipped`);
process.exit(vitest.status ?? 1);
