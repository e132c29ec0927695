import { describe, expect, it } from "vitest";
import { checkRecipe } from "../../../compiler/check-recipe.ts";
import { type Example, messages } from "../../../compiler/diagnostics/index.ts";
import { allMessages, exampleOf, explainCode } from "../../../compiler/explain/index.ts";
import { memoryHost } from "../../../compiler/program/index.ts";
import { type Diagnostic, type DiagnosticCode, syntaxMessages } from "../../../grammar/index.ts";
import { type Parts, recipe } from "../marked.ts";
import { library } from "../own/library.ts";
import { said, shownOf } from "./shown.ts";

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
function findings(text: string, { files = {}, language }: Example): readonly Diagnostic[] {
  const isCommand = language === "sh";
  const words = isCommand ? text.split(" ") : [];
  const behind = (flag: string) => words.filter((_, at) => words[at - 1] === flag);
  const source = isCommand ? recipe({ head: "param seed: count = 1" }) : completed(text);
  const placed = Object.fromEntries(Object.entries(files).map(([name, one]) => [`/${name}`, one]));
  const host = memoryHost({ "/r.lavis": source, ...placed });
  const given = { params: behind("-p"), sets: behind("--set"), library };
  return checkRecipe(host, "/r.lavis", given).diagnostics;
}

/** Recipes in examples need not be whole, nor buildable: those that show declarations leave out what they are not about. */
const isAboutTheRest = (code: string): boolean => ["LV3001", "LV3002", "LV3025", "LV3050"].includes(code);

const codes = [...Object.keys(syntaxMessages), ...Object.keys(messages)] as DiagnosticCode[];

describe.each(codes)("the example of %s", (code) => {
  const example = exampleOf(code);

  it("gives it, with the message that is shown", () => {
    expect(said(findings(example.invalid, example), code)).toContain(shownOf(code));
  });

  it("shows how it is right", () => {
    const left = findings(example.valid, example)
      .map((one) => one.code)
      .filter((one) => one === code || !isAboutTheRest(one));
    expect(left).toEqual([]);
  });
});

describe.each(Object.keys(allMessages) as DiagnosticCode[])("lavisc explain %s", (code) => {
  const { explanation = "" } = explainCode(code) ?? {};
  const { invalid, valid } = exampleOf(code);

  it("says why, shows what is wrong, what is said about it, and what is right", () => {
    const [why = ""] = explanation.split("\n\n");
    expect(why.length).toBeGreaterThan(40);
    expect(explanation).toContain(`\n${invalid.trimEnd()}\n\`\`\`\n`);
    expect(explanation).toContain(`\n${valid.trimEnd()}\n\`\`\``);
    expect(explanation.match(/^```text$/gm)).toHaveLength(1);
    expect(invalid).not.toBe(valid);
  });

  it("has lost no placeholder of its message", () => {
    const shown = shownOf(code) ?? "";
    const { message = "", help = "" } = allMessages[code] ?? {};
    for (const [placeholder] of `${message} ${help}`.matchAll(/\{\w+\}/g))
      expect(shown).not.toContain(placeholder);
    expect(shown).not.toMatch(/undefined|``|""|\(\)| [.,;:](?:\s|$)|\w {2}/);
  });
});
