import { describe, expect, it } from "vitest";
import { checkRecipe } from "../../../compiler/check-recipe.ts";
import { type Example, messages } from "../../../compiler/diagnostics/index.ts";
import { exampleOf, explainCode } from "../../../compiler/explain/index.ts";
import { lintRules } from "../../../compiler/lint/index.ts";
import { memoryHost } from "../../../compiler/program/index.ts";
import { type DiagnosticCode, syntaxMessages } from "../../../grammar/index.ts";
import { type Parts, recipe } from "../marked.ts";
import { library } from "../own/library.ts";

const sections = /^(task|model|dataset|schedule|optimizer|run)\b/;

/** A snippet of sections in a recipe that is right but for them; anything else as it is. */
function completed(snippet: string): string {
  if (!sections.test(snippet)) return `${snippet}\n`;
  const parts = snippet.split(/\n(?=(?:task|model|dataset|schedule|optimizer|run)\b)/);
  const named = parts.map((part) => [sections.exec(part)?.[1] ?? "", part]);
  const given: Parts = Object.fromEntries(named);
  return recipe(given);
}

/** What is said about the text of an example, or about a recipe that its command line is for. */
function codesOf(text: string, { files = {}, isCommand = false }: Example): readonly string[] {
  const words = isCommand ? text.split(" ") : [];
  const behind = (flag: string) => words.filter((_, at) => words[at - 1] === flag);
  const source = isCommand ? recipe({ head: "param seed: count = 1" }) : completed(text);
  const placed = Object.fromEntries(Object.entries(files).map(([name, one]) => [`/${name}`, one]));
  const host = memoryHost({ "/r.lavis": source, ...placed });
  const given = { params: behind("-p"), sets: behind("--set"), library };
  return checkRecipe(host, "/r.lavis", given).diagnostics.map(({ code }) => code);
}

/** Recipes in examples need not be whole, nor buildable: those that show declarations leave out what they are not about. */
const isAboutTheRest = (code: string): boolean => ["LV3001", "LV3002", "LV3025", "LV3050"].includes(code);

const codes = [...Object.keys(syntaxMessages), ...Object.keys(messages)] as DiagnosticCode[];

describe.each(codes)("the example of %s", (code) => {
  const example = exampleOf(code);
  if (!example) throw new Error(`${code} has no example`);

  it("gives it", () => {
    expect(codesOf(example.invalid, example)).toContain(code);
  });

  it("shows how it is right", () => {
    const left = codesOf(example.valid, example).filter((one) => one === code || !isAboutTheRest(one));
    expect(left).toEqual([]);
  });
});

describe("lavisc explain", () => {
  it.each([...codes, ...lintRules.map(({ code }) => code)])("says why, how and by example: %s", (code) => {
    const { explanation = "" } = explainCode(code) ?? {};
    expect(explanation).toMatch(/```(?:lavis|sh)\n/);
    expect(explanation.replace(/```[\s\S]*?```/g, "").length).toBeGreaterThan(60);
  });
});
