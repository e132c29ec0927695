import { describe, expect, it } from "vitest";
import * as t from "../../../../runtime/tensor/index.ts";
import { device, expectClose, expectOp, onEveryEngine, random, toPlain, toTensor } from "../harness.ts";
import * as reference from "../reference.ts";
import { plain } from "../reference.ts";

onEveryEngine("layers", (engine) => {
  describe("matmul", () => {
    const sizes: readonly (readonly [readonly number[], readonly number[]])[] = [
      [
        [2, 3],
        [3, 4],
      ],
      [
        [7, 5],
        [5, 9],
      ],
      [
        [2, 3, 4],
        [2, 4, 5],
      ],
      [
        [2, 3, 4],
        [4, 5],
      ],
      [
        [3, 4],
        [2, 4, 5],
      ],
      [
        [2, 1, 3, 4],
        [3, 4, 2],
      ],
      [
        [1, 1],
        [1, 1],
      ],
    ];
    for (const [transposeA, transposeB] of [
      [false, false],
      [false, true],
      [true, false],
      [true, true],
    ] as const) {
      it.each(sizes)(`[%s] · [%s], transposed ${transposeA} ${transposeB}`, (a, b) => {
        const [x, y] = [random(a, 1), random(b, 2)];
        expectOp(engine(), {
          inputs: [transposeA ? reference.swapLast(x) : x, transposeB ? reference.swapLast(y) : y],
          op: (l, r) => t.matmul(l as t.Tensor, r as t.Tensor, { transposeA, transposeB }),
          reference: (l, r) =>
            reference.matmul(
              transposeA ? reference.swapLast(l as reference.Plain) : (l as reference.Plain),
              transposeB ? reference.swapLast(r as reference.Plain) : (r as reference.Plain),
            ),
        });
      });
    }

    it("is right beyond one block of every dimension", () => {
      t.scope(engine(), () => {
        const [a, b] = [random([103, 530], 1), random([530, 41], 2)];
        const expected = reference.matmul(a, b);
        const [x, y] = [toTensor(engine(), a), toTensor(engine(), b)];
        expectClose(toPlain(t.matmul(x, y)), expected, 1e-5);
        const [xT, yT] = [t.transpose(x, [1, 0]), t.transpose(y, [1, 0])];
        expectClose(toPlain(t.matmul(xT, yT, { transposeA: true, transposeB: true })), expected, 1e-5);
      });
    });

    it("refuses inner sizes that differ, naming the op and the shapes", () => {
      t.scope(engine(), () => {
        const [a, b] = [t.ones(engine(), [2, 3]), t.ones(engine(), [4, 5])];
        expect(() => t.matmul(a, b)).toThrow(t.ShapeError);
        expect(() => t.matmul(a, b)).toThrow(/^matmul: a \[2, 3\] has 3 columns but b \[4, 5\] has 4 rows/);
        expect(() => t.matmul(a, b, { transposeA: true })).toThrow(/a \[2, 3\] \(transposed\) has 2 columns/);
        expect(() => t.matmul(t.ones(engine(), [2, 3, 4]), t.ones(engine(), [3, 4, 5]))).toThrow(
          /do not broadcast/,
        );
        expect(() => t.matmul(a, t.cast(b, "int32"))).toThrow(t.DTypeError);
      });
    });
  });

  describe("linear", () => {
    it.each([[[4]], [[2, 4]], [[2, 3, 4]]])("of x [%s]", (shape) => {
      expectOp(engine(), {
        inputs: [random(shape, 1), random([5, 4], 2), random([5], 3)],
        op: (x, w, b) => t.linear(x as t.Tensor, w as t.Tensor, b),
        reference: (x, w, b) => reference.linear(x as reference.Plain, w as reference.Plain, b),
      });
    });

    it("without bias, and with frozen arguments", () => {
      for (const grads of [
        [true, true],
        [true, false],
        [false, true],
      ]) {
        expectOp(engine(), {
          inputs: [random([3, 17], 1), random([9, 17], 2)],
          op: (x, w) => t.linear(x as t.Tensor, w as t.Tensor),
          reference: (x, w) => reference.linear(x as reference.Plain, w as reference.Plain),
          grads,
        });
      }
    });

    it("refuses a weight or bias that does not fit", () => {
      t.scope(engine(), () => {
        const x = t.ones(engine(), [2, 4]);
        expect(() => t.linear(x, t.ones(engine(), [4, 5]))).toThrow(
          /linear: x \[2, 4\] and weight \[4, 5\], expected/,
        );
        expect(() => t.linear(x, t.ones(engine(), [5, 4]), t.ones(engine(), [4]))).toThrow(
          /bias is \[4\], expected \[5\]/,
        );
      });
    });
  });

  describe("conv2d", () => {
    const cases = [
      { x: [2, 3, 8, 8], w: [4, 3, 4, 4], stride: [4, 4], padding: [0, 0] },
      { x: [1, 2, 5, 6], w: [3, 2, 3, 3], stride: [1, 1], padding: [1, 1] },
      { x: [2, 1, 7, 5], w: [2, 1, 3, 2], stride: [2, 1], padding: [1, 0] },
    ] as const;
    it.each(cases)("x $x, weight $w, stride $stride, padding $padding", ({ x, w, stride, padding }) => {
      expectOp(engine(), {
        inputs: [random(x, 1), random(w, 2), random([w[0]], 3)],
        op: (image, weight, bias) =>
          t.conv2d(image as t.Tensor, weight as t.Tensor, bias, { stride, padding }),
        reference: (image, weight, bias) =>
          reference.conv2d(image as reference.Plain, weight as reference.Plain, bias, stride, padding),
      });
    });

    it("without bias", () => {
      expectOp(engine(), {
        inputs: [random([1, 1, 4, 4], 1), random([1, 1, 2, 2], 2)],
        op: (image, weight) => t.conv2d(image as t.Tensor, weight as t.Tensor),
        reference: (image, weight) =>
          reference.conv2d(image as reference.Plain, weight as reference.Plain, undefined, [1, 1], [0, 0]),
      });
    });

    it("refuses channels that differ and windows that are too large", () => {
      t.scope(engine(), () => {
        const x = t.ones(engine(), [1, 3, 4, 4]);
        expect(() => t.conv2d(x, t.ones(engine(), [2, 1, 2, 2]))).toThrow(
          /conv2d: x \[1, 3, 4, 4\] and weight/,
        );
        expect(() => t.conv2d(x, t.ones(engine(), [2, 3, 5, 5]))).toThrow(/larger than the padded image/);
        expect(() => t.conv2d(x, t.ones(engine(), [2, 3, 2, 2]), undefined, { stride: 0 })).toThrow(/stride/);
      });
    });
  });

  describe("embedding", () => {
    const ids = plain([2, 3], [4, 0, 4, 1, 2, 4]);
    it("looks rows up, and adds gradients of repeated ids", () => {
      expectOp(engine(), {
        inputs: [random([5, 7], 1)],
        op: (w) => t.embedding(w, toTensor(engine(), ids, "int32")),
        reference: (w) => reference.gather(w, ids, 0),
      });
    });

    it("gives the padding row no gradient", () => {
      t.scope(engine(), () => {
        const w = t.parameter(t.ones(engine(), [5, 2]));
        const y = t.embedding(w, toTensor(engine(), ids, "int32"), { paddingIndex: 4 });
        const [dw] = t.grad(t.sum(y), [w]);
        expect([...t.read(dw as t.Tensor)]).toEqual([1, 1, 1, 1, 1, 1, 0, 0, 0, 0]);
      });
    });

    it("refuses ids outside the table and ids that are no integers", () => {
      t.scope(engine(), () => {
        const w = t.ones(engine(), [5, 2]);
        const at = (id: number) => t.tensor(engine(), Int32Array.of(0, id), [2]);
        expect(() => t.embedding(w, t.ones(engine(), [1]))).toThrow(/ids is float32 \[1\], expected int32/);
        if (device === "cuda") return;
        expect(() => t.embedding(w, at(5))).toThrow(
          /embedding: index 5 \(element 1 of the indices\) is not in 0 … 4/,
        );
        expect(() => t.embedding(w, at(-1))).toThrow(t.ShapeError);
      });
    });
  });

  describe("layerNorm", () => {
    it.each([[[6]], [[3, 4]], [[2, 5, 7]], [[70, 10]]])("of x [%s]", (shape) => {
      const width = shape.at(-1) as number;
      expectOp(engine(), {
        inputs: [random(shape, 1, 2, 1), random([width], 2, 0.5, 1), random([width], 3)],
        op: (x, w, b) => t.layerNorm(x as t.Tensor, w as t.Tensor, b as t.Tensor, 1e-5),
        reference: (x, w, b) =>
          reference.layerNorm(x as reference.Plain, w as reference.Plain, b as reference.Plain, 1e-5),
        tolerance: 1e-5,
      });
    });

    it("gives only the gradients asked for", () => {
      expectOp(engine(), {
        inputs: [random([3, 8], 1), random([8], 2), random([8], 3)],
        op: (x, w, b) => t.layerNorm(x as t.Tensor, w as t.Tensor, b as t.Tensor, 1e-6),
        reference: (x, w, b) =>
          reference.layerNorm(x as reference.Plain, w as reference.Plain, b as reference.Plain, 1e-6),
        grads: [true, false, true],
        tolerance: 1e-5,
      });
    });

    it("is accurate far from 0", () => {
      t.scope(engine(), () => {
        const x = random([4, 64], 1, 0.01, 100);
        const [one, zero] = [plain([64], new Array(64).fill(1)), plain([64], new Array(64).fill(0))];
        const y = t.layerNorm(
          toTensor(engine(), x),
          toTensor(engine(), one),
          toTensor(engine(), zero),
          1e-12,
        );
        expectClose(toPlain(y), reference.layerNorm(x, one, zero, 1e-12), 5e-3);
      });
    });

    it("refuses weights of another width", () => {
      t.scope(engine(), () => {
        const x = t.ones(engine(), [2, 4]);
        expect(() => t.layerNorm(x, t.ones(engine(), [3]), t.ones(engine(), [4]), 1e-5)).toThrow(
          /layerNorm: x \[2, 4\], weight \[3\], bias \[4\], expected/,
        );
      });
    });
  });

  describe("softmax and logSoftmax", () => {
    it.each([[[5]], [[3, 7]], [[2, 3, 4]]])("of x [%s]", (shape) => {
      const inputs = [random(shape, 1, 4)];
      expectOp(engine(), { inputs, op: (x) => t.softmax(x), reference: reference.softmax });
      expectOp(engine(), { inputs, op: (x) => t.logSoftmax(x), reference: reference.logSoftmax });
    });

    it("along another axis", () => {
      const along = (f: (x: reference.Plain) => reference.Plain) => (x: reference.Plain) =>
        reference.transpose(f(reference.transpose(x, [0, 2, 1])), [0, 2, 1]);
      const inputs = [random([2, 3, 4], 1, 4)];
      expectOp(engine(), { inputs, op: (x) => t.softmax(x, 1), reference: along(reference.softmax) });
      expectOp(engine(), { inputs, op: (x) => t.logSoftmax(x, -2), reference: along(reference.logSoftmax) });
    });

    it("survives large and infinite values", () => {
      t.scope(engine(), () => {
        const x = t.tensor(engine(), [1000, 1001, -Infinity], [1, 3]);
        const expected = [1 / (1 + Math.E), Math.E / (1 + Math.E), 0];
        for (const [i, value] of t.read(t.softmax(x)).entries())
          expect(value).toBeCloseTo(expected[i] as number, 5);
        expect(t.read(t.logSoftmax(x))[1]).toBeCloseTo(Math.log(expected[1] as number), 4);
      });
    });
  });

  describe("attention", () => {
    const q = random([2, 2, 3, 5], 1);
    const k = random([2, 2, 4, 5], 2);
    const v = random([2, 2, 4, 6], 3);
    const run = (
      inputs: reference.Plain[],
      options: Parameters<typeof t.attention>[3],
      expected: Parameters<typeof reference.attention>[3],
    ) =>
      expectOp(engine(), {
        inputs,
        op: (a, b, c) => t.attention(a as t.Tensor, b as t.Tensor, c as t.Tensor, options),
        reference: (a, b, c) =>
          reference.attention(a as reference.Plain, b as reference.Plain, c as reference.Plain, expected),
      });

    it("without a mask, and with a scale", () => {
      run([q, k, v], {}, {});
      run([q, k, v], { scale: 0.7 }, { scale: 0.7 });
    });

    it.each([[[2, 1, 1, 4]], [[2, 2, 3, 4]], [[3, 4]], [[1, 1, 3, 1]], [[]]])("with a mask [%s]", (shape) => {
      const mask = random(shape, 4, 3);
      t.scope(engine(), () => run([q, k, v], { mask: toTensor(engine(), mask) }, { mask }));
    });

    it("hides keys that a mask of −∞ or −10000 marks", () => {
      for (const hidden of [Number.NEGATIVE_INFINITY, -10_000]) {
        const mask = plain([2, 1, 1, 4], [0, 0, hidden, hidden, 0, hidden, 0, 0]);
        t.scope(engine(), () => run([q, k, v], { mask: toTensor(engine(), mask) }, { mask }));
      }
    });

    it("causal: with as many queries as keys, and with fewer (cached keys)", () => {
      run([random([2, 2, 4, 5], 1), k, v], { causal: true }, { causal: true });
      run([q, k, v], { causal: true }, { causal: true });
    });

    it("causal together with a mask", () => {
      const mask = plain([1, 1, 1, 4], [-5, 0, 1, 0]);
      t.scope(engine(), () =>
        run([q, k, v], { causal: true, mask: toTensor(engine(), mask) }, { causal: true, mask }),
      );
    });

    it("gives 0 to a query that sees nothing", () => {
      t.scope(engine(), () => {
        const mask = t.full(engine(), [1, 1, 1, 4], Number.NEGATIVE_INFINITY);
        const y = t.attention(toTensor(engine(), q), toTensor(engine(), k), toTensor(engine(), v), { mask });
        expect([...t.read(y)].every((value) => value === 0)).toBe(true);
      });
    });

    it.runIf(device === "cpu")("drops probabilities out as dropout does", () => {
      const [p, key] = [0.4, t.key(3)];
      t.scope(engine(), () => {
        const keep = toPlain(t.dropout(t.ones(engine(), [2, 2, 3, 4]), p, key));
        expect(keep.data.includes(0)).toBe(true);
        run([q, k, v], { dropout: { p, key } }, { keep });
      });
    });

    it("is right for more keys than one vector, and many heads", () => {
      t.scope(engine(), () => {
        const [a, b, c] = [random([3, 5, 33, 8], 1), random([3, 5, 65, 8], 2), random([3, 5, 65, 8], 3)];
        const y = t.attention(toTensor(engine(), a), toTensor(engine(), b), toTensor(engine(), c));
        expectClose(toPlain(y), reference.attention(a, b, c), 1e-5);
      });
    });

    it("refuses shapes that do not fit", () => {
      t.scope(engine(), () => {
        const [a, b, c] = [toTensor(engine(), q), toTensor(engine(), k), toTensor(engine(), v)];
        expect(() => t.attention(a, c, b)).toThrow(/attention: q \[2, 2, 3, 5\], k \[2, 2, 4, 6\], v/);
        expect(() => t.attention(a, b, c, { mask: t.ones(engine(), [3, 3]) })).toThrow(
          /does not broadcast to the scores/,
        );
        expect(() => t.attention(a, b, c, { mask: t.parameter(t.ones(engine(), [4])) })).toThrow(/detach it/);
        expect(() => t.attention(a, b, c, { dropout: { p: 1, key: t.key(1) } })).toThrow(/dropout p is 1/);
      });
    });
  });

  describe("crossEntropy", () => {
    const logits = random([6, 5], 1, 3);
    const targets = [0, 4, -100, 2, 2, -100];
    for (const reduction of ["mean", "sum", "none"] as const) {
      for (const labelSmoothing of [0, 0.1]) {
        it(`${reduction}, label smoothing ${labelSmoothing}, with ignored targets`, () => {
          expectOp(engine(), {
            inputs: [logits],
            op: (x) => {
              const ids = t.tensor(engine(), Int32Array.from(targets), [6]);
              return t.crossEntropy(x, ids, { reduction, labelSmoothing });
            },
            reference: (x) => reference.crossEntropy(x, targets, { reduction, labelSmoothing }),
            tolerance: 1e-5,
          });
        });
      }
    }

    it("takes another index to ignore", () => {
      expectOp(engine(), {
        inputs: [logits],
        op: (x) =>
          t.crossEntropy(x, t.tensor(engine(), Int32Array.of(0, 1, 2, 3, 0, 0), [6]), { ignoreIndex: 0 }),
        reference: (x) => reference.crossEntropy(x, [0, 1, 2, 3, 0, 0], { ignoreIndex: 0 }),
        tolerance: 1e-5,
      });
    });

    it("is NaN as a mean over nothing, and 0 as a sum", () => {
      t.scope(engine(), () => {
        const x = toTensor(engine(), logits);
        const none = t.tensor(engine(), new Int32Array(6).fill(-100), [6]);
        expect(t.item(t.crossEntropy(x, none))).toBeNaN();
        expect(t.item(t.crossEntropy(x, none, { reduction: "sum" }))).toBe(0);
      });
    });

    it("refuses targets that are no classes, and shapes that do not fit", () => {
      t.scope(engine(), () => {
        const x = toTensor(engine(), logits);
        const ids = (...values: number[]) => t.tensor(engine(), Int32Array.from(values), [values.length]);
        expect(() => t.crossEntropy(x, ids(0, 0))).toThrow(/logits \[6, 5\] and targets \[2\], expected/);
        if (device === "cpu")
          expect(() => t.crossEntropy(x, ids(0, 0, 5, 0, 0, 0))).toThrow(/crossEntropy: index 5/);
      });
    });
  });
});
