import { expect, test } from "vitest";
import { drop, dropPath, evaluation } from "../../../runtime/nn/stochastic.ts";
import { KeyStream, key, ones, read, scope } from "../../../runtime/tensor/index.ts";
import { onEveryEngine } from "../engine/harness.ts";

const training = (seed: number) => ({ training: true, keys: new KeyStream(key(seed)) });

onEveryEngine("stochastic layers", (engine) => {
  test("dropPath keeps or zeroes whole samples, and the mean stays", () => {
    scope(engine(), () => {
      const numSamples = 2000;
      const values = read(dropPath(ones(engine(), [numSamples, 2, 3]), 0.25, training(1)));
      let kept = 0;
      for (let sample = 0; sample < numSamples; sample++) {
        const own = new Set(values.subarray(6 * sample, 6 * sample + 6));
        expect(own.size).toBe(1);
        const [value] = own;
        if (value === 0) continue;
        expect(value).toBeCloseTo(4 / 3, 6);
        kept++;
      }
      expect(kept / numSamples).toBeGreaterThan(0.71);
      expect(kept / numSamples).toBeLessThan(0.79);
    });
  });

  test("both return their input as it is outside training and for p = 0", () => {
    scope(engine(), () => {
      const x = ones(engine(), [4, 4]);
      for (const layer of [drop, dropPath]) {
        expect(layer(x, 0.5, evaluation())).toBe(x);
        expect(layer(x, 0, training(1))).toBe(x);
      }
    });
  });

  test("each use draws anew, the same from the same keys", () => {
    scope(engine(), () => {
      const at = training(2);
      const again = training(2);
      const x = ones(engine(), [64, 8]);
      const first = read(drop(x, 0.5, at));
      expect(read(drop(x, 0.5, at))).not.toEqual(first);
      expect(read(drop(x, 0.5, again))).toEqual(first);
    });
  });
});
