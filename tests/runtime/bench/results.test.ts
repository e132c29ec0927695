import { describe, expect, it } from "vitest";
import {
  differentModels,
  type Goal,
  goals,
  lavisStyle,
  memoryRatio,
  type Result,
  report,
  timeRatio,
  tunedStyle,
  verdict,
} from "../../bench/results.ts";

/** A contender's result, in float32 unless told. */
function result(name: string, changes: Partial<Result> = {}): Result {
  return {
    name,
    precision: "float32",
    version: name,
    parameters: 1000,
    seconds: [1],
    peak: 1e9,
    ...changes,
  };
}

/** The one goal whose text begins so. */
function goal(results: readonly Result[], start: string): Goal {
  const found = goals(results).filter(({ text }) => text.startsWith(start));
  expect(found).toHaveLength(1);
  return found[0]!;
}

describe("a ratio of times", () => {
  it("is above 1 for the slower one", () => {
    expect(timeRatio(result("slow", { seconds: [4] }), result("fast", { seconds: [2] }))).toBe(2);
  });

  it("is the median of each round's ratio, which a machine that slows down for a round leaves alone", () => {
    const one = result("one", { seconds: [1, 10, 3] });
    const other = result("other", { seconds: [2, 20, 1] });
    // Of the medians it would be 3 / 2.
    expect(timeRatio(one, other)).toBe(0.5);
  });

  it("is unknown where one did not run", () => {
    expect(timeRatio(result("one"), undefined)).toBeUndefined();
    expect(timeRatio(undefined, result("other"))).toBeUndefined();
  });

  it.each([
    [[1, 2], [1]],
    [[1], [1, 2]],
  ])("refuses rounds that only one took: %j beside %j", (one, other) => {
    expect(() => timeRatio(result("torch", { seconds: one }), result("wasm", { seconds: other }))).toThrow(
      `torch in float32 took ${one.length}, wasm in float32 took ${other.length}`,
    );
  });
});

describe("a ratio of memory", () => {
  it("is above 1 for the one that takes more", () => {
    expect(memoryRatio(result("much", { peak: 3e9 }), result("little", { peak: 2e9 }))).toBe(1.5);
  });

  it("is unknown where one did not run", () => {
    expect(memoryRatio(result("one"), undefined)).toBeUndefined();
  });
});

describe("the goals", () => {
  const half = (precision: "bfloat16" | "float16") => [
    result("torch", { precision, seconds: [2], peak: 4e9 }),
    result(lavisStyle, { precision, seconds: [5], peak: 8e9 }),
    result(tunedStyle, { precision, seconds: [4], peak: 7e9 }),
  ];
  const float = [
    result("torch", { seconds: [8], peak: 6e9 }),
    result("tfjs-node", { seconds: [12] }),
    result(lavisStyle, { seconds: [10], peak: 10e9 }),
    result(tunedStyle, { seconds: [16], peak: 9e9 }),
  ];

  it("compare torch with PyTorch, and tfjs-node with torch, in float32", () => {
    expect(goals(float).map(({ bound, ratio }) => [bound, ratio])).toEqual([
      [0.95, 0.8],
      [1.02, 0.5],
      [0.85, 0.6],
      [1.5, 1.5],
    ]);
  });

  it.each(["bfloat16", "float16"] as const)(
    "compare %s with LAVIS's float32 for time, and with its own precision for the rest",
    (precision) => {
      const results = [...float, ...half(precision)];
      const torch = `torch in ${precision}`;
      expect(goal(results, `time of ${torch} beside LAVIS`)).toMatchObject({ bound: 0.3, ratio: 0.2 });
      expect(goal(results, `time of ${torch} beside tuned`)).toMatchObject({ bound: 1.02, ratio: 0.5 });
      expect(goal(results, `peak memory of ${torch}`)).toMatchObject({ bound: 0.85, ratio: 0.5 });
      expect(goals(results)).toHaveLength(7);
    },
  );

  it("do not compare mixed precision with a float32 that was not run", () => {
    expect(goal(half("bfloat16"), "time of torch in bfloat16 beside LAVIS").ratio).toBeUndefined();
    expect(goal(half("bfloat16"), "time of torch in bfloat16 beside tuned").ratio).toBe(0.5);
  });

  it.each([
    ["torch", ["time of torch", "peak memory of torch", "time of tfjs-node"]],
    ["tfjs-node", ["time of tfjs-node"]],
    [tunedStyle, ["time of torch in float32 beside tuned"]],
    [lavisStyle, ["time of torch in float32 beside LAVIS", "peak memory of torch"]],
  ])("are not measured where %s is missing", (missing, texts) => {
    for (const { text, ratio } of goals(float.filter(({ name }) => name !== missing))) {
      expect(ratio === undefined).toBe(texts.some((start) => text.startsWith(start)));
    }
  });
});

describe("a verdict", () => {
  it.each([
    [0.95, "met: 0.950× (≤ 0.95×)"],
    [0.5, "met: 0.500× (≤ 0.95×)"],
    [1.045, "not met: 1.045×, 10.0 % over 0.95×"],
    [undefined, "not measured"],
  ])("of %s beside 0.95 is %s", (ratio, text) => {
    expect(verdict({ text: "time", bound: 0.95, ratio })).toBe(text);
  });
});

describe("the check that contenders train the same model", () => {
  it.each([[[1000, 1000]], [[1000, 1001]], [[1000]], [[]]])("accepts parameters %j", (counts) => {
    expect(differentModels(counts.map((parameters) => ({ name: "one", parameters })))).toBeUndefined();
  });

  it("names the two that lie furthest apart, with their numbers", () => {
    const contenders = [
      { name: "torch", parameters: 1_000_000 },
      { name: tunedStyle, parameters: 1_002_000 },
      { name: "wasm", parameters: 1_000_500 },
    ];
    expect(differentModels(contenders)).toBe(
      `the contenders do not train the same model: torch has 1000000 parameters, ${tunedStyle} has 1002000 parameters`,
    );
  });
});

describe("a report", () => {
  it("has a row of each contender and a line of each goal, with dashes for what was not run", () => {
    const results = [
      result("torch", { seconds: [0.5, 0.25], peak: 2e8 }),
      result(lavisStyle, { seconds: [1, 0.5], peak: 4e8 }),
    ];
    expect(report(results, "markdown").split("\n")).toEqual([
      "| contender | precision | median | min | LAVIS-style | tuned | peak | LAVIS-style |",
      "| --- | --- | --: | --: | --: | --: | --: | --: |",
      "| torch | float32 | 375.0 ms | 250.0 ms | 0.50× | – | 200 MB | 0.50× |",
      "| pytorch-lavis | float32 | 750.0 ms | 500.0 ms | 1.00× | – | 400 MB | 1.00× |",
      "",
      "- time of torch in float32 beside LAVIS-style PyTorch in float32: met: 0.500× (≤ 0.95×)",
      "- time of torch in float32 beside tuned PyTorch in float32: not measured",
      "- peak memory of torch in float32 beside LAVIS-style PyTorch in float32: met: 0.500× (≤ 0.85×)",
      "- time of tfjs-node in float32 beside torch in float32: not measured",
    ]);
  });
});
