// One contender of the overhead benchmark: for each line on stdin, microseconds of small ops on an engine of ours.
//     tsx engine-overhead.ts torch '{"calls": 1000, "chain": 2000}'
import { createInterface } from "node:readline";
import { type EngineName, openEngine } from "../../runtime/engine/open.ts";
import * as t from "../../runtime/tensor/index.ts";
import type { Overhead, OverheadConfig } from "./op-overhead.ts";

const [name = "wasm", text = "{}"] = process.argv.slice(2);
const { calls, chain } = JSON.parse(text) as OverheadConfig;
const { engine } = await openEngine(name as EngineName, { device: "cpu", threads: 1 });

const [a, b, weight, bias] = [
  t.ones(engine, [4, 4]),
  t.ones(engine, [4, 4]),
  t.ones(engine, [4]),
  t.zeros(engine, [4]),
];
const learned = t.parameter(t.ones(engine, [4, 4]));

/** Microseconds of one call, the freeing of its result included. */
function each(op: () => t.Tensor): number {
  const start = performance.now();
  t.scope(engine, () => {
    for (let i = 0; i < calls; i++) op();
  });
  return (1000 * (performance.now() - start)) / calls;
}

/** Microseconds of an op of a long chain of additions, forward and backward. */
function inChain(): { readonly forward: number; readonly backward: number } {
  return t.scope(engine, () => {
    const start = performance.now();
    let x = learned;
    for (let i = 0; i < chain; i++) x = t.add(x, b);
    const middle = performance.now();
    t.grad(t.sum(x), [learned]);
    const end = performance.now();
    return { forward: (1000 * (middle - start)) / chain, backward: (1000 * (end - middle)) / chain };
  });
}

console.log(JSON.stringify({ version: `${engine.name} on ${engine.device}` }));
for await (const _ of createInterface({ input: process.stdin })) {
  const { forward, backward } = inChain();
  const overhead: Overhead = {
    add: each(() => t.add(a, b)),
    multiply: each(() => t.mul(a, 2.5)),
    matmul: each(() => t.matmul(a, b)),
    reshape: each(() => t.reshape(a, [16])),
    layerNorm: each(() => t.layerNorm(a, weight, bias, 1e-6)),
    addWithGradient: each(() => t.add(learned, b)),
    chainForward: forward,
    chainBackward: backward,
  };
  console.log(JSON.stringify(overhead));
}
engine.dispose();
