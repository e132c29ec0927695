import { describe, expect, it } from "vitest";
import * as t from "../../../../runtime/tensor/index.ts";
import {
  device,
  expectClose,
  expectOp,
  onEveryEngine,
  random,
  reportMissingEngines,
  toPlain,
  toTensor,
} from "../harness.ts";
import { map, plain, unary, zip } from "../reference.ts";

reportMissingEngines();

onEveryEngine("elementwise ops", (engine) => {
  const ops: Record<string, (x: t.Tensor) => t.Tensor> = {
    neg: t.neg,
    exp: t.exp,
    log: t.log,
    sqrt: t.sqrt,
    square: t.square,
    abs: t.abs,
    tanh: t.tanh,
    sigmoid: t.sigmoid,
    relu: t.relu,
    gelu: t.gelu,
    geluTanh: (x) => t.gelu(x, "tanh"),
    quickGelu: t.quickGelu,
  };
  const onlyPositive = new Set(["log", "sqrt"]);
  for (const [name, op] of Object.entries(ops)) {
    const f = unary[name] as (x: number) => number;
    const input = (shape: number[], seed: number) =>
      onlyPositive.has(name) ? random(shape, seed, 1, 1.5) : random(shape, seed, 3);

    it(`${name}: values and gradients`, () => {
      expectOp(engine(), { inputs: [input([3, 5], 1)], op, reference: (x) => map(x, f) });
    });

    it(`${name}: scalars, and more elements than one thread takes`, () => {
      expectOp(engine(), { inputs: [input([], 2)], op, reference: (x) => map(x, f) });
      t.scope(engine(), () => {
        const x = input([40_003], 3);
        expectClose(toPlain(op(toTensor(engine(), x))), map(x, f));
      });
    });
  }

  it("exp, log, tanh, sigmoid and gelu at their limits", () => {
    t.scope(engine(), () => {
      const x = plain([7], [-Infinity, -200, -88, 0, 88, 200, Infinity].map(Math.fround));
      const compare = (op: (x: t.Tensor) => t.Tensor, f: (x: number) => number) => {
        const y = toPlain(op(toTensor(engine(), x)));
        for (const [i, value] of x.data.entries()) {
          const want = Math.fround(f(value));
          const got = y.data[i] as number;
          const isClose = got === want || Math.abs(got - want) <= Math.max(1e-7, Math.abs(want) * 1e-5);
          expect(
            isClose || (Number.isNaN(got) && Number.isNaN(want)),
            `f(${value}) = ${got}, expected ${want}`,
          ).toBe(true);
        }
      };
      compare(t.exp, Math.exp);
      compare(t.log, Math.log);
      compare(t.tanh, Math.tanh);
      compare(t.sigmoid, (v) => 1 / (1 + Math.exp(-v)));
      expect(
        [...t.read(t.log(t.tensor(engine(), [1e-37, 1e-30, 3e38], [3])))].map((v) => v.toFixed(3)),
      ).toEqual([1e-37, 1e-30, 3e38].map((v) => Math.log(v).toFixed(3)));
      expect(t.read(t.exp(t.tensor(engine(), [Number.NaN], [1])))[0]).toBeNaN();
    });
  });

  const pairs: Record<
    string,
    readonly [(a: t.Operand, b: t.Operand) => t.Tensor, (a: number, b: number) => number]
  > = {
    add: [t.add, (a, b) => a + b],
    sub: [t.sub, (a, b) => a - b],
    mul: [t.mul, (a, b) => a * b],
    div: [t.div, (a, b) => a / b],
    maximum: [t.maximum, Math.max],
    minimum: [t.minimum, Math.min],
  };
  const shapes: readonly (readonly [readonly number[], readonly number[]])[] = [
    [
      [2, 3],
      [2, 3],
    ],
    [[2, 3, 4], [4]],
    [[4], [2, 3, 4]],
    [
      [2, 3, 4],
      [2, 3, 1],
    ],
    [
      [2, 1, 4],
      [3, 1],
    ],
    [
      [3, 1],
      [1, 5],
    ],
    [[], [2, 2]],
    [
      [2, 1, 3, 1, 2],
      [1, 2, 1, 2, 1],
    ],
  ];
  for (const [name, [op, f]] of Object.entries(pairs)) {
    describe(name, () => {
      it.each(shapes)("broadcasts [%s] and [%s]", (a, b) => {
        const positive = name === "div" ? 2.5 : 0;
        expectOp(engine(), {
          inputs: [random(a, 1), random(b, 2, 1, positive)],
          op: (x, y) => op(x as t.Tensor, y as t.Tensor),
          reference: (x, y) => zip(f as (...values: number[]) => number, x as never, y as never),
        });
      });

      it("takes a number on either side", () => {
        const x = random([5], 3, 1, 2);
        expectOp(engine(), {
          inputs: [x],
          op: (a) => op(a, 1.5),
          reference: (a) => map(a, (v) => f(v, 1.5)),
        });
        expectOp(engine(), {
          inputs: [x],
          op: (a) => op(1.5, a),
          reference: (a) => map(a, (v) => f(1.5, v)),
        });
      });
    });
  }

  it("adds a tensor to itself, and gives it both gradients", () => {
    expectOp(engine(), {
      inputs: [random([4], 1)],
      op: (x) => t.add(x, x),
      reference: (x) => map(x, (v) => 2 * v),
    });
    expectOp(engine(), {
      inputs: [random([4], 1)],
      op: (x) => t.mul(x, x),
      reference: (x) => map(x, (v) => v * v),
    });
  });

  it("computes with integers, wrapping at 32 bits", () => {
    t.scope(engine(), () => {
      const a = t.tensor(engine(), Int32Array.of(1, -7, 2_000_000_000), [3]);
      const b = t.tensor(engine(), Int32Array.of(3, 2, 2_000_000_000), [3]);
      expect(t.add(a, b).dtype).toBe("int32");
      expect([...t.read(t.add(a, b))]).toEqual([4, -5, -294_967_296]);
      expect([...t.read(t.sub(a, 1))]).toEqual([0, -8, 1_999_999_999]);
      expect([...t.read(t.mul(a, b))].slice(0, 2)).toEqual([3, -14]);
      expect([...t.read(t.maximum(a, b))]).toEqual([3, 2, 2_000_000_000]);
      expect([...t.read(t.minimum(a, b))]).toEqual([1, -7, 2_000_000_000]);
    });
  });

  it("halves the gradient between equal operands of maximum and minimum", () => {
    t.scope(engine(), () => {
      const a = t.parameter(t.tensor(engine(), [1, 2], [2]));
      const b = t.parameter(t.tensor(engine(), [1, 0], [2]));
      const [da, db] = t.grad(t.sum(t.maximum(a, b)), [a, b]);
      expect([...t.read(da as t.Tensor)]).toEqual([0.5, 1]);
      expect([...t.read(db as t.Tensor)]).toEqual([0.5, 0]);
    });
  });

  it.each([2, 3, 0.5, -1, 0])("pow with exponent %s", (n) => {
    expectOp(engine(), {
      inputs: [random([6], 4, 1, 1.5)],
      op: (x) => t.pow(x, n),
      reference: (x) => map(x, (v) => v ** n),
    });
  });

  it("clamps, and passes the gradient inside only", () => {
    expectOp(engine(), {
      inputs: [random([20], 5, 2)],
      op: (x) => t.clamp(x, -0.5, 1),
      reference: (x) => map(x, (v) => Math.min(Math.max(v, -0.5), 1)),
    });
  });

  it("compares, broadcasting, to booleans", () => {
    t.scope(engine(), () => {
      const a = t.tensor(engine(), [1, 2, 3], [3]);
      const b = t.tensor(engine(), [2, 1], [2, 1]);
      const all = (x: t.Tensor) => {
        expect(x.dtype).toBe("bool");
        expect(x.shape).toEqual([2, 3]);
        return [...t.read(x)];
      };
      expect(all(t.equal(a, b))).toEqual([0, 1, 0, 1, 0, 0]);
      expect(all(t.notEqual(a, b))).toEqual([1, 0, 1, 0, 1, 1]);
      expect(all(t.less(a, b))).toEqual([1, 0, 0, 0, 0, 0]);
      expect(all(t.lessEqual(a, b))).toEqual([1, 1, 0, 1, 0, 0]);
      expect(all(t.greater(a, b))).toEqual([0, 0, 1, 0, 1, 1]);
      expect(all(t.greaterEqual(a, b))).toEqual([0, 1, 1, 1, 1, 1]);
      expect([...t.read(t.equal(t.tensor(engine(), Int32Array.of(1, 2), [2]), 2))]).toEqual([0, 1]);
      expect([...t.read(t.less(1, a))]).toEqual([0, 1, 1]);
    });
  });

  it("combines booleans", () => {
    t.scope(engine(), () => {
      const a = t.tensor(engine(), [1, 0], [2], "bool");
      const b = t.tensor(engine(), [1, 0], [2, 1], "bool");
      expect([...t.read(t.logicalAnd(a, b))]).toEqual([1, 0, 0, 0]);
      expect([...t.read(t.logicalOr(a, b))]).toEqual([1, 1, 1, 0]);
      expect([...t.read(t.logicalNot(a))]).toEqual([0, 1]);
    });
  });

  it("where chooses and routes gradients, broadcasting", () => {
    const condition = plain([2, 3], [1, 0, 1, 0, 0, 1]);
    const choose = (x: t.Tensor, y: t.Operand) => t.where(toTensor(engine(), condition, "bool"), x, y);
    const pick = (c: number, x: number, y: number) => (c ? x : y);
    expectOp(engine(), {
      inputs: [random([2, 3], 6), random([3], 7)],
      op: (x, y) => choose(x as t.Tensor, y as t.Tensor),
      reference: (x, y) => zip(pick as never, condition, x as never, y as never),
    });
    expectOp(engine(), {
      inputs: [random([2, 1], 6)],
      op: (x) => choose(x, -1),
      reference: (x) => zip(((c: number, v: number) => (c ? v : -1)) as never, condition, x),
    });
  });

  it("casts between types", () => {
    t.scope(engine(), () => {
      const x = t.tensor(engine(), [-1.7, 0, 0.4, 2.9], [4]);
      expect([...t.read(t.cast(x, "int32"))]).toEqual([-1, 0, 0, 2]);
      expect([...t.read(t.cast(x, "bool"))]).toEqual([1, 0, 1, 1]);
      const back = t.cast(t.cast(x, "bool"), "float32");
      expect(back.dtype).toBe("float32");
      expect([...t.read(back)]).toEqual([1, 0, 1, 1]);
      expect([...t.read(t.cast(t.tensor(engine(), Int32Array.of(5, 0), [2]), "bool"))]).toEqual([1, 0]);
    });
  });

  it("keeps the gradient through a cast to the same type", () => {
    expectOp(engine(), { inputs: [random([3], 1)], op: (x) => t.cast(x, "float32"), reference: (x) => x });
  });

  it("drops out by the key alone, scales the rest, and gives the gradient the same mask", () => {
    const p = 0.3;
    const size = 30_001;
    t.scope(engine(), () => {
      const x = t.parameter(t.ones(engine(), [size]));
      const y = t.dropout(x, p, t.key(5));
      const values = t.read(y);
      const kept = values.filter((value) => value !== 0);
      expect(kept.length / size).toBeCloseTo(1 - p, 1);
      expect(kept.every((value) => Math.abs(value - 1 / (1 - p)) < 1e-6)).toBe(true);
      const [dx] = t.grad(t.sum(y), [x]);
      expect(t.read(dx as t.Tensor)).toEqual(values);
      expect(t.read(t.dropout(x, p, t.key(5)))).toEqual(values);
      expect(t.read(t.dropout(x, p, t.key(6)))).not.toEqual(values);
      // The mask is the words of the key, the same on every engine of the CPU; a GPU draws its own from it.
      if (device === "cuda") return;
      expect([...values.slice(0, 64)].map((value) => (value === 0 ? 0 : 1)).join("")).toBe(
        "1111001111011101111011111001111111110011001111111011101111111101",
      );
    });
  });

  it("dropout with p = 0 is the tensor itself", () => {
    t.scope(engine(), () => {
      const x = t.ones(engine(), [3]);
      expect(t.dropout(x, 0, t.key(1))).toBe(x);
    });
  });
});
