import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inPasses, mixed, type Sequence, type Source } from "../../../runtime/loader/sequence.ts";

const sources = fc
  .array(fc.record({ samples: fc.integer({ min: 1, max: 40 }), weight: fc.integer({ min: 1, max: 9 }) }), {
    minLength: 1,
    maxLength: 6,
  })
  .map((given): readonly Source[] => {
    const sum = given.reduce((total, { weight }) => total + weight, 0);
    return given.map(({ samples, weight }, at) => ({ name: `source ${at}`, samples, share: weight / sum }));
  });
const batchSize = fc.integer({ min: 1, max: 16 });
const seed = fc.nat();

/** A sample as a row has it: the pass that it is in, and its index. */
function sampleAt(sequence: Sequence, batch: number, row: number) {
  const { name, pass, order, place } = sequence(batch, row);
  return { name, pass, index: order[place]! };
}

/** The samples of batches `first`, … before `end`, row by row. */
function samplesOf(sequence: Sequence, rows: number, first: number, end: number) {
  return Array.from({ length: (end - first) * rows }, (_, at) =>
    sampleAt(sequence, first + Math.floor(at / rows), at % rows),
  );
}

describe("sources that are mixed", () => {
  it("each give every sample once before any of it comes again", () => {
    fc.assert(
      fc.property(sources, batchSize, seed, (given, rows, from) => {
        const samples = samplesOf(mixed(given, rows, from), rows, 0, 40);
        let start = 0;
        for (const { name, samples: length } of given) {
          const own = samples.filter((sample) => sample.name === name);
          const every = Array.from({ length }, (_, at) => start + at);
          for (let pass = 0; pass * length < own.length; pass++) {
            const inPass = own.slice(pass * length, (pass + 1) * length);
            expect(new Set(inPass.map((sample) => sample.pass))).toEqual(new Set([pass]));
            const seen = inPass.map(({ index }) => index).sort((a, b) => a - b);
            expect(new Set(seen).size).toBe(inPass.length);
            if (inPass.length === length) expect(seen).toEqual(every);
          }
          start += length;
        }
      }),
    );
  });

  it("are the same from any batch on, in whatever order batches and rows are asked for", () => {
    fc.assert(
      fc.property(sources, batchSize, seed, fc.nat(30), (given, rows, from, first) => {
        const whole = samplesOf(mixed(given, rows, from), rows, 0, 40);
        expect(samplesOf(mixed(given, rows, from), rows, first, 40)).toEqual(whole.slice(first * rows));
        const backwards = mixed(given, rows, from);
        for (let at = whole.length - 1; at >= 0; at--)
          expect(sampleAt(backwards, Math.floor(at / rows), at % rows)).toEqual(whole[at]);
      }),
    );
  });

  it("do not depend on the size of the batches, which end no pass", () => {
    fc.assert(
      fc.property(sources, batchSize, seed, (given, rows, from) => {
        expect(samplesOf(mixed(given, rows, from), rows, 0, 20)).toEqual(
          samplesOf(mixed(given, 1, from), 1, 0, 20 * rows),
        );
      }),
    );
  });

  it("have an order of their own in each pass, and by each seed", () => {
    const given = [
      { name: "a", samples: 30, share: 0.5 },
      { name: "b", samples: 30, share: 0.5 },
    ];
    const orderIn = (from: number, name: string, pass: number) =>
      samplesOf(mixed(given, 10, from), 10, 0, 12)
        .filter((sample) => sample.name === name && sample.pass === pass)
        .map(({ index }) => index % 30);
    const orders = [orderIn(1, "a", 0), orderIn(1, "a", 1), orderIn(1, "b", 0), orderIn(2, "a", 0)];
    expect(new Set(orders.map(String)).size).toBe(4);
  });
});

describe("one pass after the other", () => {
  it("leaves out in each pass what fills no batch", () => {
    const sequence = inPasses({ name: "all", length: 7 }, 3, { seed: 1, training: true });
    const samples = samplesOf(sequence, 3, 0, 4);
    expect(samples.map(({ pass }) => pass)).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]);
    expect(new Set(samples.slice(0, 6).map(({ index }) => index)).size).toBe(6);
  });
});
