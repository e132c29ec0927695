import { describe, expect, it } from "vitest";
import { nearbySpan, placeIn, showDifference, showLine } from "../../../compiler/report/long-lines.ts";

describe("a line that is shown", () => {
  it("is whole as long as it fits", () => {
    expect(showLine("\tmax_len = 20", 5)).toEqual({ text: "    max_len = 20", start: 0 });
  });

  it.each([0, 30, 500, 999])("is the part around column %i of a long one", (column) => {
    const line = Array.from({ length: 1000 }, (_, at) => String(at % 10)).join("");
    const shown = showLine(line, column);
    expect(shown.text).toHaveLength(160);
    const { start } = placeIn(shown, { start: column, end: column + 1 });
    expect(shown.text[start]).toBe(String(column % 10));
    expect(shown.text.startsWith("…")).toBe(column >= 500);
    expect(shown.text.endsWith("…")).toBe(column < 999);
  });

  it("counts wide characters as two columns", () => {
    const line = `${"日".repeat(300)}here${"本".repeat(300)}`;
    const shown = showLine(line, 600);
    const { start } = placeIn(shown, { start: 600, end: 604 });
    expect(shown.text).toContain("here");
    // Each character before it but the sign for what was cut off is wide.
    expect(start).toBe(40);
  });

  it("keeps marks inside of it", () => {
    const shown = showLine("x".repeat(1000), 500);
    expect(placeIn(shown, { start: 0, end: 10 })).toEqual({ start: 0, end: 1 });
    expect(placeIn(shown, { start: 500, end: 1000 })).toEqual({ start: 40, end: 160 });
  });
});

it("a line is shown around what another has differently", () => {
  expect(showDifference("a = 1", "a = 2")).toBe("a = 1");
  expect(showDifference("same", "same")).toBe("same");
  for (const unit of ["a", "世"]) {
    const same = unit.repeat(500_000);
    const shown = showDifference(`${same} = 1 ${same}`, `${same} = 2 ${same}`);
    expect(shown).toMatch(/^….* = 1 .*…$/);
    expect(shown.length).toBeLessThan(200);
  }
});

describe("what is looked at of a line", () => {
  const text = `first\n${"x".repeat(10_000)}\nlast`;
  const line = { start: 6, end: 10_006 };

  it("is all of it, as long as it is no book", () => {
    expect(nearbySpan(text, { start: 0, end: 5 }, 2)).toEqual({ start: 0, end: 5 });
  });

  it.each([6, 700, 5_000, 9_999, 10_006])("is near offset %i of a very long one", (offset) => {
    const { start, end } = nearbySpan(text, line, offset);
    expect(start).toBeGreaterThanOrEqual(line.start);
    expect(end).toBeLessThanOrEqual(line.end);
    expect(start).toBeLessThanOrEqual(offset);
    expect(end).toBeGreaterThanOrEqual(offset);
    expect(end - start).toBeLessThanOrEqual(4_000);
  });

  it("cuts no character in two", () => {
    const emoji = "🙂".repeat(5_000);
    for (const offset of [5_000, 5_001]) {
      const { start, end } = nearbySpan(emoji, { start: 0, end: emoji.length }, offset);
      expect([start % 2, end % 2]).toEqual([0, 0]);
    }
  });
});
