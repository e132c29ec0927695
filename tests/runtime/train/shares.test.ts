import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sharesOf } from "../../../runtime/train/shares.card.ts";

const given = (...portions: readonly (readonly [samples: number, ratio: number | null])[]) =>
  sharesOf(portions.map(([samples, ratio]) => ({ samples, ratio })));

describe("the shares of datasets", () => {
  it("are their ratios, whatever their sizes", () => {
    expect(given([10, 0.75], [1000, 0.25])).toEqual([0.75, 0.25]);
  });

  it("are scaled where the ratios do not sum to 1", () => {
    expect(given([10, 1], [10, 3])).toEqual([0.25, 0.75]);
  });

  it("are what is left, by size, where there is no ratio", () => {
    expect(given([10, 0.25], [100, null], [200, null])).toEqual([0.25, 0.25, 0.5]);
  });

  it("are 0 where nothing is left", () => {
    expect(given([10, 1.5], [100, null])?.[1]).toBe(0);
    expect(given([10, 0.1], [10, 0.2], [10, 0.7], [100, null])?.[3]).toBe(0);
  });

  it("are not asked for where no dataset has a ratio, or there is but one", () => {
    expect(given([10, null], [20, null])).toBeUndefined();
    expect(given([10, 0.5])).toBeUndefined();
  });

  it("sum to 1", () => {
    const samples = fc.integer({ min: 1, max: 1e6 });
    const portion = fc.record({ samples, ratio: fc.option(fc.double({ min: 1e-3, max: 0.1, noNaN: true })) });
    fc.assert(
      fc.property(fc.array(portion, { minLength: 2, maxLength: 8 }), (portions) => {
        const shares = sharesOf(portions);
        if (shares) expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
      }),
    );
  });
});
