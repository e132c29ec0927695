import { describe, expect, it } from "vitest";
import { checkRecipe, memoryHost } from "../../../compiler/index.ts";
import { plainStyle, reporters } from "../../../compiler/report/index.ts";
import { goodRecipe } from "../cli/lavisc.ts";

describe("reports of half-typed recipes", () => {
  it("point into the text, in every format, wherever the typing stopped", () => {
    for (let length = 0; length <= goodRecipe.length; length += 5) {
      const path = "/a.lavis";
      const { diagnostics, sources } = checkRecipe(memoryHost({ [path]: goodRecipe.slice(0, length) }), path);
      const report = { diagnostics, sources, numFiles: 1 };
      const pretty = reporters.pretty(report, plainStyle);
      expect(pretty.split("\n").filter((line) => line.includes("-->"))).toHaveLength(diagnostics.length);
      expect(pretty).not.toMatch(/undefined|NaN/);
      for (const { start, end } of JSON.parse(reporters.json(report)).diagnostics) {
        expect(start.offset).toBeLessThanOrEqual(end.offset);
        expect(end.offset).toBeLessThanOrEqual(length);
      }
      expect(reporters.github(report).split("\n")).toHaveLength(diagnostics.length + 2);
    }
  });
});
