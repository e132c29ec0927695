import { expect, it } from "vitest";
import * as t from "../../../../runtime/tensor/index.ts";
import { onEveryEngine } from "../harness.ts";

onEveryEngine("values with gradients of our own", (engine) => {
  const values = (x: t.Tensor | null | undefined) => (x ? [...t.read(x)] : x);
  const vector = (...data: number[]) => t.tensor(engine(), data, [data.length]);

  it("have the value that was given and pass what backward computes", () => {
    t.scope(engine(), () => {
      const x = t.parameter(vector(1, 2));
      const y = t.parameter(vector(5));
      const z = t.customGradient([x, y], vector(7, 8, 9), (dy) => [
        t.slice(dy, [1], [2]),
        t.mul(t.slice(dy, [0], [1]), 10),
      ]);
      expect(values(z)).toEqual([7, 8, 9]);
      const [dx, dy] = t.grad(t.sum(t.mul(z, vector(2, 3, 4))), [x, y]);
      expect(values(dx)).toEqual([3, 4]);
      expect(values(dy)).toEqual([20]);
    });
  });

  it("are part of the graph: gradients come through them and go on", () => {
    t.scope(engine(), () => {
      const x = t.parameter(vector(1, 2));
      const y = t.mul(x, 3);
      const doubled = t.customGradient(
        [y],
        t.noGrad(engine(), () => t.mul(y, 2)),
        (dy) => [t.mul(dy, 2)],
      );
      const loss = t.sum(t.square(t.add(doubled, x)));
      expect(values(t.grad(loss, [x])[0])).toEqual([2 * 7 * 7, 2 * 7 * 14]);
    });
  });

  it("pass none to an input for which backward gives null, nor to what the value was computed from", () => {
    t.scope(engine(), () => {
      const [x, y] = [t.parameter(vector(1)), t.parameter(vector(2))];
      const z = t.customGradient([x, y], t.mul(x, 4), (dy) => [null, dy]);
      expect(t.grad(t.sum(z), [x, y]).map(values)).toEqual([null, [1]]);
    });
  });

  it("take a gradient in which backward gives back its own argument, twice", () => {
    t.scope(engine(), () => {
      const [x, y] = [t.parameter(vector(1)), t.parameter(vector(2))];
      const z = t.customGradient([x, y], vector(3), (dy) => [dy, dy]);
      const [dx, dy] = t.grad(t.sum(z), [x, y]) as [t.Tensor, t.Tensor];
      t.scaleInPlace([dx], 5);
      expect([dx, dy].map(values)).toEqual([[5], [1]]);
    });
  });

  it("compute nothing where no gradient is wanted", () => {
    t.scope(engine(), () => {
      const never = () => expect.fail("backward was called");
      const x = t.parameter(vector(1));
      const plain = t.customGradient([vector(1)], vector(2), never);
      const silent = t.noGrad(engine(), () => t.customGradient([x], vector(2), never));
      expect([plain, silent].map((z) => z.requiresGrad)).toEqual([false, false]);
      expect([plain, silent].map(values)).toEqual([[2], [2]]);
    });
  });

  it("work inside a checkpointed body", () => {
    t.scope(engine(), () => {
      const x = t.parameter(vector(1, 2));
      const w = t.parameter(vector(3, 4));
      const y = t.checkpoint(engine(), [x], ([h]) => {
        const product = t.mul(h as t.Tensor, w);
        return t.customGradient([product], t.detach(t.mul(product, 2)), (dy) => [t.mul(dy, 2)]);
      });
      const [dx, dw] = t.grad(t.sum(y), [x, w]);
      expect(values(dx)).toEqual([6, 8]);
      expect(values(dw)).toEqual([2, 4]);
    });
  });

  it("free what backward computed, and record nothing of it", () => {
    const before = engine().memory();
    t.scope(engine(), () => {
      const x = t.parameter(vector(1));
      const z = t.customGradient([x], vector(3), (dy) => {
        const between = t.mul(t.mul(dy, x), 2);
        expect(between.requiresGrad).toBe(false);
        return [t.add(between, 1)];
      });
      expect(values(t.grad(t.sum(z), [x])[0])).toEqual([3]);
      t.customGradient([x], vector(3), (dy) => [dy]); // a graph that no grad uses
    });
    expect(engine().memory().tensors).toBe(before.tensors);
    expect(engine().memory().bytes).toBe(before.bytes);
  });

  it("refuse gradients that are not their inputs', in words", () => {
    t.scope(engine(), () => {
      const x = t.parameter(vector(1, 2));
      const through = (backward: (dy: t.Tensor) => (t.Tensor | null)[]) => () =>
        t.grad(t.sum(t.customGradient([x], vector(3), backward)), [x]);
      expect(through(() => [])).toThrow("customGradient: backward returned 0 gradients for 1 inputs");
      expect(through((dy) => [dy])).toThrow("customGradient: gradient 0 is [1] but its input [2]");
      expect(through(() => [t.zeros(engine(), [2], "int32")])).toThrow(/customGradient: gradient 0 is int32/);
      const failure = new TypeError("backward broke");
      const failing = through(() => {
        throw failure;
      });
      expect(failing).toThrow(failure);
      expect(() => t.customGradient([t.zeros(engine(), [2], "int32")], vector(1), (dy) => [dy])).toThrow(
        /inputs\[0\] is int32/,
      );
    });
  });
});
