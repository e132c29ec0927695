// What people wait for at the compiler: `npm run bench:compiler -- [runs]`, 11 runs unless told, after a build.
// Starts `dist/lavisc.js` anew for each figure but those of the language server, and prints a table in Markdown.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { recipesOf } from "./long-files.ts";
import { manyRecipes, measureAnswers, oneRecipe } from "./lsp-editor.ts";
import { quantile } from "./quantile.ts";
import { formatTable } from "./table.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const lavisc = join(root, "dist/lavisc.js");
const numRuns = Number(process.argv[2] ?? 11);
if (!Number.isSafeInteger(numRuns) || numRuns < 1) {
  process.stderr.write("usage: npm run bench:compiler -- [runs]\n");
  process.exit(2);
}

/** Milliseconds of a process from its start to its end, in rising order; the first, which fills the disk cache, left out. */
function startAnew(args: readonly string[]): readonly number[] {
  const run = () => {
    const start = performance.now();
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
    // 1: the recipes have findings, which are none of the benchmark's.
    if (status !== 0 && status !== 1)
      throw new Error(`node ${args.join(" ")} ended with ${status}: ${stderr}`);
    return performance.now() - start;
  };
  run();
  return Array.from({ length: numRuns }, run).sort((a, b) => a - b);
}

/** Imports the configurations of LAVIS that the tests hold; returns how many became recipes. */
function convert(folder: string): number {
  const from = join(root, "tests/compiler/import-yaml/configs");
  // Many are defaults of models and data sets, which are no run configurations and are refused.
  const { stderr } = spawnSync(process.execPath, [lavisc, "import", from, "--output", folder], {
    encoding: "utf8",
  });
  const names = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }) : [];
  const numRecipes = names.filter((name) => name.endsWith(".lavis")).length;
  if (numRecipes === 0) throw new Error(`no recipe was imported: ${stderr}`);
  return numRecipes;
}

const folder = mkdtempSync(join(tmpdir(), "lavisc-bench-"));
try {
  const recipes = join(folder, "recipes");
  const numRecipes = convert(recipes);
  const long = join(folder, "long.lavis");
  writeFileSync(long, recipesOf(100_000, "seed = 42"));
  const commands: readonly (readonly [string, readonly string[]])[] = [
    ["Node that does nothing", ["-e", "0"]],
    ["`check` of the quickstart's recipe", [lavisc, "check", "recipes/quickstart/emoji_caption.lavis"]],
    [`\`lint\` of ${numRecipes} recipes`, [lavisc, "lint", recipes]],
    ["`check` of 100,000 lines", [lavisc, "check", long]],
  ];
  const rows = commands.map(([title, args]) => row(title, startAnew(args), 0));
  for (const [title, text] of [
    ["completion, 2,000 lines of many recipes", manyRecipes()],
    ["completion, one recipe of 2,000 lines", oneRecipe()],
  ] as const)
    for (const { sorted } of await measureAnswers(text, ["completion"], 100))
      rows.push(row(title, sorted, 1));
  const head = ["", "median, ms", "95 % within, ms", "longest, ms"];
  process.stdout.write(`${formatTable([head, ...rows], 1, "markdown")}\n`);
} finally {
  rmSync(folder, { recursive: true });
}

function row(title: string, sorted: readonly number[], digits: number): readonly string[] {
  return [title, ...[0.5, 0.95, 1].map((share) => quantile(sorted, share).toFixed(digits))];
}
