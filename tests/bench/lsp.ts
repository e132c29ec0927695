// How long the language server takes to answer on files of 2,000 lines: `npm run bench:lsp -- [requests]`, after a
// build. Prints milliseconds from the request to the answer, over the protocol.
import { manyRecipes, measureAnswers, oneRecipe } from "./lsp-editor.ts";
import { quantile } from "./quantile.ts";

const numRequests = Number(process.argv[2] ?? 100);
const methods = ["completion", "hover", "documentSymbol", "semanticTokens/full"];

for (const [title, text] of [
  ["many recipes", manyRecipes()],
  ["one recipe", oneRecipe()],
] as const) {
  process.stdout.write(`${title}, ${text.split("\n").length} lines\n`);
  for (const { method, sorted, first } of await measureAnswers(text, methods, numRequests)) {
    const at = (share: number) => quantile(sorted, share).toFixed(1);
    process.stdout.write(
      `  ${method.padEnd(20)} median ${at(0.5)}  p95 ${at(0.95)}  max ${at(1)} ms, first ${first.toFixed(1)}\n`,
    );
  }
}
