// `npm run quickstart`: from a bare clone to captions: sets up, builds the emoji data, compiles the recipe, trains.
// Arguments go to the program (`npm run quickstart -- --ui plain`).
import { spawnSync } from "node:child_process";
import { root, run, setUp } from "./setup.mjs";

const recipe = "recipes/quickstart/emoji_caption.lavis";
const lavisc = (title, ...args) => run(title, process.execPath, ["dist/lavisc.js", ...args]);

setUp();
lavisc("Building the emoji data (once, about a minute)", "data", "build", "emoji");
lavisc(`Compiling ${recipe}`, recipe);

console.log("\n> Training: node out/run.js");
const program = ["out/run.js", ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, program, { cwd: root, stdio: "inherit" });
if (status === 0) {
  console.log(`
That was \`lavisc ${recipe} && node out/run.js\`. Next:
  out/run.ts           the program that the recipe became
  output/quickstart    checkpoints, results and logs
  ${recipe}   the recipe: change it and run the two commands again (npx lavisc …)
  README.md            your own data, other engines, all commands`);
}
process.exit(status ?? 1);
