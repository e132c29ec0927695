// How long checking long files takes: `npm run bench:check -- [lines]`, 100,000 unless told, after a build. Prints, for
// files of several kinds and of half and all of these lines, the findings and the seconds of processor time; the second
// is at most about twice the first where checking is linear.
import { fileURLToPath } from "node:url";
import type * as Compiler from "../../compiler/index.ts";
import { recipesOf, repeat } from "./long-files.ts";

const built = fileURLToPath(new URL("../../dist/compiler/index.js", import.meta.url));
const { checkRecipe, memoryHost } = (await import(built)) as typeof Compiler;
const numLines = Number(process.argv[2] ?? 100_000);
if (!Number.isSafeInteger(numLines) || numLines < 100) {
  process.stderr.write("usage: npm run bench:check -- [lines]\n");
  process.exit(2);
}

/** Makes files of about so many lines. */
const kinds: Readonly<Record<string, (count: number) => string>> = {
  "recipes without mistakes": (count) => recipesOf(count, "seed = 42"),
  "recipes with five mistakes each": (count) =>
    recipesOf(count, "sed = 42\n    batch_size_trai = 2\n    amp = True\n    devic = cpu\n    foo = bar"),
  "unknown options, one a line": (count) =>
    `recipe r {\n  run {\n${repeat(count, (index) => `    option_${index} = ${index}\n`)}  }\n}\n`,
  "syntax errors, one a line": (count) =>
    `recipe r {\n  run {\n${repeat(count, (index) => `    option_${index}: ${index}\n`)}  }\n}\n`,
  "lets, each of the one before": (count) =>
    `let v0 = 1\n${repeat(count, (index) => `let v${index + 1} = v${index} + 1\n`)}`,
  "recipes that extend one": (count) =>
    `recipe base {\n}\n${repeat(count / 3, (index) => `recipe r${index} extends base {\n  run { seed = 1 }\n}\n`)}`,
};

for (const [name, make] of Object.entries(kinds)) {
  const [half, whole] = [measure(make(numLines / 2)), measure(make(numLines))];
  const figures = [half, whole].map(
    ({ lines, findings, seconds }) => `${lines} lines, ${findings} findings: ${seconds.toFixed(2)} s`,
  );
  process.stdout.write(`${name}: ${figures.join("; ")}\n`);
}

function measure(text: string) {
  const start = process.cpuUsage();
  const { diagnostics } = checkRecipe(memoryHost({ "/r.lavis": text }), "/r.lavis");
  const { user, system } = process.cpuUsage(start);
  return { lines: text.split("\n").length, findings: diagnostics.length, seconds: (user + system) / 1e6 };
}
