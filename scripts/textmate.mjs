// Writes the TextMate grammar from the table of tokens: `npx tsx scripts/textmate.mjs`.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { textMateGrammar } from "../compiler/textmate/grammar.ts";
import { root, run } from "./setup.mjs";

const path = join(root, "editors/lavis.tmLanguage.json");
writeFileSync(path, JSON.stringify(textMateGrammar(), null, 2));
run("Formatting", join(root, "node_modules/.bin/biome"), ["format", "--write", path]);
