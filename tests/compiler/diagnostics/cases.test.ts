import { describe, expect, it } from "vitest";
import { messages } from "../../../compiler/diagnostics/index.ts";
import { ownMessages } from "../../../compiler/diagnostics/messages/own.ts";
import { allMessages } from "../../../compiler/explain/index.ts";
import type { Case } from "../cases/case.ts";
import { compositionCases } from "../cases/composition.ts";
import { formatCases } from "../cases/formats.ts";
import { limitCases } from "../cases/limits.ts";
import { meaningCases } from "../cases/meaning.ts";
import { nameCases } from "../cases/names.ts";
import { structureCases } from "../cases/structure.ts";
import { typeCases } from "../cases/types.ts";
import { checkText, fixed, lines, recipe } from "../marked.ts";

/** Never alone, because the runtime lacks what they are about: tested with the rest of the catalogue. */
const aboutParts = ["LV3003", "LV3004", "LV3050", "LV3051", "LV3052", "LV3053"];

/** About TypeScript files of the user's own: tested with them. */
const testedElsewhere = [...aboutParts, ...Object.keys(ownMessages)];

const groups: readonly [string, readonly Case[]][] = [
  ["names", nameCases],
  ["composition", compositionCases],
  ["limits", limitCases],
  ["structure", structureCases],
  ["types", typeCases],
  ["meaning", meaningCases],
  ["data of one's own", formatCases],
];

it("finds nothing wrong with the recipe that the cases start from", () => {
  expect(lines(checkText(recipe()).diagnostics)).toEqual([]);
});

describe.each(groups)("about %s", (_, cases) => {
  it.each(cases)("$title ($code)", (one) => {
    const { diagnostics, spans, text, recipes } = checkText(one.source, one);
    expect(lines(diagnostics)).toEqual([`${one.code} ${one.message}`]);
    const [diagnostic] = diagnostics;
    if (spans.length > 0) expect(diagnostic?.span).toEqual(spans[0]);
    if (one.note !== undefined) expect(diagnostic?.notes).toContain(one.note);
    if (one.label !== undefined)
      expect(diagnostic?.labels.map(({ message }) => message)).toContain(one.label);
    if (one.fixed !== undefined) expect(fixed(text, diagnostic)).toContain(one.fixed);
    expect(recipes).toEqual([]);
  });

  it.each(cases.filter((one) => one.fixed !== undefined && one.code !== "LV2013"))(
    "$title ($code), and its fix mends it",
    (one) => {
      const { diagnostics, text } = checkText(one.source, one);
      const mended = checkText(fixed(text, diagnostics[0]) ?? "", one);
      expect(lines(mended.diagnostics).filter((line) => line.startsWith(one.code))).toEqual([]);
    },
  );
});

describe("the message table", () => {
  it("has a case for every code", () => {
    const tested = new Set(groups.flatMap(([, cases]) => cases.map(({ code }) => code as string)));
    const untested = Object.keys(messages).filter(
      (code) => !tested.has(code) && !testedElsewhere.includes(code),
    );
    expect(untested).toEqual([]);
  });

  it("has one slug and one explanation for each code, of grammar and compiler together", () => {
    const all = Object.values(allMessages);
    expect(new Set(all.map(({ slug }) => slug)).size).toBe(all.length);
    for (const { slug, explanation } of all) {
      expect(slug).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(explanation.length).toBeGreaterThan(40);
    }
  });
});
