import { describe, expect, it } from "vitest";
import * as t from "../../../../runtime/tensor/index.ts";
import { device, expectClose, onEveryEngine, random, toPlain, toTensor } from "../harness.ts";

// A GPU draws dropout with its own generator.
const onProcessors = device === "cpu" ? describe : describe.skip;

onProcessors("shares of a batch", () => {
  onEveryEngine("draws of a share", (engine) => {
    const sizes = [1, 4, 7, 33];
    const divisions = [[1, 1], [3], [2, 4, 1], [5, 3]];

    /** Requires that what each share of rows computes are its rows of what the whole computes. */
    function expectRows(compute: (first: number, rows: number, key: t.Key) => t.Tensor) {
      for (const division of divisions) {
        const whole = division.reduce((a, b) => a + b);
        const key = t.fold(t.key(whole), 1);
        t.scope(engine(), () => {
          let first = 0;
          const parts = division.map((rows) => {
            const part = compute(first, rows, t.shareOf(key, { first, rows }));
            first += rows;
            return part;
          });
          // Products of another number of rows are summed in another order.
          expectClose(toPlain(t.concat(parts, 0)), toPlain(compute(0, whole, key)), 1e-6);
        });
      }
    }

    it("drop what the whole drops", () => {
      for (const width of sizes) {
        expectRows((_, rows, key) => t.dropout(t.ones(engine(), [rows, width, 3]), 0.4, key));
      }
    });

    it("drop what the whole drops in the gradient, too", () => {
      expectRows((_, rows, key) => {
        const x = t.parameter(t.ones(engine(), [rows, 37]));
        return t.grad(t.sum(t.dropout(x, 0.5, key)), [x])[0] as t.Tensor;
      });
    });

    it("drop the attention that the whole drops", () => {
      const all = [1, 2, 3].map((seed) => toTensor(engine(), random([8, 2, 5, 4], seed)));
      expectRows((first, rows, key) => {
        const [q, k, v] = all.map((x) => t.narrow(x, 0, first, rows)) as [t.Tensor, t.Tensor, t.Tensor];
        return t.attention(q, k, v, { dropout: { p: 0.3, key } });
      });
      for (const x of all) x.dispose();
    });

    it("draw the numbers that the whole draws, of every distribution", () => {
      for (const width of [1, 3, 4]) {
        expectRows((_, rows, key) => t.randomUniform(engine(), [rows, width], key));
        expectRows((_, rows, key) => t.randomNormal(engine(), [rows, width], key));
        expectRows((_, rows, key) => t.truncatedNormal(engine(), [rows, width], key, { bound: 0.5 }));
      }
    });

    it("keep their share in keys that are folded from theirs", () => {
      expectRows((_, rows, key) => {
        const keys = new t.KeyStream(t.fold(key, 3));
        keys.next();
        return t.dropout(t.ones(engine(), [rows, 9]), 0.4, t.fold(keys.next(), 2 ** 40));
      });
    });

    it("are those of the whole for what is not one a row", () => {
      t.scope(engine(), () => {
        const share = t.shareOf(t.key(1), { first: 4, rows: 4 });
        const [a, b] = [t.key(1), share].map((key) => t.randomUniform(engine(), [7], key)) as [
          t.Tensor,
          t.Tensor,
        ];
        expect([...t.read(a)]).toEqual([...t.read(b)]);
      });
    });
  });
});
