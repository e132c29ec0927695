import { describe, expect, it } from "vitest";
import { unifiedDiff } from "../../../compiler/cli/unified-diff.ts";

const lines = (...texts: (string | number)[]) => texts.map((text) => `${text}\n`).join("");

describe("a unified diff", () => {
  it("is empty for equal texts", () => {
    expect(unifiedDiff("a.lavis", "a\n", "a\n")).toBe("");
  });

  it("shows changes with three lines around them", () => {
    const before = lines(1, 2, 3, 4, 5, 6, 7, 8, 9);
    const after = lines(1, 2, 3, 4, "five", 6, 7, 8, 9);
    expect(unifiedDiff("a.lavis", before, after)).toBe(
      `--- a.lavis\n+++ a.lavis\n@@ -2,7 +2,7 @@\n${lines(" 2", " 3", " 4", "-5", "+five", " 6", " 7", " 8")}`,
    );
  });

  it("cuts far changes into hunks and joins near ones", () => {
    const numbers = Array.from({ length: 30 }, (_, at) => at);
    const edited = (...at: number[]) => numbers.map((number) => (at.includes(number) ? "x" : number));
    const count = (diff: string) => diff.match(/^@@/gm)?.length;
    expect(count(unifiedDiff("a", lines(...numbers), lines(...edited(5, 25))))).toBe(2);
    expect(count(unifiedDiff("a", lines(...numbers), lines(...edited(5, 10))))).toBe(1);
  });

  it("shows a missing line break at the end", () => {
    expect(unifiedDiff("a", "1", "1\n")).toBe(
      "--- a\n+++ a\n@@ -1,1 +1,1 @@\n-1\n\\ No newline at end of file\n+1\n",
    );
  });

  it("shows lines that were only added or only removed", () => {
    expect(unifiedDiff("a", lines(1), lines(1, 2))).toBe("--- a\n+++ a\n@@ -1,1 +1,2 @@\n 1\n+2\n");
    expect(unifiedDiff("a", lines(1, 2), lines(2))).toBe("--- a\n+++ a\n@@ -1,2 +1,1 @@\n-1\n 2\n");
  });
});
