// Writes the reference documentation from cards, messages and rules: `npm run docs`.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { configurationSchema } from "../compiler/config/index.ts";
import { referencePages } from "../compiler/describe/reference/index.ts";
import { lintRules } from "../compiler/lint/index.ts";
import { root, run } from "./setup.mjs";

const folder = join(root, "docs/reference");
const names = lintRules.flatMap(({ slug, code }) => [slug, code]);
const schema = { path: "lavisc.schema.json", text: JSON.stringify(configurationSchema(names)) };
const pages = [...referencePages(), schema];

// Pages of what is no more go.
for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true }))
  if (entry.isFile()) rmSync(join(entry.parentPath, entry.name));
for (const { path, text } of pages) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}
run("Formatting", join(root, "node_modules/.bin/biome"), ["format", "--write", join(folder, schema.path)]);
process.stdout.write(`${pages.length} pages in docs/reference\n`);
