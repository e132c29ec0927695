import { describe, expect, test } from "vitest";
import { toFloat32 } from "../../../runtime/checkpoint/dtype.ts";
import { readSafetensors } from "../../../runtime/checkpoint/safetensors.ts";
import { UserError } from "../../../runtime/errors.ts";
import {
  interpolateGrid,
  interpolateNearest,
  type Positions,
} from "../../../runtime/nn/interpolate-positions.ts";
import { goldenPath } from "../../golden.ts";

const golden = readSafetensors(goldenPath("pos_embed", "pos_embed.safetensors"));
const names = [...golden.keys()].filter((name) => name.endsWith(".out")).map((name) => name.slice(0, -4));

function positions(name: string): Positions {
  const tensor = golden.get(name);
  if (!tensor) throw new Error(`pos_embed.safetensors has no ${name}`);
  return { numTokens: tensor.shape[1]!, width: tensor.shape[2]!, data: toFloat32(tensor) };
}

/** The largest difference, in units of the largest expected value. */
function difference(actual: Positions, expected: Positions): number {
  expect([actual.numTokens, actual.width]).toEqual([expected.numTokens, expected.width]);
  const largest = (values: Iterable<number>) => Math.max(...Array.from(values, Math.abs));
  return largest(actual.data.map((value, i) => value - expected.data[i]!)) / largest(expected.data);
}

test.each(names.filter((name) => name.startsWith("bicubic")))("%s is PyTorch's bicubic resize", (name) => {
  const expected = positions(`${name}.out`);
  // PyTorch's is in float32.
  expect(difference(interpolateGrid(positions(`${name}.in`), expected.numTokens), expected)).toBeLessThan(
    5e-6,
  );
});

test.each(names.filter((name) => name.startsWith("alpro")))("%s is LAVIS's nearest resize", (name) => {
  const [kind] = name.split(".");
  const expected = positions(`${name}.out`);
  const resized = interpolateNearest(
    positions(`${kind}.in`),
    expected.numTokens,
    kind === "alpro_spatial" ? 1 : 0,
  );
  expect(difference(resized, expected)).toBe(0);
});

describe("interpolateGrid", () => {
  const line = (numTokens: number): Positions => ({
    numTokens,
    width: 1,
    data: new Float32Array(numTokens).fill(3),
  });

  test("keeps a constant grid constant", () => {
    expect(new Set(interpolateGrid(line(10), 26).data.map((value) => Math.round(value * 1e6)))).toEqual(
      new Set([3e6]),
    );
  });

  test("returns a grid of the asked size as it is", () => {
    const same = line(17);
    expect(interpolateGrid(same, 17)).toBe(same);
  });

  test("refuses grids that are no squares", () => {
    expect(() => interpolateGrid(line(11), 26)).toThrow(UserError);
    expect(() => interpolateGrid(line(10), 25)).toThrow("position embeddings of 24 patches");
  });
});
