import { describe, expect, it } from "vitest";
import * as t from "../../../../runtime/tensor/index.ts";
import { onEveryEngine, random, toTensor } from "../harness.ts";

onEveryEngine("gradients told as soon as they are final", (engine) => {
  const parameter = (shape: readonly number[], seed: number) =>
    t.parameter(toTensor(engine(), random(shape, seed)));

  /** The gradients that `grad` returns, and those that it tells, copied when it does, in that order. */
  function both(build: () => { loss: t.Tensor; params: readonly t.Tensor[] }) {
    return t.scope(engine(), () => {
      const plain = build();
      const returned = t.grad(plain.loss, plain.params).map((dx) => dx && [...t.read(dx)]);
      const told: { index: number; values: number[] }[] = [];
      const again = build();
      const gradients = t.grad(again.loss, again.params, (index, gradient) => {
        told.push({ index, values: [...t.read(gradient)] });
      });
      expect(gradients.map((dx) => dx && [...t.read(dx)])).toEqual(returned);
      return { returned, told };
    });
  }

  /** Requires that each gradient was told once, with the values that `grad` returns. */
  function expectSame({ returned, told }: ReturnType<typeof both>) {
    const expected = returned.flatMap((values, index) => (values ? [{ index, values }] : []));
    expect([...told].sort((a, b) => a.index - b.index)).toEqual(expected);
  }

  /** A stack of layers; `share` uses the first one's weight in the last one too. */
  function layers(depth: number, share = false) {
    const x = toTensor(engine(), random([3, 4], 1));
    const weights = Array.from({ length: depth }, (_, i) => parameter([4, 4], i + 2));
    const biases = Array.from({ length: depth }, (_, i) => parameter([4], i + 20));
    const used = share ? weights.with(-1, weights[0] as t.Tensor) : weights;
    const y = used.reduce((h, weight, i) => t.tanh(t.linear(h, weight, biases[i])), x);
    return {
      loss: t.sum(t.square(y)),
      params: weights.flatMap((weight, i) => [weight, biases[i] as t.Tensor]),
    };
  }

  it("tells those of later layers first, while the earlier ones are still to come", () => {
    const result = both(() => layers(4));
    expectSame(result);
    const layer = result.told.map(({ index }) => Math.floor(index / 2));
    expect(layer).toEqual([3, 3, 2, 2, 1, 1, 0, 0]);
  });

  it("tells one of a parameter that is used in several places when all have added to it", () => {
    const result = both(() => layers(3, true));
    expectSame(result);
    expect(result.returned[4]).toBeNull();
    expect(result.told.slice(-2).some(({ index }) => index === 0)).toBe(true);
  });

  it("tells none of a parameter that the loss does not depend on", () => {
    const result = both(() => ({ ...layers(1), params: [parameter([2], 1)] }));
    expect(result).toEqual({ returned: [null], told: [] });
  });

  it("tells the whole sum through checkpoints that share parameters with each other and with what is around", () => {
    const result = both(() => {
      const [shared, inner, outer] = [2, 3, 4].map((seed) => parameter([4, 4], seed)) as [
        t.Tensor,
        t.Tensor,
        t.Tensor,
      ];
      const block = (h: t.Tensor, weight: t.Tensor) =>
        t.checkpoint(engine(), [h], ([x]) => t.tanh(t.linear(t.linear(x as t.Tensor, shared), weight)));
      const nested = (h: t.Tensor) =>
        t.checkpoint(engine(), [h], ([x]) =>
          t.add(block(x as t.Tensor, inner), t.linear(x as t.Tensor, shared)),
        );
      const h = t.linear(toTensor(engine(), random([3, 4], 1)), shared);
      const y = t.linear(nested(block(nested(h), outer)), shared);
      return { loss: t.sum(t.square(y)), params: [shared, inner, outer] };
    });
    expect(result.returned.every((values) => values !== null)).toBe(true);
    expectSame(result);
    expect(result.told.at(-1)?.index).toBe(0);
  });

  it("tells that of an intermediate result, and of the loss itself", () => {
    expectSame(
      both(() => {
        const x = parameter([2], 1);
        const y = t.mul(x, 3);
        const loss = t.sum(t.square(y));
        return { loss, params: [x, y, loss] };
      }),
    );
    expectSame(
      both(() => {
        const x = parameter([], 1);
        return { loss: x, params: [x] };
      }),
    );
  });

  it("tells one for each place of a parameter in the list, in memory of its own", () => {
    t.scope(engine(), () => {
      const x = t.parameter(t.ones(engine(), [2]));
      const y = t.parameter(t.ones(engine(), [2]));
      const told: number[] = [];
      const gradients = t.grad(t.sum(t.add(x, y)), [x, y, x], (index, gradient) => {
        told.push(index);
        t.scaleInPlace([gradient], index + 2);
      });
      expect(told.sort()).toEqual([0, 1, 2]);
      expect(gradients.map((dx) => [...t.read(dx as t.Tensor)])).toEqual([
        [2, 2],
        [3, 3],
        [4, 4],
      ]);
    });
  });

  it("lets them be changed and freed at once without harm to those that come later", () => {
    const { returned } = both(() => layers(3));
    t.scope(engine(), () => {
      const { loss, params } = layers(3);
      const before = params.map((x) => [...t.read(x)]);
      t.grad(loss, params, (index, gradient) => {
        expect([...t.read(gradient)]).toEqual(returned[index]);
        t.scaleInPlace([gradient], Number.NaN);
        gradient.dispose();
      });
      expect(params.map((x) => [...t.read(x)])).toEqual(before);
    });
  });

  it("records nothing that is computed from them for gradients", () => {
    t.scope(engine(), () => {
      const x = t.parameter(t.ones(engine(), [2]));
      const y = t.parameter(t.ones(engine(), [2]));
      t.grad(t.sum(t.mul(x, y)), [x, y], (_, gradient) => {
        expect(t.mul(gradient, y).requiresGrad).toBe(false);
      });
      expect(t.mul(x, y).requiresGrad).toBe(true);
    });
  });

  describe("when the function throws", () => {
    it("ends grad with that very error, keeps nothing, and is called no more, then or later", () => {
      const before = engine().memory();
      const failure = new Error("the bucket is full");
      let calls = 0;
      t.scope(engine(), () => {
        const { loss, params } = layers(3);
        const tell = () => {
          if (++calls === 2) throw failure;
        };
        let thrown: unknown;
        try {
          t.grad(loss, params, tell);
        } catch (error) {
          thrown = error;
        }
        expect(thrown).toBe(failure);
        expect(calls).toBe(2);
        const sum = params.map((x) => t.sum(x)).reduce((a, b) => t.add(a, b));
        expect(t.grad(sum, params).every((gradient) => gradient !== null)).toBe(true);
        expect(calls).toBe(2);
      });
      expect(engine().memory().tensors).toBe(before.tensors);
      expect(engine().memory().bytes).toBe(before.bytes);
    });
  });

  it("leaves nothing on the parameters, however often", () => {
    t.scope(engine(), () => {
      const x = t.parameter(t.ones(engine(), [1]));
      const before = engine().memory().tensors;
      let calls = 0;
      for (let i = 0; i < 200; i++) {
        t.scope(engine(), () => {
          t.grad(t.sum(t.square(x)), [x], () => calls++);
        });
        expect(engine().memory().tensors).toBe(before);
      }
      expect(calls).toBe(200);
    });
  });
});
