import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Analysis, analyse } from "../../../compiler/lsp/analysis.ts";
import { codeActions, fixAllAction } from "../../../compiler/lsp/features/code-actions.ts";
import { complete } from "../../../compiler/lsp/features/completion/index.ts";
import { definition } from "../../../compiler/lsp/features/definition.ts";
import { diagnosticsByFile } from "../../../compiler/lsp/features/diagnostics.ts";
import { foldingRanges } from "../../../compiler/lsp/features/folding.ts";
import { formatDocument, formatRange } from "../../../compiler/lsp/features/formatting.ts";
import { hover } from "../../../compiler/lsp/features/hover.ts";
import { inlayHints } from "../../../compiler/lsp/features/inlay-hints.ts";
import { references } from "../../../compiler/lsp/features/references.ts";
import { prepareRename, RenameError, rename } from "../../../compiler/lsp/features/rename.ts";
import { semanticTokens, tokensOf } from "../../../compiler/lsp/features/semantic-tokens.ts";
import { documentSymbols } from "../../../compiler/lsp/features/symbols.ts";
import { spanOf } from "../../../compiler/lsp/text.ts";
import { memoryHost } from "../../../compiler/program/index.ts";
import { SourceText } from "../../../grammar/index.ts";
import { commonFile, whole } from "./support.ts";

function analysed(text: string): Analysis {
  const found = analyse(memoryHost({ "/common.lavis": commonFile, "/r.lavis": text }), "/r.lavis");
  if (!found) throw new Error("unreadable");
  return found;
}

/** Asks every feature about a place of a text, and holds what they promise for any text. */
function askEverything(text: string, offset: number, known = analysed(text)): void {
  const analysis = analysed(text);
  const source = new SourceText(text);
  const files = [...analysis.program.files.values()];
  for (const { textEdit } of complete({ source, offset, known, readFolder: () => [], snippets: true })) {
    if (!textEdit || !("range" in textEdit)) throw new Error("a completion without a range");
    const { start, end } = spanOf(source, textEdit.range);
    // The protocol: one line, around the cursor.
    expect(start <= offset && offset <= end).toBe(true);
    expect(textEdit.range.start.line).toBe(textEdit.range.end.line);
  }
  hover(analysis, offset);
  definition(analysis, offset);
  references(analysis, offset, files, true);
  prepareRename(analysis, offset);
  try {
    rename(analysis, offset, "renamed", files);
  } catch (error) {
    expect(error).toBeInstanceOf(RenameError);
  }
  const range = { start: offset, end: Math.min(text.length, offset + 20) };
  codeActions(analysis, range);
  inlayHints(analysis, range, "all");
  formatRange(source, range);
}

function askAboutAll(text: string): void {
  const analysis = analysed(text);
  documentSymbols(analysis);
  foldingRanges(analysis);
  formatDocument(analysis.source);
  fixAllAction(analysis);
  diagnosticsByFile(analysis, { uriOf: (path) => path, explanationOf: () => undefined });
  expect(semanticTokens(analysis).data.every((number) => number >= 0)).toBe(true);
  let end = 0;
  for (const { span } of tokensOf(analysis)) {
    expect(span.start >= end && span.end > span.start).toBe(true);
    end = span.end;
  }
}

describe("every feature", () => {
  it("answers at every place of a recipe", () => {
    const known = analysed(whole);
    for (let offset = 0; offset <= whole.length; offset += 11) askEverything(whole, offset, known);
  }, 120_000);

  it("answers at the end of a text that is cut off anywhere, with what was known before", () => {
    const known = analysed(whole);
    for (let end = 0; end < whole.length; end += 9) {
      askEverything(whole.slice(0, end), end, known);
      askAboutAll(whole.slice(0, end));
    }
  }, 120_000);

  it("answers in texts with pieces removed, doubled, or put in", () => {
    const place = fc.nat(whole.length);
    const piece = fc.constantFrom(
      "{",
      "}",
      "(",
      ")",
      "[",
      '"',
      "${",
      "=",
      ".",
      "/",
      "\r\n",
      "//",
      "recipe ",
      "🙂",
      "\u2028",
    );
    fc.assert(
      fc.property(place, fc.nat(30), piece, place, (at, length, put, offset) => {
        const removed = whole.slice(0, at) + whole.slice(at + length);
        const doubled = whole.slice(0, at + length) + whole.slice(at);
        const inserted = whole.slice(0, at) + put + whole.slice(at);
        for (const text of [removed, doubled, inserted]) {
          askEverything(text, Math.min(offset, text.length));
          askAboutAll(text);
        }
      }),
      { numRuns: 30 },
    );
  }, 120_000);

  it("answers about texts that are no recipes", () => {
    for (const text of [
      "",
      "\n",
      "\ufeff",
      "}}}}",
      '"',
      "recipe",
      "a.b.c",
      "${",
      "\r",
      "🙂🙂🙂",
      "param x: a | | b?",
    ]) {
      for (let offset = 0; offset <= text.length; offset++) askEverything(text, offset);
      askAboutAll(text);
    }
  });
});
