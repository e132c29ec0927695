// `npm run soak -- [engine] [steps] [--device cuda]`: trains thousands of steps and requires that nothing grows.
// Engines by the names that recipes give them (torch, tfjs_node, wasm); torch and 2000 steps unless given.
import { parseArgs } from "node:util";
import type { Device } from "../../runtime/tensor/index.ts";
import { type Sample, type SoakOptions, trainSteps } from "./train-steps.ts";

/** Until then caches fill and functions are compiled; what comes after must not grow. */
const settled = 500;
/**
 * What resident memory may grow by in the rest of the run, by a straight line through all samples. The smallest
 * thing that a step handles outside V8's heap, which is collected before each sample, is a batch's pixels, 24 kB:
 * lost in each of 1,500 steps they would be 37 MB. Pages that allocators keep for later come and go within a few MB.
 */
const bound = 16e6;
const checkpointEvery = 200;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { device: { type: "string", default: "cpu" } },
});
const [engine = "torch", steps = "2000"] = positionals;
if (Number(steps) < 2 * settled) throw new Error(`${steps} steps are too few: take at least ${2 * settled}`);
const started = performance.now();
const samples = await trainSteps({
  engine: engine as SoakOptions["engine"],
  device: values.device as Device,
  steps: Number(steps),
  checkpointEvery,
  onSample: (sample) => {
    if (sample.step % 100 === 0) console.log(describe(sample));
  },
});
const late = samples.filter(({ step }) => step >= settled);
const problems = [...new Set(late.map(({ tensors, bytes }) => `${tensors} arrays of ${bytes} bytes`))];
const growth = slope(late) * (Number(steps) - settled);
const [first, last] = [late[0], late.at(-1)];
console.log(`
${engine} on ${values.device}: ${steps} steps in ${((performance.now() - started) / 1000).toFixed(0)} s
engine between steps, from step ${settled}: ${problems.join("; ")}
largest use within a step: ${megabytes(first?.peakBytes)} by step ${settled}, ${megabytes(last?.peakBytes)} in the end
resident memory: ${megabytes(first?.rss)} at step ${settled}, ${megabytes(last?.rss)} in the end; fitted growth ${megabytes(growth)} (at most ${megabytes(bound)})`);
const failures = [
  ...(problems.length > 1 ? ["the engine does not hold the same between steps"] : []),
  ...(first?.peakBytes !== last?.peakBytes ? ["the largest use within a step grew"] : []),
  ...(growth > bound ? ["resident memory grows"] : []),
];
for (const failure of failures) console.error(`failed: ${failure}`);
if (failures.length === 0) console.log("nothing grows");
process.exitCode = failures.length === 0 ? 0 : 1;

function megabytes(bytes = Number.NaN): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function describe({ step, tensors, bytes, rss }: Sample): string {
  return `step ${step}: ${tensors} arrays of ${megabytes(bytes)}, resident ${megabytes(rss)}`;
}

/** Bytes of resident memory per step, by least squares. */
function slope(points: readonly Sample[]): number {
  const mean = (value: (one: Sample) => number): number =>
    points.reduce((sum, one) => sum + value(one), 0) / points.length;
  const [middleStep, middleRss] = [mean(({ step }) => step), mean(({ rss }) => rss)];
  const covariance = mean(({ step, rss }) => (step - middleStep) * (rss - middleRss));
  return covariance / mean(({ step }) => (step - middleStep) ** 2);
}
