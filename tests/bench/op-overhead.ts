// `npm run bench:overhead`: microseconds that each engine and eager PyTorch take for ops on 4×4 arrays, in turns.
//     npm run bench:overhead -- [rounds] [--markdown]
// What a call costs, whatever it computes; tests/bench/ops.ts times ops of real sizes. Nothing else should run.
import { parseArgs } from "node:util";
import { benchFile, type Contender, median, pythonWithTorch, runFile, start } from "./contender.ts";
import { formatTable } from "./table.ts";

export interface OverheadConfig {
  /** Calls of each op that are timed together. */
  readonly calls: number;
  /** Ops of the chain that gradients go back through. */
  readonly chain: number;
}

/** Microseconds of a call, by op. */
export interface Overhead {
  readonly add: number;
  readonly multiply: number;
  readonly matmul: number;
  readonly reshape: number;
  readonly layerNorm: number;
  readonly addWithGradient: number;
  readonly chainForward: number;
  readonly chainBackward: number;
}

const titles: Readonly<Record<keyof Overhead, string>> = {
  add: "add",
  multiply: "multiply by a number",
  matmul: "matrix product",
  reshape: "reshape",
  layerNorm: "layer norm",
  addWithGradient: "add, recorded for gradients",
  chainForward: "op of a chain of 2,000, forward",
  chainBackward: "op of a chain of 2,000, backward",
};
const config: OverheadConfig = { calls: 1000, chain: 2000 };
/** The first rounds are compiled while they run. */
const warmUps = 5;
/** What an add on the torch engine may take, microseconds. */
const bound = 1;

type Runner = Contender<{ readonly version: string }, Overhead>;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { markdown: { type: "boolean", default: false } },
});
const rounds = Number(positionals[0] ?? 15);
if (!Number.isInteger(rounds) || rounds < 1)
  throw new Error(`rounds is ${positionals[0]}, expected a number`);

const text = JSON.stringify(config);
const python = pythonWithTorch();
const launch = (name: string, [command, args]: [string, readonly string[]]) =>
  start<Runner["ready"], Overhead>(name, command, args, { OMP_NUM_THREADS: "1" });
const started = ["torch", "tfjs-node", "wasm"].map((name) =>
  launch(name, runFile("engine-overhead.ts", name, text)),
);
if (python !== undefined) started.push(launch("PyTorch", [python, [benchFile("pytorch_overhead.py"), text]]));
const runners = (await Promise.all(started)).filter((runner) => runner !== undefined);
const found = new Map<Runner, Overhead[]>(runners.map((runner) => [runner, []]));
for (let round = -warmUps; round < rounds; round++) {
  for (const [runner, measured] of found) {
    const overhead = await runner.step();
    if (round >= 0) measured.push(overhead);
  }
}
for (const runner of runners) await runner.close();

const middle = (runner: Runner, op: keyof Overhead): number =>
  median((found.get(runner) ?? []).map((overhead) => overhead[op]));
const lines = [
  ["µs", ...runners.map(({ name }) => name)],
  ...(Object.keys(titles) as (keyof Overhead)[]).map((op) => [
    titles[op],
    ...runners.map((runner) => middle(runner, op).toFixed(2)),
  ]),
];
const versions = runners.map(({ ready }) => ready.version).join("; ");
console.log(
  `\nMicroseconds of an op on float32 [4, 4], one thread, median of ${rounds} alternating rounds; ${versions}\n`,
);
console.log(formatTable(lines, 1, values.markdown ? "markdown" : "text"));
const torch = runners.find(({ name }) => name === "torch");
if (torch === undefined) console.log(`\nan add on torch within ${bound} µs: not measured`);
else {
  const add = middle(torch, "add");
  const verdict = add <= bound ? "met" : `not met, ${(100 * (add / bound - 1)).toFixed(0)} % over`;
  console.log(`\nan add on torch within ${bound} µs: ${add.toFixed(2)} µs, ${verdict}`);
}
