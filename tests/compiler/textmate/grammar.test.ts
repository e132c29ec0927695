import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { createOnigScanner, createOnigString, loadWASM } from "vscode-oniguruma";
import { INITIAL, parseRawGrammar, Registry } from "vscode-textmate";
import { textMateGrammar } from "../../../compiler/textmate/grammar.ts";
import { SourceText, type TokenRole, tokenTable } from "../../../grammar/index.ts";
import { createLexer, lex } from "../../../grammar/parse/lexer.ts";
import { SyntaxReporter } from "../../../grammar/parse/report.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const grammarFile = join(root, "editors/lavis.tmLanguage.json");
const fixtures = join(root, "tests/compiler/textmate/fixtures");
const require = createRequire(import.meta.url);
await loadWASM(readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm")));
const registry = new Registry({
  onigLib: Promise.resolve({ createOnigScanner, createOnigString }),
  loadGrammar: async (scope) =>
    scope === "source.lavis" ? parseRawGrammar(JSON.stringify(textMateGrammar()), grammarFile) : null,
});
const loaded = await registry.loadGrammar("source.lavis");
if (!loaded) throw new Error("the grammar cannot be loaded");
const grammar = loaded;

interface Scoped {
  readonly start: number;
  readonly end: number;
  /** Without `source.lavis`, which all have. */
  readonly scopes: readonly string[];
}

/** The stretches of each line as an editor sees them. */
function scopesOf(text: string): readonly { readonly line: string; readonly parts: readonly Scoped[] }[] {
  let state = INITIAL;
  return text.split(/\r?\n/).map((line) => {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
    state = ruleStack;
    const parts = tokens.map(({ startIndex, endIndex, scopes }) => ({
      start: startIndex,
      end: Math.min(endIndex, line.length),
      scopes: scopes.slice(1),
    }));
    return { line, parts };
  });
}

/** Neighbours of the same scopes as one. */
function joined(parts: readonly Scoped[]): readonly Scoped[] {
  const result: Scoped[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (last?.scopes.join() !== part.scopes.join()) result.push(part);
    else result[result.length - 1] = { ...last, end: part.end };
  }
  return result;
}

/** Each line, and below it what its stretches are. */
function snapshot(text: string): string {
  const lines = scopesOf(text).flatMap(({ line, parts }) => {
    const named = joined(parts).filter(({ start, end, scopes }) => end > start && scopes.length > 0);
    const marks = named.map(({ start, end, scopes }) => {
      const caret = `${" ".repeat(start)}${"^".repeat(end - start)}`;
      return `  ${caret} ${scopes.map((scope) => scope.replaceAll(".lavis", "")).join(" > ")}`;
    });
    return [`> ${line}`, ...marks];
  });
  return `${lines.join("\n").replace(/[ \t]+$/gm, "")}\n`;
}

describe("the TextMate grammar", () => {
  it("is what the table of tokens gives", () => {
    const kept: unknown = JSON.parse(readFileSync(grammarFile, "utf8"));
    expect(kept, "run: npx tsx scripts/textmate.mjs").toEqual(JSON.parse(JSON.stringify(textMateGrammar())));
  });

  it.each(readdirSync(fixtures))("colours %s", async (file) => {
    const text = readFileSync(join(fixtures, file), "utf8");
    await expect(snapshot(text)).toMatchFileSnapshot(`__snapshots__/${file}.scopes`);
  });
});

/** What a token of a role may be called. */
const families: Readonly<Record<TokenRole, RegExp>> = {
  comment: /^comment\.line\.double-slash/,
  documentation: /^comment\.line\.documentation/,
  keyword: /^keyword\.control/,
  constant: /^constant\.language/,
  name: /^(?:variable|entity|support)\./,
  number: /^constant\.numeric/,
  string: /^(?:string|punctuation\.(?:definition\.string|section\.interpolation))/,
  operator: /^keyword\.operator/,
  punctuation: /^punctuation/,
};

/** The tokens of the lexer with what an editor calls the place where each starts. */
function agreed(text: string) {
  const source = new SourceText(text);
  const lines = scopesOf(text);
  const at = (offset: number): string => {
    const { line, column } = source.positionAt(offset);
    const part = lines[line - 1]?.parts.find(({ start, end }) => start < column && column <= end);
    return part?.scopes.at(-1) ?? "";
  };
  const { tokens, comments } = lex(createLexer(), new SyntaxReporter(source));
  const words = tokens.map(({ tokenType, startOffset, image }) => ({
    type: tokenType.name,
    image,
    scope: at(startOffset),
    // A word of the language in front of `=` is a key.
    isKey: /^\s*=(?!=)/.test(text.slice(startOffset + image.length)),
  }));
  const remarks = comments.map(({ style, span }) => ({
    type: style === "doc" ? "DocComment" : "LineComment",
    image: "",
    scope: at(span.start),
    isKey: false,
  }));
  return [...words, ...remarks];
}

describe("an editor and the lexer", () => {
  const recipes = readdirSync(join(root, "recipes"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".lavis"))
    .map((file) => join(root, "recipes", file));
  const ours = ["declarations.lavis", "sections.lavis"].map((file) => join(fixtures, file));

  it.each([...ours, ...recipes].map((path) => [path.slice(root.length), path]))(
    "agree about %s",
    (_, path) => {
      for (const { type, image, scope, isKey } of agreed(readFileSync(path, "utf8"))) {
        const role = tokenTable.find((entry) => entry.type.name === type)?.role;
        if (role === undefined) throw new Error(`${image} has no role`);
        const family =
          isKey && role !== "operator" && role !== "punctuation" ? families.name : families[role];
        expect(scope, `${type} ${image}`).toMatch(family);
      }
    },
  );

  it("are compared on every kind of token", () => {
    const all = ["declarations", "sections", "literals"].map((one) =>
      readFileSync(join(fixtures, `${one}.lavis`), "utf8"),
    );
    const seen = new Set(all.flatMap(agreed).map(({ type }) => type));
    const wanted = tokenTable.filter(({ role }) => role !== undefined).map(({ type }) => type.name);
    expect(wanted.filter((type) => !seen.has(type))).toEqual([]);
  });
});
