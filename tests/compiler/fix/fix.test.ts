import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkRecipe } from "../../../compiler/check-recipe.ts";
import { applyFixes, type Diagnosed, type FixLevel } from "../../../compiler/fix/index.ts";
import { lint, lintRules } from "../../../compiler/lint/index.ts";
import { type Host, memoryHost } from "../../../compiler/program/index.ts";
import { type Diagnostic, format, parse, SourceText, type TextEdit } from "../../../grammar/index.ts";
import { compositionCases } from "../cases/composition.ts";
import { limitCases } from "../cases/limits.ts";
import { meaningCases } from "../cases/meaning.ts";
import { nameCases } from "../cases/names.ts";
import { structureCases } from "../cases/structure.ts";
import { typeCases } from "../cases/types.ts";
import { unmark } from "../marked.ts";

/** Errors and warnings of the file `/r.lavis`. */
function diagnose(host: Host): Diagnosed {
  const { program, partial, diagnostics } = checkRecipe(host, "/r.lavis");
  if ("problem" in program) throw new Error(program.problem);
  const { findings } = lint([{ program, partial, diagnostics }]);
  const files = [...program.files.values()];
  return {
    diagnostics: [...diagnostics, ...findings],
    paths: new Map(files.map(({ source, path }) => [source.path, path])),
  };
}

const fixText = (text: string, level: FixLevel): string =>
  applyFixes(memoryHost({ "/r.lavis": text }), ["/r.lavis"], level, diagnose).files[0]?.after ?? text;

const numSyntaxErrors = (text: string): number => parse(new SourceText(text)).diagnostics.length;

describe("applying fixes", () => {
  it("goes on while fixes bring others", () => {
    const text =
      "fragment unused for run { seed = start }\n\nlet start = first\nlet first = 1\n\nrecipe r {\n  task captioning\n}\n";
    expect(fixText(text, "unsafe")).toBe("recipe r {\n  task captioning\n}\n");
  });

  it("keeps a formatted file formatted, and another as it was but for the fix", () => {
    const text = "recipe r {\n  run { seed: 1 }\n}\n";
    expect(format(fixText(text, "safe"))).toBe(fixText(text, "safe"));
    expect(fixText("recipe r {\n      run   {\n seed: 1 }}", "safe")).toBe(
      "recipe r {\n      run   {\n seed = 1 }}",
    );
  });

  it("mends many syntax errors at once", () => {
    const text = "recipe r {\n  run {\n    amp = False\n    seed: 3;\n    output_dir = 'a'\n  } # end\n}\n";
    expect(numSyntaxErrors(fixText(text, "safe"))).toBe(0);
  });

  it("takes out a name of an import at a time, and in the end the import", () => {
    const host = memoryHost({
      "/r.lavis": 'import { a, b, c } from "s.lavis"\n\nlet d = 1\n',
      "/s.lavis": "let a = 1\nlet b = 2\nlet c = 3\n",
    });
    expect(applyFixes(host, ["/r.lavis"], "safe", diagnose).files[0]?.after).toBe("let d = 1\n");
  });
});

/** Diagnostics whose fixes a test makes up. */
function fixWith(
  text: string,
  make: (text: string) => readonly (readonly TextEdit[])[],
  level: FixLevel = "safe",
) {
  const host = memoryHost({ "/r.lavis": text });
  return applyFixes(host, ["/r.lavis"], level, (changed) => {
    const now = changed.readFile("/r.lavis");
    const diagnostics = make(typeof now === "string" ? now : "").map(
      (edits): Diagnostic => ({
        code: "LV4999",
        slug: "made-up",
        severity: "warning",
        message: "made up",
        path: "r.lavis",
        span: { start: 0, end: 0 },
        labels: [],
        notes: [],
        fixes: [{ title: "change it", applicability: "safe", edits }],
      }),
    );
    return { diagnostics, paths: new Map([["r.lavis", "/r.lavis"]]) };
  });
}

describe("a fix that", () => {
  const at = (text: string, word: string) => ({
    start: text.indexOf(word),
    end: text.indexOf(word) + word.length,
  });
  const replace = (from: string, to: string) => (text: string) =>
    text.includes(from) ? [[{ span: at(text, from), text: to }]] : [];

  it("breaks the file is not taken, while others are", () => {
    const text = "let a = 1\nlet b = 2\n";
    const { files, numFixes } = fixWith(text, (now) => [
      ...replace("let a = 1", "let a = = 1")(now),
      ...replace("2", "3")(now),
    ]);
    expect({ numFixes, after: files[0]?.after }).toEqual({ numFixes: 1, after: "let a = 1\nlet b = 3\n" });
  });

  it("overlaps another waits for the next round", () => {
    const { files } = fixWith("let aa = 1\n", (now) => [
      ...replace("aa = 1", "bb = 2")(now),
      ...replace("let aa", "let cc")(now),
    ]);
    expect(files[0]?.after).toBe("let bb = 2\n");
  });

  it("is undone by another ends the rounds", () => {
    const { files } = fixWith("let a = 1\n", (now) => [...replace("1", "2")(now), ...replace("2", "1")(now)]);
    expect(files).toEqual([]);
  });

  it("never ends is ended", () => {
    const { numFixes } = fixWith("let a = 1\n", (now) => replace("1", "11")(now));
    expect(numFixes).toBeLessThanOrEqual(50);
  });

  it("changes a file that was not named is not taken", () => {
    const { files } = fixWith("let a = 1\n", () => [
      [{ span: { start: 0, end: 0 }, text: "// x\n", path: "other.lavis" }],
    ]);
    expect(files).toEqual([]);
  });
});

const corpus = [
  ...[meaningCases, nameCases, compositionCases, limitCases, structureCases, typeCases]
    .flat()
    .map(({ source }) => unmark(source).text),
  ...lintRules.map(({ example }) => example.invalid),
  // A chain of more names than there are rounds is not taken away at once.
].filter((text) => text.split("\n").length < 50);

/** A text of the corpus in which some words are gone, doubled, or those of another. */
const mutated = fc
  .record({
    text: fc.constantFrom(...corpus),
    other: fc.constantFrom(...corpus),
    changes: fc.array(
      fc.record({
        at: fc.nat(),
        from: fc.nat(),
        how: fc.constantFrom("remove", "double", "replace", "comment"),
      }),
      { maxLength: 4 },
    ),
  })
  .map(({ text, other, changes }) => {
    const pattern = /\s+|\w+|[^\w\s]/g;
    const words = text.match(pattern) ?? [];
    const others = other.match(pattern) ?? [];
    for (const { at, from, how } of changes) {
      const index = at % words.length;
      const word = words[index] ?? "";
      const changed = {
        remove: "",
        double: word + word,
        replace: others[from % others.length] ?? "",
        comment: `${word} // c\n`,
      };
      words[index] = changed[how];
    }
    return words.join("");
  });

describe.each(["safe", "unsafe"] as const)("%s fixes of any text", (level) => {
  it("leave no more syntax errors, mend all that they can at once, and keep it formatted", () => {
    fc.assert(
      fc.property(mutated, fc.boolean(), (text, isFormatted) => {
        const before = isFormatted ? format(text) : text;
        const once = fixText(before, level);
        expect(numSyntaxErrors(once)).toBeLessThanOrEqual(numSyntaxErrors(before));
        expect(fixText(once, level)).toBe(once);
        if (format(before) === before) expect(format(once)).toBe(once);
      }),
      { numRuns: 150 },
    );
  });
});
