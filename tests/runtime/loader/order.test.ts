import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batchesPerPass, passOrder, rowsOf } from "../../../runtime/loader/order.ts";

const length = fc.integer({ min: 1, max: 500 });
const seed = fc.integer({ min: 0, max: 2 ** 40 });

describe("the order of a pass", () => {
  it("has every sample once", () => {
    fc.assert(
      fc.property(length, seed, fc.nat(1000), fc.boolean(), (samples, from, pass, shuffle) => {
        const order = passOrder(samples, { seed: from, pass, shuffle });
        expect([...order].sort((a, b) => a - b)).toEqual(
          Array.from({ length: samples }, (_, index) => index),
        );
      }),
    );
  });

  it("is the same for the same seed and pass", () => {
    fc.assert(
      fc.property(length, seed, fc.nat(1000), (samples, from, pass) => {
        const at = { seed: from, pass, shuffle: true };
        expect(passOrder(samples, at)).toEqual(passOrder(samples, at));
      }),
    );
  });

  it("differs from pass to pass and seed to seed", () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 500 }), seed, fc.nat(1000), (samples, from, pass) => {
        const order = passOrder(samples, { seed: from, pass, shuffle: true });
        expect(passOrder(samples, { seed: from, pass: pass + 1, shuffle: true })).not.toEqual(order);
        expect(passOrder(samples, { seed: from + 1, pass, shuffle: true })).not.toEqual(order);
      }),
    );
  });

  it("is 0, 1, 2, … without a shuffle", () => {
    expect([...passOrder(4, { seed: 9, pass: 3, shuffle: false })]).toEqual([0, 1, 2, 3]);
  });

  it("puts no sample at one place more often than another", () => {
    const samples = 8;
    const passes = 4000;
    const first = new Uint32Array(samples);
    for (let pass = 0; pass < passes; pass++)
      first[passOrder(samples, { seed: 5, pass, shuffle: true })[0]!]!++;
    const expected = passes / samples;
    const chiSquare = first.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(chiSquare).toBeLessThan(24.3); // 99.9 % of fair shuffles at 7 degrees of freedom.
  });
});

describe("the batches of a pass", () => {
  it("count the last, smaller one unless it is dropped", () => {
    expect(batchesPerPass(10, 4, true)).toBe(2);
    expect(batchesPerPass(10, 4, false)).toBe(3);
    expect(batchesPerPass(3, 4, true)).toBe(0);
    expect(batchesPerPass(8, 4, false)).toBe(2);
  });
});

describe("the rows of a batch that processes share", () => {
  it("divide it in order, without a rest or an overlap, as evenly as can be", () => {
    const few = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), few, few, (batchSize, size, parts) => {
        const pieces = Array.from({ length: size }, (_, rank) =>
          Array.from({ length: parts }, (_, part) => rowsOf(batchSize, { rank, size, parts }, part)),
        ).flat();
        let next = 0;
        for (const { first, count } of pieces) {
          expect(first).toBe(next);
          next += count;
        }
        expect(next).toBe(batchSize);
        const counts = pieces.map(({ count }) => count);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }),
    );
  });
});
