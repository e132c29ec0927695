import { describe, expect, it } from "vitest";
import {
  fold,
  KeyStream,
  key,
  keyFromWords,
  keyWords,
  normalValues,
  randomWord,
  truncatedNormalValues,
  uniformValues,
} from "../../../runtime/tensor/random.ts";

describe("keys", () => {
  it("are the same for the same seed and differ between seeds, also beyond 32 bits", () => {
    expect(keyWords(key(1))).toEqual(keyWords(key(1)));
    const all = [0, 1, 2, -1, 2 ** 32, 2 ** 32 + 1, 2 ** 40].map((seed) => keyWords(key(seed)).join());
    expect(new Set(all).size).toBe(all.length);
  });

  it("refuse seeds that are no safe integers", () => {
    expect(() => key(0.5)).toThrow(RangeError);
    expect(() => fold(key(0), 2 ** 60)).toThrow(/n 1152921504606847000 is not a safe integer/);
  });

  it("fold into different keys for different numbers and parents", () => {
    const all = [0, 1, 2].flatMap((seed) =>
      [0, 1, 2, 2 ** 33].map((n) => keyWords(fold(key(seed), n)).join()),
    );
    expect(new Set(all).size).toBe(all.length);
  });

  it("survive being written down as words", () => {
    const original = fold(key(7), 3);
    expect(randomWord(keyFromWords(keyWords(original)), 5)).toBe(randomWord(original, 5));
  });

  it("a stream hands out fold(key, 0), fold(key, 1), …", () => {
    const stream = new KeyStream(key(3));
    expect([stream.next(), stream.next()].map(keyWords)).toEqual(
      [0, 1].map((n) => keyWords(fold(key(3), n))),
    );
  });
});

describe("draws", () => {
  it("do not change between versions", () => {
    expect([0, 1, 2].map((i) => randomWord(key(0), i))).toMatchInlineSnapshot(`
      [
        -2133718808,
        -110996089,
        916416564,
      ]
    `);
    expect([...uniformValues(key(0), 2)]).toMatchInlineSnapshot(`
      [
        0.5032048225402832,
        0.9741566777229309,
      ]
    `);
  });

  it("have uniform bits: every bit of the words is set half of the time, whatever the key", () => {
    for (const seed of [0, 1, 12345]) {
      const counts = new Array<number>(32).fill(0);
      const size = 20_000;
      for (let i = 0; i < size; i++) {
        const word = randomWord(key(seed), i);
        for (let bit = 0; bit < 32; bit++) counts[bit] = (counts[bit] as number) + ((word >>> bit) & 1);
      }
      for (const count of counts) expect(Math.abs(count / size - 0.5)).toBeLessThan(0.02);
    }
  });

  it("of neighbouring keys are uncorrelated", () => {
    const size = 20_000;
    const [a, b] = [normalValues(fold(key(1), 0), size), normalValues(fold(key(1), 1), size)];
    const correlation = a.reduce((sum, value, i) => sum + value * (b[i] as number), 0) / size;
    expect(Math.abs(correlation)).toBeLessThan(0.03);
  });

  it("are normal: mean 0, deviation 1, and tails as long as they should be", () => {
    const size = 50_001;
    const values = normalValues(key(2), size);
    expect(values.length).toBe(size);
    expect(values.every(Number.isFinite)).toBe(true);
    const share = (bound: number) => values.filter((value) => Math.abs(value) < bound).length / size;
    expect(share(1)).toBeCloseTo(0.6827, 2);
    expect(share(2)).toBeCloseTo(0.9545, 2);
    expect(share(3)).toBeCloseTo(0.9973, 2);
  });

  it("truncated normals stay within the bound, without piling up at it", () => {
    const values = truncatedNormalValues(key(2), 20_000, 1);
    expect(Math.max(...values)).toBeLessThanOrEqual(1);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-1);
    expect(values.filter((value) => Math.abs(value) > 0.999).length).toBeLessThan(60);
  });
});
