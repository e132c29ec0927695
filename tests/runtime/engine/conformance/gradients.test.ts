import { describe, expect, it } from "vitest";
import * as t from "../../../../runtime/tensor/index.ts";
import { expectClose, onEveryEngine, random, toPlain, toTensor } from "../harness.ts";
import { map, plain } from "../reference.ts";

onEveryEngine("gradients, lifetimes, in-place ops", (engine) => {
  const ones = (...shape: number[]) => t.ones(engine(), shape);
  const values = (x: t.Tensor | null | undefined) => (x ? [...t.read(x)] : x);

  describe("grad", () => {
    it("gives null for a parameter that the loss does not depend on", () => {
      t.scope(engine(), () => {
        const [x, y] = [t.parameter(ones(2)), t.parameter(ones(2))];
        const [dx, dy] = t.grad(t.sum(t.square(x)), [x, y]);
        expect(values(dx)).toEqual([2, 2]);
        expect(dy).toBeNull();
      });
    });

    it("adds the gradients of several uses, also through different paths", () => {
      t.scope(engine(), () => {
        const x = t.parameter(t.tensor(engine(), [1, 2], [2]));
        const y = t.mul(x, 3);
        const loss = t.sum(t.add(t.mul(y, x), t.add(y, x)));
        expect(values(t.grad(loss, [x])[0])).toEqual([6 + 4, 12 + 4]);
      });
    });

    it("gives the gradient of an intermediate result, together with that of its parameter", () => {
      t.scope(engine(), () => {
        const x = t.parameter(t.tensor(engine(), [1, 2], [2]));
        const y = t.mul(x, 3);
        const [dx, dy] = t.grad(t.sum(t.square(y)), [x, y]);
        expect(values(dy)).toEqual([6, 12]);
        expect(values(dx)).toEqual([18, 36]);
      });
    });

    it("gives the gradient of a loss with respect to itself", () => {
      t.scope(engine(), () => {
        const x = t.parameter(t.scalar(engine(), 3));
        expect(values(t.grad(x, [x])[0])).toEqual([1]);
      });
    });

    it("gives gradients that can be changed without changing each other", () => {
      t.scope(engine(), () => {
        const [x, y] = [t.parameter(ones(2)), t.parameter(ones(2))];
        const [dx, dy] = t.grad(t.sum(t.add(x, y)), [x, y]) as [t.Tensor, t.Tensor];
        t.scaleInPlace([dx], 5);
        expect(values(dx)).toEqual([5, 5]);
        expect(values(dy)).toEqual([1, 1]);
      });
    });

    it("works after the handles between are gone", () => {
      t.scope(engine(), () => {
        const x = t.parameter(t.tensor(engine(), [1, 2], [2]));
        const loss = t.scope(engine(), () => t.sum(t.exp(t.mul(x, 2))));
        const [dx] = t.grad(loss, [x]);
        expectClose(toPlain(dx as t.Tensor), plain([2], [2 * Math.exp(2), 2 * Math.exp(4)]), 1e-5);
      });
    });

    it("runs through a chain of thousands of ops", () => {
      t.scope(engine(), () => {
        const x = t.parameter(ones(1));
        let y: t.Tensor = x;
        for (let i = 0; i < 5000; i++) y = t.add(y, 0.001);
        expect(values(t.grad(t.sum(y), [x])[0])).toEqual([1]);
      });
    });

    it("refuses a second run through a used graph, a loss without one, and one of many elements", () => {
      t.scope(engine(), () => {
        const x = t.parameter(ones(2));
        const y = t.square(x);
        const [first, second] = [t.sum(y), t.mean(y)];
        t.grad(first, [x]);
        expect(() => t.grad(first, [x])).toThrow(/used up/);
        expect(() => t.grad(second, [x])).toThrow(/used up/);
        expect(() => t.grad(t.sum(ones(2)), [x])).toThrow(/depends on no tensor that requires gradients/);
        expect(() => t.grad(t.square(x), [x])).toThrow(/loss is \[2\], expected one element/);
        expect(() => t.grad(t.sum(t.square(x)), [ones(1)])).toThrow(
          /params\[0\] .* does not require gradients/,
        );
      });
    });

    it("noGrad and detach keep history away", () => {
      t.scope(engine(), () => {
        const x = t.parameter(ones(2));
        const silent = t.noGrad(engine(), () => t.square(x));
        expect(silent.requiresGrad).toBe(false);
        expect(t.detach(t.square(x)).requiresGrad).toBe(false);
        const loss = t.sum(t.mul(x, t.detach(t.mul(x, 4))));
        expect(values(t.grad(loss, [x])[0])).toEqual([4, 4]);
        expect(t.square(x).requiresGrad).toBe(true);
      });
    });

    it("noGrad ends when its body throws", () => {
      t.scope(engine(), () => {
        const x = t.parameter(ones(2));
        expect(() =>
          t.noGrad(engine(), () => {
            throw new Error("inside");
          }),
        ).toThrow("inside");
        expect(t.square(x).requiresGrad).toBe(true);
      });
    });
  });

  describe("memory", () => {
    it("is free again after a scope, after grad, and after an error", () => {
      const before = engine().memory();
      t.scope(engine(), () => {
        const w = t.parameter(ones(8, 8));
        const x = ones(4, 8);
        t.grad(t.sum(t.gelu(t.linear(x, w))), [w]);
        t.sum(t.gelu(t.linear(x, w))); // a graph that no grad uses
      });
      expect(engine().memory().tensors).toBe(before.tensors);
      expect(() =>
        t.scope(engine(), () => {
          const w = t.parameter(ones(8, 8));
          t.linear(ones(4, 8), w);
          t.linear(ones(4, 7), w);
        }),
      ).toThrow(t.ShapeError);
      expect(engine().memory().tensors).toBe(before.tensors);
      expect(engine().memory().bytes).toBe(before.bytes);
    });

    it("counts tensors and bytes, and the largest number of bytes", () => {
      const before = engine().memory();
      const x = t.zeros(engine(), [10, 10]);
      expect(engine().memory().tensors).toBe(before.tensors + 1);
      expect(engine().memory().bytes).toBe(before.bytes + 400);
      const view = t.reshape(x, [100]);
      x.dispose();
      x.dispose();
      expect([...t.read(view)].length).toBe(100);
      view.dispose();
      expect(engine().memory().bytes).toBe(before.bytes);
      expect(engine().memory().peakBytes).toBeGreaterThanOrEqual(before.bytes + 400);
    });

    it("frees what a graph saved as soon as grad is through", () => {
      t.scope(engine(), () => {
        const w = t.parameter(ones(64, 64));
        const loss = t.scope(engine(), () => t.sum(t.square(t.matmul(w, w))));
        const held = engine().memory().tensors;
        t.grad(loss, [w])[0]?.dispose();
        expect(engine().memory().tensors).toBeLessThan(held);
      });
    });

    it("frees a graph when its last handle goes", () => {
      t.scope(engine(), () => {
        const w = t.parameter(ones(4));
        const start = engine().memory().tensors;
        const y = t.scope(engine(), () => t.exp(t.exp(t.exp(w))));
        expect(engine().memory().tensors).toBeGreaterThan(start);
        y.dispose();
        expect(engine().memory().tensors).toBe(start);
      });
    });

    it("keeps what a scope returns, at any depth, until the outer scope ends", () => {
      const before = engine().memory().tensors;
      t.scope(engine(), () => {
        const kept = t.scope(engine(), () => {
          ones(3);
          const shared = ones(1);
          return { a: [shared, shared], b: new Map([["c", new Set([ones(2)])]]), d: null, e: "text" };
        });
        expect(engine().memory().tensors).toBe(before + 2);
        expect(kept.a[0]?.isDisposed).toBe(false);
      });
      expect(engine().memory().tensors).toBe(before);
    });

    it("refuses disposed tensors and asynchronous scopes", () => {
      const x = ones(2);
      const y = t.scope(engine(), () => {
        t.exp(x);
        return undefined;
      });
      expect(y).toBeUndefined();
      x.dispose();
      expect(() => t.exp(x)).toThrow(/exp: an argument \(float32 \[2\]\) was disposed/);
      expect(() => t.scope(engine(), async () => 1)).toThrow(/promise/);
    });
  });

  describe("checkpoint", () => {
    const body =
      (w: t.Tensor) =>
      ([x]: readonly t.Tensor[]) => {
        const hidden = t.dropout(t.gelu(t.linear(x as t.Tensor, w)), 0.5, t.key(7));
        return t.linear(hidden, w);
      };

    it("gives the values and gradients of the body, for inputs and captured parameters", () => {
      t.scope(engine(), () => {
        const [x, w] = [random([3, 4], 1), random([4, 4], 2)].map((p) =>
          t.parameter(toTensor(engine(), p)),
        ) as [t.Tensor, t.Tensor];
        const plainRun = t.sum(t.square(body(w)([x])));
        const rerun = t.sum(t.square(t.checkpoint(engine(), [x], body(w))));
        expect(t.item(rerun)).toBe(t.item(plainRun));
        const expected = t.grad(plainRun, [x, w]) as t.Tensor[];
        const actual = t.grad(rerun, [x, w]) as t.Tensor[];
        for (const i of [0, 1])
          expectClose(toPlain(actual[i] as t.Tensor), toPlain(expected[i] as t.Tensor), 1e-6);
      });
    });

    it("keeps only the inputs meanwhile, and ends at tensors computed outside", () => {
      t.scope(engine(), () => {
        const w = t.parameter(toTensor(engine(), random([4, 4], 2)));
        const outside = t.exp(w);
        const start = engine().memory().tensors;
        const y = t.checkpoint(engine(), [outside], ([x]) => t.exp(t.mul(t.mul(x as t.Tensor, outside), w)));
        expect(engine().memory().tensors).toBe(start + 1);
        const again = t.exp(t.mul(t.mul(outside, outside), w));
        const [dw] = t.grad(t.sum(y), [w]);
        expect(() => t.grad(t.sum(again), [w])).toThrow(/used up/);
        const fresh = t.exp(w);
        const [expected] = t.grad(t.sum(t.exp(t.mul(t.mul(fresh, fresh), w))), [w]);
        expectClose(toPlain(dw as t.Tensor), toPlain(expected as t.Tensor), 1e-5);
      });
    });

    it("leaves nothing behind when the body fails in grad", () => {
      const before = engine().memory();
      t.scope(engine(), () => {
        const w = t.parameter(toTensor(engine(), random([4], 2)));
        let runs = 0;
        const failing = t.checkpoint(engine(), [t.exp(w)], ([x]) => {
          if (++runs === 2) throw new Error("out of memory");
          return t.square(x as t.Tensor);
        });
        // Its gradient is there already when the body runs again.
        const other = t.mul(w, 3);
        expect(() => t.grad(t.sum(t.mul(failing, other)), [w])).toThrow("out of memory");
      });
      expect(engine().memory().tensors).toBe(before.tensors);
      expect(engine().memory().bytes).toBe(before.bytes);
    });

    it("can be nested, and is nothing special without gradients", () => {
      t.scope(engine(), () => {
        const w = t.parameter(toTensor(engine(), random([4], 2)));
        const inner = ([x]: readonly t.Tensor[]) => t.mul(t.exp(x as t.Tensor), w);
        const y = t.checkpoint(engine(), [w], ([x]) =>
          t.square(t.checkpoint(engine(), [x as t.Tensor], inner)),
        );
        const [dw] = t.grad(t.sum(y), [w]);
        const [expected] = t.grad(t.sum(t.square(inner([w]))), [w]);
        expectClose(toPlain(dw as t.Tensor), toPlain(expected as t.Tensor), 1e-5);
        const silent = t.noGrad(engine(), () => t.checkpoint(engine(), [w], inner));
        expect(silent.requiresGrad).toBe(false);
      });
    });
  });

  describe("in place", () => {
    it("assign overwrites, for every handle's owner", () => {
      t.scope(engine(), () => {
        const x = t.parameter(ones(2, 2));
        t.assign(x, t.tensor(engine(), [1, 2, 3, 4], [2, 2]));
        expect(values(x)).toEqual([1, 2, 3, 4]);
        expect(x.requiresGrad).toBe(true);
        expect(() => t.assign(x, ones(4))).toThrow(
          /assign: target is float32 \[2, 2\] but value float32 \[4\]/,
        );
        expect(() => t.assign(x, t.zeros(engine(), [2, 2], "int32"))).toThrow(/must be alike/);
      });
    });

    it("scales and adds", () => {
      t.scope(engine(), () => {
        const [a, b] = [toTensor(engine(), random([2100], 1)), toTensor(engine(), random([3, 1], 2))];
        t.scaleInPlace([a, b], -0.5);
        expectClose(
          toPlain(a),
          map(random([2100], 1), (v) => v * -0.5),
        );
        t.addInPlace([a, b], [ones(2100), ones(3, 1)]);
        expectClose(
          toPlain(b),
          map(random([3, 1], 2), (v) => v * -0.5 + 1),
        );
        expectClose(
          toPlain(a),
          map(random([2100], 1), (v) => v * -0.5 + 1),
        );
        expect(() => t.addInPlace([a], [ones(3)])).toThrow(/targets\[0\] is \[2100\] but values\[0\] \[3\]/);
        expect(() => t.addInPlace([a], [])).toThrow(/targets has 1 tensors but values 0/);
      });
    });

    it("globalNorm is the norm of all elements together", () => {
      t.scope(engine(), () => {
        const [a, b] = [random([300, 301], 1), random([5], 2)];
        const expected = Math.sqrt([...a.data, ...b.data].reduce((sum, value) => sum + value * value, 0));
        expect(t.item(t.globalNorm([toTensor(engine(), a), toTensor(engine(), b)])) / expected).toBeCloseTo(
          1,
          5,
        );
        expect(() => t.globalNorm([])).toThrow(t.ShapeError);
      });
    });

    it("adamwStep follows PyTorch's AdamW over several steps", () => {
      const options = { lr: 0.1, beta1: 0.9, beta2: 0.98, eps: 1e-6, weightDecay: 0.05 };
      const [p, m, v] = [
        [...random([7], 1).data],
        new Array<number>(7).fill(0),
        new Array<number>(7).fill(0),
      ];
      t.scope(engine(), () => {
        const param = t.parameter(toTensor(engine(), random([7], 1)));
        const [expAvg, expAvgSq] = [t.zeros(engine(), [7]), t.zeros(engine(), [7])];
        for (let step = 1; step <= 4; step++) {
          const gradient = random([7], 10 + step);
          t.adamwStep([param], [toTensor(engine(), gradient)], [expAvg], [expAvgSq], { ...options, step });
          for (const [i, g] of gradient.data.entries()) {
            p[i] = (p[i] as number) * (1 - options.lr * options.weightDecay);
            m[i] = options.beta1 * (m[i] as number) + (1 - options.beta1) * g;
            v[i] = options.beta2 * (v[i] as number) + (1 - options.beta2) * g * g;
            const [meanHat, squareHat] = [
              (m[i] as number) / (1 - options.beta1 ** step),
              (v[i] as number) / (1 - options.beta2 ** step),
            ];
            p[i] = (p[i] as number) - (options.lr * meanHat) / (Math.sqrt(squareHat) + options.eps);
          }
        }
        expectClose(toPlain(param), plain([7], p), 1e-5);
        expectClose(toPlain(expAvg), plain([7], m), 1e-5);
        expectClose(toPlain(expAvgSq), plain([7], v), 1e-5);
        expect(() => t.adamwStep([param], [param], [expAvg], [expAvgSq], { ...options, step: 0 })).toThrow(
          /step is 0/,
        );
      });
    });

    it("changes what later ops see, not what was computed before", () => {
      t.scope(engine(), () => {
        const x = t.parameter(ones(2));
        const before = t.mul(x, 2);
        t.addInPlace([x], [ones(2)]);
        expect(values(before)).toEqual([2, 2]);
        expect(values(t.mul(x, 2))).toEqual([4, 4]);
      });
    });
  });

  it("trains: a small network fits a function", () => {
    t.scope(engine(), () => {
      const keys = new t.KeyStream(t.key(0));
      const [w1, w2] = [
        t.randomNormal(engine(), [16, 2], keys.next()),
        t.randomNormal(engine(), [1, 16], keys.next(), { std: 0.2 }),
      ];
      const params = [t.parameter(w1), t.parameter(t.zeros(engine(), [16])), t.parameter(w2)] as const;
      const [expAvg, expAvgSq] = [
        params.map((p) => t.zeros(engine(), p.shape)),
        params.map((p) => t.zeros(engine(), p.shape)),
      ];
      const inputs = toTensor(engine(), random([64, 2], 1));
      const targets = t.tensor(
        engine(),
        Array.from({ length: 64 }, (_, i) => random([64, 2], 1).data[2 * i] as number),
        [64, 1],
      );
      let loss = Number.POSITIVE_INFINITY;
      for (let step = 1; step <= 80; step++) {
        loss = t.scope(engine(), () => {
          const y = t.linear(t.tanh(t.linear(inputs, params[0], params[1])), params[2]);
          const error = t.mean(t.square(t.sub(y, targets)));
          const grads = t.grad(error, params) as t.Tensor[];
          t.adamwStep(params, grads, expAvg, expAvgSq, {
            lr: 0.02,
            beta1: 0.9,
            beta2: 0.999,
            eps: 1e-8,
            weightDecay: 0,
            step,
          });
          return t.item(error);
        });
      }
      expect(loss).toBeLessThan(0.01);
    });
  });
});
