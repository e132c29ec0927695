import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mixture } from "../../../runtime/loader/mixture.ts";

const weight = fc.oneof(fc.double({ min: 1e-3, max: 1, noNaN: true }), fc.constantFrom(1, 2, 3, 1e-6));
const shares = (sources: { readonly min: number; readonly max: number }) =>
  fc.array(weight, { minLength: sources.min, maxLength: sources.max }).map((weights) => {
    const sum = weights.reduce((total, one) => total + one, 0);
    return weights.map((one) => one / sum);
  });
const anywhere = fc.integer({ min: 0, max: 1e9 });

/** How many samples each source has given before a position: counted from the start. */
function* counts(of: readonly number[], positions: number): Generator<readonly number[]> {
  const draw = mixture(of);
  const taken = of.map(() => 0);
  for (let position = 0; position < positions; position++) {
    taken[draw(position).source]!++;
    yield taken;
  }
}

describe("a mixture", () => {
  it.each([
    { sources: { min: 2, max: 2 }, bound: 0.5 },
    { sources: { min: 1, max: 20 }, bound: 2 },
  ])(
    "gives each of $sources.min to $sources.max sources its share of any number of positions to within $bound",
    ({ sources, bound }) => {
      fc.assert(
        fc.property(shares(sources), (given) => {
          let worst = 0;
          let position = 0;
          for (const taken of counts(given, 600)) {
            position++;
            for (const [source, share] of given.entries())
              worst = Math.max(worst, Math.abs(taken[source]! - position * share));
          }
          expect(worst).toBeLessThanOrEqual(bound + 1e-6);
        }),
      );
    },
  );

  it("keeps to the shares however long a run is", () => {
    fc.assert(
      fc.property(shares({ min: 2, max: 20 }), anywhere, (given, from) => {
        const draw = mixture(given);
        for (let position = from; position < from + 50; position++) {
          const { source, number } = draw(position);
          expect(Math.abs(number - position * given[source]!)).toBeLessThanOrEqual(2 + 1e-4);
        }
      }),
    );
  });

  it("draws the samples of each source one after the other, none twice and none left out", () => {
    fc.assert(
      fc.property(shares({ min: 1, max: 20 }), (given) => {
        const draw = mixture(given);
        const next = given.map(() => 0);
        for (let position = 0; position < 600; position++) {
          const { source, number } = draw(position);
          expect(number).toBe(next[source]!++);
        }
      }),
    );
  });

  it("does so from anywhere in a long run", () => {
    fc.assert(
      fc.property(shares({ min: 1, max: 20 }), anywhere, (given, from) => {
        const draw = mixture(given);
        const next = new Map<number, number>();
        for (let position = from; position < from + 200; position++) {
          const { source, number } = draw(position);
          expect(number).toBe(next.get(source) ?? number);
          next.set(source, number + 1);
        }
      }),
    );
  });

  it("alternates where two sources have half each", () => {
    const draw = mixture([0.5, 0.5]);
    const drawn = Array.from({ length: 4 }, (_, position) => draw(position));
    expect(drawn.map(({ source }) => source)).toEqual([0, 1, 0, 1]);
    expect(drawn.map(({ number }) => number)).toEqual([0, 0, 1, 1]);
  });
});
