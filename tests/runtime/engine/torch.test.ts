import { Worker } from "node:worker_threads";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openEngine, probeEngines } from "../../../runtime/engine/open.ts";
import { type Binding, loadBinding } from "../../../runtime/engine/torch/binding.ts";
import { installedTorch } from "../../../runtime/engine/torch/installed.ts";
import { UserError } from "../../../runtime/errors.ts";
import * as t from "../../../runtime/tensor/index.ts";
import { numbers } from "./harness.ts";

const torch = (await probeEngines()).find(({ name }) => name === "torch");
if (!torch?.isUsable) console.log(`the torch engine is not tested here: ${torch?.reason}`);

describe.runIf(torch?.isUsable)("the torch engine", () => {
  let engine: t.Engine;
  let binding: Binding;
  beforeAll(async () => {
    ({ engine } = await openEngine("torch", { threads: 2 }));
    binding = loadBinding();
  });
  afterEach(() => {
    expect(engine.memory()).toMatchObject({ bytes: 0, tensors: 0 });
    expect(binding.heldHandles()).toBe(0);
  });
  afterAll(() => engine.dispose());

  const within = <T>(body: () => T): T => t.scope(engine, body);
  const random = (shape: readonly number[], seed: number): t.Tensor =>
    t.tensor(
      engine,
      Float32Array.from(
        numbers(
          shape.reduce((a, b) => a * b, 1),
          seed,
        ),
      ),
      shape,
    );

  describe("addon", () => {
    it("is of the libtorch that it loads", () => {
      expect(binding.runtimeVersion()).toMatch(/^2\.\d+\.\d+/);
      expect(binding.builtFor.split(".").slice(0, 2)).toEqual(
        binding.runtimeVersion().split(".").slice(0, 2),
      );
    });

    it("turns libtorch's errors into JavaScript's and goes on", () => {
      const matmul = binding.op("aten::matmul", "");
      const a = binding.fromArray(new Float32Array(6), [2, 3], "cpu");
      expect(() => binding.call(matmul, a, a)).toThrow(
        /mat1 and mat2 shapes cannot be multiplied \(2x3 and 2x3\)/,
      );
      expect(() => binding.call(matmul, a)).toThrow("aten::matmul: too few arguments are given");
      expect(() => binding.call(matmul, a, 77)).toThrow("handle 77 stands for no tensor");
      expect(() => binding.op("aten::no_such_operator", "")).toThrow(
        "this libtorch has no operator aten::no_such_operator",
      );
      expect(() => binding.fromArray(new Float32Array(1), [1], "gpu")).toThrow(/gpu/);
      binding.free(a);
      expect(() => binding.free(a)).toThrow(/stands for no tensor/);
    });

    it("gives and takes the generator's state", () => {
      const draw = (): number => {
        const bernoulli = binding.op("aten::bernoulli", "p");
        const x = binding.fromArray(new Float32Array(64), [64], "cpu");
        const y = binding.call(bernoulli, x, 0.5);
        const bits = new Float32Array(64);
        binding.readInto(y, bits);
        for (const handle of [x, y]) binding.free(handle);
        return bits.reduce((word, bit) => word * 2 + bit, 0);
      };
      binding.seed("cpu", 7);
      const state = binding.randomState("cpu");
      const drawn = [draw(), draw()];
      expect(drawn[0]).not.toBe(drawn[1]);
      binding.setRandomState("cpu", state);
      expect([draw(), draw()]).toEqual(drawn);
      expect(() => binding.setRandomState("cpu", new Uint8Array(3))).toThrow(/RNG state/i);
    });

    it("shares memory with arrays both ways, and takes it back", () => {
      const data = Float32Array.of(1, 2, 3);
      const x = binding.shareArray(data, [3]);
      data[1] = 20;
      let kept: ArrayBuffer | undefined;
      binding.lend(x, (elements) => {
        kept = elements;
        expect([...new Float32Array(elements)]).toEqual([1, 20, 3]);
        binding.run(binding.op("aten::mul_", "Scalar"), x, 2);
        expect([...new Float32Array(elements)]).toEqual([2, 40, 6]);
      });
      expect([...data]).toEqual([2, 40, 6]);
      expect(kept?.byteLength).toBe(0);
      const failing = (): never => {
        throw new Error("not today");
      };
      expect(() => binding.lend(x, failing)).toThrow("not today");
      binding.free(x);
    });

    it("computes in two threads of one process at once", async () => {
      const script = `
        const { parentPort, workerData } = require("node:worker_threads");
        const b = require(workerData);
        const [square, sum] = [b.op("aten::square", ""), b.op("aten::sum", "")];
        let total = 0;
        for (let i = 0; i < 200; i++) {
          const x = b.fromArray(Float32Array.of(1, 2, 3), [3], "cpu");
          b.parameter(x);
          const y = b.call(square, x), z = b.call(sum, y);
          const [dx] = b.grad([z], [x], []);
          total += b.item(z);
          for (const handle of [x, y, z, dx]) b.free(handle);
        }
        parentPort.postMessage({ total, held: b.heldHandles() });`;
      const workers = [1, 2].map(
        () => new Worker(script, { eval: true, workerData: installedTorch()?.addon }),
      );
      const results = await Promise.all(
        workers.map(
          (worker) => new Promise((resolve, reject) => worker.on("message", resolve).on("error", reject)),
        ),
      );
      expect(results).toEqual([
        { total: 2800, held: 0 },
        { total: 2800, held: 0 },
      ]);
      await Promise.all(workers.map((worker) => worker.terminate()));
      expect(within(() => t.item(t.sum(t.ones(engine, [3]))))).toBe(3);
    });
  });

  describe("memory", () => {
    it("says what to do when there is not enough", () => {
      let problem: unknown;
      try {
        t.zeros(engine, [1e5, 1e5, 1e5]);
      } catch (error) {
        problem = error;
      }
      expect(problem).toBeInstanceOf(UserError);
      expect(problem).toMatchObject({
        message: expect.stringMatching(/^out of memory on cpu: .*4000000000000000 bytes/),
        hint: expect.stringContaining("lower run.batch_size_train"),
      });
    });

    it("counts what lives and its peak", async () => {
      const { engine: fresh } = await openEngine("torch", { threads: 2 });
      const x = t.zeros(fresh, [256, 1024]);
      t.scope(fresh, () => void t.exp(x));
      expect(fresh.memory()).toEqual({ bytes: 2 ** 20, tensors: 1, peakBytes: 2 ** 21 });
      fresh.dispose();
      expect(x.isDisposed).toBe(true);
    });

    it("lends an empty tensor", () => {
      within(() => expect(t.lend(t.zeros(engine, [0, 3]), (data) => data.length)).toBe(0));
    });

    it("frees the graph of a loss that nobody differentiates", () => {
      within(() => {
        const w = t.parameter(random([64, 64], 1));
        for (let i = 0; i < 20; i++) t.scope(engine, () => void t.sum(t.gelu(t.matmul(w, w))));
        expect(engine.memory().tensors).toBe(1);
      });
    });
  });

  describe("mixed precision", () => {
    const run = (x: t.Tensor, w: t.Tensor): t.Tensor =>
      t.linear(t.layerNorm(x, t.ones(engine, [64]), t.zeros(engine, [64]), 1e-5), w);

    it("computes products in bfloat16, reads float32, and leaves what is outside alone", () => {
      within(() => {
        const [x, w] = [random([8, 64], 1), random([64, 64], 2)];
        const exact = t.read(run(x, w));
        const reduced = t.autocast(engine, "bfloat16", () => run(x, w));
        const values = t.read(reduced);
        expect(reduced.dtype).toBe("float32");
        expect(values).toBeInstanceOf(Float32Array);
        const largest = Math.max(...exact.map(Math.abs));
        const misses = values.map((value, i) => Math.abs(value - (exact[i] as number)) / largest);
        expect(Math.max(...misses)).toBeLessThan(0.02);
        expect(Math.max(...misses)).toBeGreaterThan(1e-5);
        t.lend(reduced, (lent) => expect([...lent]).toEqual([...values]));
        expect(t.read(run(x, w))).toEqual(exact);
      });
    });

    it("gives float32 gradients of float32 parameters", () => {
      within(() => {
        const [x, w] = [random([8, 64], 1), t.parameter(random([64, 64], 2))];
        const targets = t.tensor(engine, Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7), [8]);
        const [exact] = t.grad(t.crossEntropy(run(x, w), targets), [w]) as [t.Tensor];
        const loss = t.autocast(engine, "bfloat16", () => t.crossEntropy(run(x, w), targets));
        const [reduced] = t.grad(loss, [w]) as [t.Tensor];
        const miss = t.item(t.globalNorm([t.sub(reduced, exact)])) / t.item(t.globalNorm([exact]));
        expect(miss).toBeLessThan(0.02);
        expect(miss).toBeGreaterThan(1e-5);
      });
    });

    it("attends in bfloat16, with masks, and gives gradients", () => {
      within(() => {
        const [q, k, v] = [1, 2, 3].map((seed) => t.parameter(random([2, 3, 9, 16], seed))) as t.Tensor[];
        const [weights, hidden] = [
          random([2, 3, 9, 16], 4),
          t.tensor(engine, [0, 0, 0, 0, 0, 0, 0, -1e4, -1e4], [9]),
        ];
        const run = (options: Parameters<typeof t.attention>[3]): Float32Array[] => {
          const y = t.attention(q as t.Tensor, k as t.Tensor, v as t.Tensor, options);
          const loss = t.sum(t.mul(y, weights));
          return [y, ...(t.grad(loss, [q, k, v] as t.Tensor[]) as t.Tensor[])].map(
            (x) => t.read(x) as Float32Array,
          );
        };
        for (const options of [{}, { causal: true }, { mask: hidden }, { mask: hidden, causal: true }]) {
          const exact = run(options);
          const reduced = t.autocast(engine, "bfloat16", () => run(options));
          for (const [i, values] of exact.entries()) {
            const largest = Math.max(...values.map(Math.abs));
            const misses = values.map(
              (value, j) => Math.abs(value - (reduced[i]?.[j] ?? Number.NaN)) / largest,
            );
            expect(Math.max(...misses)).toBeLessThan(0.03);
            expect(Math.max(...misses)).toBeGreaterThan(1e-5);
          }
        }
        const nothing = t.full(engine, [9], Number.NEGATIVE_INFINITY);
        const [y] = t.autocast(engine, "bfloat16", () => run({ mask: nothing }));
        expect(y?.every((value) => value === 0)).toBe(true);
      });
    });

    it("keeps the gradient of a parameter that noGrad read before in the same region", () => {
      within(() => {
        const [x, w] = [random([8, 64], 1), t.parameter(random([64, 64], 2))];
        const loss = t.autocast(engine, "bfloat16", () => {
          t.noGrad(engine, () => t.linear(x, w));
          return t.sum(t.linear(x, w));
        });
        expect(t.grad(loss, [w])[0]).not.toBeNull();
      });
    });

    it("runs a checkpointed body again in the precision that it ran in", () => {
      within(() => {
        const x = random([8, 64], 1);
        const weights = [random([64, 64], 2), random([64, 64], 3)].map(t.parameter);
        const bodies = weights.map(
          (w) =>
            ([input]: readonly t.Tensor[]) =>
              t.gelu(run(input as t.Tensor, w)),
        );
        const gradients = (
          call: (input: t.Tensor, body: (xs: readonly t.Tensor[]) => t.Tensor) => t.Tensor,
        ) => {
          const loss = t.autocast(engine, "bfloat16", () => t.sum(bodies.reduce(call, x)));
          return t.grad(loss, weights).map((gradient) => t.read(gradient as t.Tensor));
        };
        expect(gradients((input, body) => t.checkpoint(engine, [input], body))).toEqual(
          gradients((input, body) => body([input])),
        );
      });
    });

    it("makes tensors that work outside, where they are float32 as they say", () => {
      within(() => {
        const [x, w] = [random([8, 64], 1), t.parameter(random([64, 64], 2))];
        const y = t.autocast(engine, "bfloat16", () => t.linear(x, w));
        const image = t.reshape(y, [1, 2, 16, 16]);
        for (const z of [
          t.linear(y, w),
          t.matmul(y, w),
          t.layerNorm(y, t.ones(engine, [64]), t.zeros(engine, [64]), 1e-5),
          t.conv2d(image, t.ones(engine, [3, 2, 4, 4])),
          t.attention(image, random([1, 2, 16, 16], 4), random([1, 2, 16, 16], 5)),
          t.concat([y, x], 0),
        ]) {
          expect(t.read(z).every(Number.isFinite)).toBe(true);
        }
        t.assign(x, y);
        expect(t.read(x)).toEqual(t.read(y));
        expect(t.grad(t.sum(t.noGrad(engine, () => y)), [w])[0]).not.toBeNull();
      });
    });

    it("keeps the digits of squares, exponentials and powers", () => {
      within(() => {
        const [x, w] = [random([8, 64], 1), random([64, 64], 2)];
        t.autocast(engine, "bfloat16", () => {
          const y = t.linear(x, w);
          const values = t.read(y);
          expect(t.read(t.square(y))).toEqual(values.map((value) => Math.fround(value * value)));
          expect(t.read(t.pow(y, 2))).toEqual(values.map((value) => Math.fround(value * value)));
        });
      });
    });

    it("refuses a type that it has not, and none is on after a failure", () => {
      expect(() => t.autocast(engine, "float16", () => 1)).toThrow(
        "autocast: engine torch on cpu has no mixed precision in float16 (only bfloat16)",
      );
      within(() => {
        const [x, w] = [random([8, 64], 1), random([64, 64], 2)];
        const exact = t.read(run(x, w));
        const failing = () => t.autocast(engine, "bfloat16", () => t.matmul(x, x));
        expect(failing).toThrow(t.ShapeError);
        expect(t.read(run(x, w))).toEqual(exact);
      });
    });
  });
});
