// Writes the TextMate grammar from the table of tokens: `npx tsx scripts/textmate.mjs`. With --check it writes
// nothing and fails where the file is not what it should be.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { grammarFile, grammarText } from "../compiler/textmate/file.ts";
import { root } from "./setup.mjs";

const path = join(root, grammarFile);
const text = grammarText();
if (!process.argv.includes("--check")) writeFileSync(path, text);
else if (readFileSync(path, "utf8") !== text) {
  console.error(`${grammarFile} is out of date: run "npx tsx scripts/textmate.mjs"`);
  process.exitCode = 1;
}
