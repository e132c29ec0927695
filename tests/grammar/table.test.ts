import { Lexer } from "chevrotain";
import { describe, expect, it } from "vitest";
import {
  createDiagnostic,
  defineMessages,
  SourceText,
  statementWords,
  syntaxMessages,
  tokenTable,
} from "../../grammar/index.ts";
import { createLexer } from "../../grammar/parse/lexer.ts";
import { RecipeParser } from "../../grammar/parse/parser.ts";
import { lexerTokens } from "../../grammar/parse/tokens.ts";

describe("the tables of the grammar", () => {
  it("pass Chevrotain's own validation", () => {
    expect(() => createLexer(true)).not.toThrow();
    expect(() => new RecipeParser(true)).not.toThrow();
  });

  it("know which characters each pattern can start with", () => {
    const hinted = createLexer();
    const unhinted = new Lexer(lexerTokens, { positionTracking: "onlyOffset", safeMode: true });
    const images = (lexer: Lexer, text: string) =>
      lexer.tokenize(text).tokens.map(({ tokenType, image }) => [tokenType.name, image]);
    const starts = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code));
    for (const follower of ["", "=", ">", "/", "//", "x", "1"]) {
      const text = starts.map((start) => `${start}${follower}`).join("\n");
      expect(images(hinted, text)).toEqual(images(unhinted, text));
    }
  });

  it("reserve the statement words and nothing else", () => {
    const words = "lavis import from param secret let fragment for recipe extends use remove true false none";
    expect(statementWords).toEqual(words.split(" "));
    expect(new Set(tokenTable.map((entry) => entry.type.name)).size).toBe(tokenTable.length);
  });

  it("give each syntax message its own slug, a range code and an explanation", () => {
    const entries = Object.entries(syntaxMessages);
    expect(new Set(entries.map(([, { slug }]) => slug)).size).toBe(entries.length);
    for (const [code, { explanation, message }] of entries) {
      expect(code).toMatch(/^LV1\d{3}$/);
      expect(explanation.length, code).toBeGreaterThan(80);
      expect(message, code).toMatch(/^[^A-Z].*[^.]$/);
    }
  });
});

describe("createDiagnostic", () => {
  const table = defineMessages({
    LV2001: {
      slug: "unknown",
      severity: "error",
      message: "unknown {what} `{name}`",
      help: "did you mean `{near}`?",
      explanation: "",
    },
  });

  it("fills the template and puts the help before other notes", () => {
    const source = new SourceText("seeed = 1", "r.lavis");
    const place = { source, span: { start: 0, end: 5 }, notes: ["more"] };
    expect(createDiagnostic(table, "LV2001", { what: "key", name: "$&", near: "seed" }, place)).toEqual({
      code: "LV2001",
      slug: "unknown",
      severity: "error",
      message: "unknown key `$&`",
      path: "r.lavis",
      span: { start: 0, end: 5 },
      labels: [],
      notes: ["did you mean `seed`?", "more"],
      fixes: [],
    });
  });

  it("does not compile without a parameter of the template", () => {
    const place = { source: new SourceText(""), span: { start: 0, end: 0 } };
    // @ts-expect-error: `near` is missing
    expect(createDiagnostic(table, "LV2001", { what: "key", name: "a" }, place).notes).toEqual([
      "did you mean `{near}`?",
    ]);
  });
});
