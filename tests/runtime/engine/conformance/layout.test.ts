import { describe, expect, it } from "vitest";
import * as t from "../../../../runtime/tensor/index.ts";
import { device, expectClose, expectOp, onEveryEngine, random, toPlain, toTensor } from "../harness.ts";
import * as reference from "../reference.ts";
import { plain } from "../reference.ts";

onEveryEngine("layout and reductions", (engine) => {
  it("creates tensors and reads them back", () => {
    t.scope(engine(), () => {
      expect([...t.read(t.tensor(engine(), [1, 2, 3, 4], [2, 2]))]).toEqual([1, 2, 3, 4]);
      expect(t.read(t.tensor(engine(), Int32Array.of(-1, 2), [2]))).toEqual(Int32Array.of(-1, 2));
      expect(t.read(t.tensor(engine(), [0, 3], [2], "bool"))).toEqual(Uint8Array.of(0, 1));
      expect(t.read(t.zeros(engine(), [3]))).toEqual(new Float32Array(3));
      expect(t.read(t.full(engine(), [2], 2.5))).toEqual(Float32Array.of(2.5, 2.5));
      expect(t.read(t.full(engine(), [2], -7, "int32"))).toEqual(Int32Array.of(-7, -7));
      expect(t.read(t.ones(engine(), [2], "bool"))).toEqual(Uint8Array.of(1, 1));
      expect(t.read(t.arange(engine(), 2, 9, 3))).toEqual(Int32Array.of(2, 5, 8));
      expect(t.read(t.arange(engine(), 1, 0, -0.25, "float32"))).toEqual(Float32Array.of(1, 0.75, 0.5, 0.25));
      expect(t.item(t.scalar(engine(), 4))).toBe(4);
      expect(t.read(t.zeros(engine(), [0, 3])).length).toBe(0);
    });
  });

  it("copies what it is given and what it gives", () => {
    t.scope(engine(), () => {
      const data = Float32Array.of(1, 2);
      const x = t.tensor(engine(), data, [2]);
      data[0] = 9;
      const copy = t.read(x);
      copy[1] = 9;
      expect([...t.read(x)]).toEqual([1, 2]);
    });
  });

  it("refuses data that does not fill the shape, and numbers that do not fit the type", () => {
    expect(() => t.tensor(engine(), [1, 2, 3], [2, 2])).toThrow(
      /tensor: data has 3 elements, shape \[2, 2\] needs 4/,
    );
    expect(() => t.tensor(engine(), [1.5], [1], "int32")).toThrow(t.DTypeError);
    expect(() => t.zeros(engine(), [2, -1])).toThrow(/is no shape/);
    expect(() => t.full(engine(), [1], 0.5, "int32")).toThrow(t.DTypeError);
    t.scope(engine(), () => {
      expect(() => t.item(t.ones(engine(), [2]))).toThrow(/item: x is \[2\], expected one element/);
    });
  });

  it("reshapes, with one length left open", () => {
    expectOp(engine(), {
      inputs: [random([2, 6], 1)],
      op: (x) => t.reshape(x, [3, -1]),
      reference: (x) => plain([3, 4], x.data),
    });
    t.scope(engine(), () => {
      const x = t.ones(engine(), [2, 6]);
      expect(() => t.reshape(x, [5, -1])).toThrow(
        /reshape: x \[2, 6\] has 12 elements, which do not fill \[5, -1\]/,
      );
      expect(() => t.reshape(x, [3, 3])).toThrow(t.ShapeError);
      expect(t.unsqueeze(x, -1).shape).toEqual([2, 6, 1]);
      expect(t.squeeze(t.unsqueeze(x, 0)).shape).toEqual([2, 6]);
      expect(t.squeeze(t.unsqueeze(x, 0), 0).shape).toEqual([2, 6]);
      expect(() => t.squeeze(x, 0)).toThrow(/not 1 long/);
    });
  });

  it.each([
    [[1, 0]],
    [[0, 2, 1]],
    [[2, 0, 1]],
    [[0, 2, 1, 3]],
    [[3, 1, 2, 0]],
    [[0, 1, 3, 2]],
    [[4, 2, 0, 1, 3]],
  ])("transposes by [%s]", (permutation) => {
    const shape = [2, 3, 5, 4, 2].slice(0, permutation.length);
    expectOp(engine(), {
      inputs: [random(shape, 1)],
      op: (x) => t.transpose(x, permutation),
      reference: (x) => reference.transpose(x, permutation),
    });
  });

  it("transposes large arrays, integers and booleans", () => {
    t.scope(engine(), () => {
      const x = random([3, 67, 5, 41], 1);
      expectClose(
        toPlain(t.transpose(toTensor(engine(), x), [0, 2, 1, 3])),
        reference.transpose(x, [0, 2, 1, 3]),
      );
      expectClose(
        toPlain(t.transpose(toTensor(engine(), x), [3, 0, 2, 1])),
        reference.transpose(x, [3, 0, 2, 1]),
      );
      const ids = t.tensor(engine(), Int32Array.of(1, 2, 3, 4, 5, 6), [2, 3]);
      expect([...t.read(t.transpose(ids, [1, 0]))]).toEqual([1, 4, 2, 5, 3, 6]);
      expect([...t.read(t.transpose(t.greater(ids, 3), [1, 0]))]).toEqual([0, 1, 0, 1, 0, 1]);
      expect(() => t.transpose(ids, [0, 0])).toThrow(/no permutation/);
      expect(() => t.transpose(ids, [0])).toThrow(t.ShapeError);
    });
  });

  it.each([0, 1, 2, -1])("concatenates along axis %s", (axis) => {
    const normal = axis < 0 ? axis + 3 : axis;
    const shape = (length: number) => [2, 3, 4].map((old, i) => (i === normal ? length : old));
    expectOp(engine(), {
      inputs: [random(shape(2), 1), random(shape(1), 2), random(shape(3), 3)],
      op: (...xs) => t.concat(xs, axis),
      reference: (...xs) => reference.concat(xs, normal),
    });
  });

  it("stacks and splits", () => {
    expectOp(engine(), {
      inputs: [random([2, 3], 1), random([2, 3], 2)],
      op: (...xs) => t.stack(xs, 1),
      reference: (...xs) =>
        reference.concat(
          xs.map((x) => plain([2, 1, 3], x.data)),
          1,
        ),
    });
    expectOp(engine(), {
      inputs: [random([2, 6], 1)],
      op: (x) => {
        const [a, b, c] = t.split(x, [1, 2, 3], 1) as [t.Tensor, t.Tensor, t.Tensor];
        return t.concat([c, a, b], 1);
      },
      reference: (x) =>
        reference.concat(
          [
            reference.slice(x, [0, 3], [2, 3]),
            reference.slice(x, [0, 0], [2, 1]),
            reference.slice(x, [0, 1], [2, 2]),
          ],
          1,
        ),
    });
    t.scope(engine(), () => {
      const x = t.ones(engine(), [2, 6]);
      expect(() => t.split(x, [2, 2], 1)).toThrow(/add up to 4/);
      expect(() => t.concat([x, t.ones(engine(), [3, 5])], 0)).toThrow(
        /xs\[1\] is \[3, 5\]: only axis 0 may differ/,
      );
      expect(() => t.concat([x, t.ones(engine(), [2, 6], "int32")], 0)).toThrow(t.DTypeError);
      expect(() => t.stack([x, t.ones(engine(), [2, 5])], 0)).toThrow(/shapes must be equal/);
      expect(() => t.concat([], 0)).toThrow(t.ShapeError);
    });
  });

  it("slices a box, and puts its gradient back into zeros", () => {
    const boxes = [
      [
        [0, 1, 2],
        [2, 2, 2],
      ],
      [
        [1, 0, 0],
        [1, 3, 4],
      ],
      [
        [0, 2, 0],
        [2, 1, 4],
      ],
      [
        [0, 0, 3],
        [2, 3, 1],
      ],
    ] as const;
    for (const [begin, size] of boxes) {
      expectOp(engine(), {
        inputs: [random([2, 3, 4], 1)],
        op: (x) => t.slice(x, begin, size),
        reference: (x) => reference.slice(x, begin, size),
      });
    }
    t.scope(engine(), () => {
      const x = t.ones(engine(), [2, 3]);
      expect(t.slice(x, [0, 1], [-1, -1]).shape).toEqual([2, 2]);
      expect(t.narrow(x, -1, 1, 2).shape).toEqual([2, 2]);
      expect(() => t.slice(x, [0, 2], [2, 2])).toThrow(
        /slice: begin \[0, 2\] and size \[2, 2\] do not lie in x \[2, 3\]/,
      );
      expect(() => t.narrow(x, 0, 1, 2)).toThrow(/1 … 3 does not lie in axis 0/);
    });
  });

  it.each([0, 1, 2])("gathers along axis %s, adding gradients of repeated indices", (axis) => {
    const ids = plain([2, 2], [1, 0, 1, 1]);
    expectOp(engine(), {
      inputs: [random([2, 3, 4], 1)],
      op: (x) => t.gather(x, toTensor(engine(), ids, "int32"), axis),
      reference: (x) => reference.gather(x, ids, axis),
    });
    if (device === "cuda") return;
    t.scope(engine(), () => {
      const x = t.ones(engine(), [2, 3]);
      expect(() => t.gather(x, t.tensor(engine(), Int32Array.of(3), [1]), 1)).toThrow(/gather: index 3/);
    });
  });

  it("broadcasts and repeats", () => {
    for (const [from, to] of [
      [[3], [2, 3]],
      [
        [2, 1, 3],
        [2, 4, 3],
      ],
      [
        [1, 1],
        [3, 2],
      ],
      [[], [2]],
      [
        [2, 1],
        [3, 2, 2],
      ],
    ] as const) {
      expectOp(engine(), {
        inputs: [random(from, 1)],
        op: (x) => t.broadcastTo(x, to),
        reference: (x) => reference.build(to, (index) => reference.at(x, index)),
      });
    }
    expectOp(engine(), {
      inputs: [random([2, 3], 1)],
      op: (x) => t.repeatInterleave(x, 2, 0),
      reference: (x) =>
        reference.build([4, 3], ([i, j]) => reference.at(x, [Math.floor((i as number) / 2), j as number])),
    });
    t.scope(engine(), () => {
      expect(() => t.broadcastTo(t.ones(engine(), [2, 3]), [3, 2])).toThrow(/does not broadcast to \[3, 2\]/);
    });
  });

  it("makes one-hot vectors, zero for indices outside", () => {
    t.scope(engine(), () => {
      const x = t.oneHot(t.tensor(engine(), Int32Array.of(2, 0, -1, 3), [4]), 3);
      expect(x.shape).toEqual([4, 3]);
      expect([...t.read(x)]).toEqual([0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    });
  });

  describe("reductions", () => {
    const folds = {
      sum: reference.sum,
      mean: reference.mean,
      max: (v: number[]) => Math.max(...v),
      min: (v: number[]) => Math.min(...v),
    };
    const ops = { sum: t.sum, mean: t.mean, max: t.max, min: t.min };
    const axesList = [[0], [1], [2], [0, 1], [1, 2], [0, 2], [0, 1, 2]];
    for (const name of ["sum", "mean", "max", "min"] as const) {
      it.each(axesList)(`${name} over axes %s %s %s`, (...axes) => {
        const given = axes.filter((axis) => axis !== undefined);
        for (const keepDims of [false, true]) {
          expectOp(engine(), {
            inputs: [random([3, 4, 5], 1)],
            op: (x) => ops[name](x, given, keepDims),
            reference: (x) => reference.reduce(x, given, keepDims, folds[name]),
          });
        }
      });
    }

    it("defaults to all axes, takes negative ones, and scalars", () => {
      expectOp(engine(), {
        inputs: [random([3, 4], 1)],
        op: (x) => t.sum(x),
        reference: (x) => reference.reduce(x, [0, 1], false, reference.sum),
      });
      expectOp(engine(), {
        inputs: [random([3, 4], 1)],
        op: (x) => t.mean(x, -1),
        reference: (x) => reference.reduce(x, [1], false, reference.mean),
      });
      expectOp(engine(), { inputs: [random([], 1)], op: (x) => t.sum(x), reference: (x) => x });
      expectOp(engine(), { inputs: [random([], 1)], op: (x) => t.max(x), reference: (x) => x });
    });

    it("stays accurate over a million elements", () => {
      t.scope(engine(), () => {
        const x = t.full(engine(), [1_000_003], 0.1);
        expect(Math.abs(t.item(t.sum(x)) / (1_000_003 * Math.fround(0.1)) - 1)).toBeLessThan(1e-5);
        expect(t.item(t.mean(x))).toBeCloseTo(0.1, 6);
      });
    });

    it("sums columns of many rows", () => {
      t.scope(engine(), () => {
        const x = random([531, 70], 1);
        expectClose(
          toPlain(t.sum(toTensor(engine(), x), 0)),
          reference.reduce(x, [0], false, reference.sum),
          1e-5,
        );
      });
    });

    it("sums integers", () => {
      t.scope(engine(), () => {
        const x = t.tensor(engine(), Int32Array.of(1, -2, 3, 4, 5, 6), [2, 3]);
        expect(t.sum(x, 0).dtype).toBe("int32");
        expect([...t.read(t.sum(x, 0))]).toEqual([5, 3, 9]);
        expect([...t.read(t.max(x, 1))]).toEqual([3, 6]);
        expect([...t.read(t.min(x, 0))]).toEqual([1, -2, 3]);
      });
    });

    it("shares the gradient of max among equal elements", () => {
      t.scope(engine(), () => {
        const x = t.parameter(t.tensor(engine(), [2, 2, 1], [3]));
        const [dx] = t.grad(t.max(x), [x]);
        expect([...t.read(dx as t.Tensor)]).toEqual([0.5, 0.5, 0]);
      });
    });

    it("refuses axes that are not there or come twice, and empty ones", () => {
      t.scope(engine(), () => {
        const x = t.ones(engine(), [2, 3]);
        expect(() => t.sum(x, 2)).toThrow(/sum: axis 2 is out of range: x is \[2, 3\], so it can be -2 … 1/);
        expect(() => t.sum(x, [0, -2])).toThrow(/twice/);
        expect(() => t.mean(t.cast(x, "int32"))).toThrow(t.DTypeError);
        expect(() => t.max(t.zeros(engine(), [0, 2]), 0)).toThrow(/nothing to reduce/);
        expect([...t.read(t.sum(t.zeros(engine(), [0, 2]), 0))]).toEqual([0, 0]);
      });
    });
  });

  it("logSumExp along each axis, also of infinities", () => {
    for (const axis of [0, 1, -1]) {
      const normal = axis < 0 ? 2 : axis;
      expectOp(engine(), {
        inputs: [random([2, 3, 4], 1, 5)],
        op: (x) => t.logSumExp(x, axis),
        reference: (x) => reference.reduce(x, [normal], false, reference.logSumExp),
      });
    }
    t.scope(engine(), () => {
      const x = t.tensor(engine(), [-Infinity, -Infinity, 1000, 1000, -Infinity, 0], [3, 2]);
      const [none, large, half] = t.read(t.logSumExp(x, 1));
      expect(none).toBe(Number.NEGATIVE_INFINITY);
      expect(large).toBeCloseTo(1000 + Math.LN2, 3);
      expect(half).toBeCloseTo(0, 6);
    });
  });

  it("argmax: the first of equal ones, along any axis", () => {
    t.scope(engine(), () => {
      const x = t.tensor(engine(), [1, 5, 5, 7, 2, 7], [2, 3]);
      expect([...t.read(t.argmax(x, 1))]).toEqual([1, 0]);
      expect([...t.read(t.argmax(x, 0))]).toEqual([1, 0, 1]);
      expect(t.argmax(x, -1).dtype).toBe("int32");
    });
  });

  it("topK: largest first, lower index first among equal ones", () => {
    t.scope(engine(), () => {
      const x = t.tensor(engine(), [1, 5, 5, 7, -1, 2, -3, -2, -1, -4], [2, 5]);
      const { values, indices } = t.topK(x, 3);
      expect([...t.read(values)]).toEqual([7, 5, 5, 2, -1, -2]);
      expect([...t.read(indices)]).toEqual([3, 1, 2, 0, 3, 2]);
      expect(indices.dtype).toBe("int32");
      expect(() => t.topK(x, 6)).toThrow(/topK: k is 6, expected an integer in 1 … 5/);
      expect(() => t.topK(x, 0)).toThrow(t.ShapeError);
    });
  });

  it("draws the same numbers for a key, with the right moments", () => {
    t.scope(engine(), () => {
      const normal = t.read(t.randomNormal(engine(), [20_000], t.key(1), { mean: 3, std: 2 }));
      const average = reference.mean([...normal]);
      expect(average).toBeCloseTo(3, 1);
      expect(Math.sqrt(reference.mean([...normal].map((value) => (value - average) ** 2)))).toBeCloseTo(2, 1);
      expect(t.read(t.randomNormal(engine(), [20_000], t.key(1), { mean: 3, std: 2 }))).toEqual(normal);
      const uniform = [...t.read(t.randomUniform(engine(), [20_000], t.key(2), { low: -1, high: 3 }))];
      expect(Math.min(...uniform)).toBeGreaterThanOrEqual(-1);
      expect(Math.max(...uniform)).toBeLessThan(3);
      expect(reference.mean(uniform)).toBeCloseTo(1, 1);
      const truncated = [...t.read(t.truncatedNormal(engine(), [20_000], t.key(3), { std: 0.02 }))];
      expect(Math.max(...truncated.map(Math.abs))).toBeLessThanOrEqual(Math.fround(0.04));
    });
  });
});
