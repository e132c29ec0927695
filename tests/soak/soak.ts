// `npm run soak -- [engine] [steps] [--device cuda]`: trains thousands of steps and requires that nothing grows.
import { parseArgs } from "node:util";
import type { Device } from "../../runtime/tensor/index.ts";
import { stepsPerEpoch } from "../runtime/train/fixture.ts";
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
const fewestSteps = 2 * settled;

const engines: readonly SoakOptions["engine"][] = ["torch", "tfjs_node", "tfjs_node_gpu", "wasm"];
const devices: readonly Device[] = ["cpu", "cuda"];
const usage = `npm run soak -- [engine] [steps] [--device NAME]
  engine          ${engines.join(" ")}, as recipes write it (torch)
  steps           at least ${fewestSteps}; the last epoch, of ${stepsPerEpoch} steps, is finished (2000)
  --device NAME   ${devices.join(" or ")} (cpu)`;

/** Ends with what is wrong and the usage. */
function refuse(what: string): never {
  console.error(`${what}\n${usage}`);
  process.exit(2);
}

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { device: { type: "string", default: "cpu" } },
  });
  const [engineName = "torch", stepsText = "2000", ...more] = positionals;
  if (more.length > 0) refuse(`there is nothing to do with ${more.join(" ")}`);
  const engine = engines.find((one) => one === engineName) ?? refuse(`there is no engine ${engineName}`);
  const device =
    devices.find((one) => one === values.device) ?? refuse(`there is no device ${values.device}`);
  const steps = /^\d+$/.test(stepsText) ? Number(stepsText) : Number.NaN;
  if (!(steps >= fewestSteps)) refuse(`steps is ${stepsText}, expected a number from ${fewestSteps}`);
  return { engine, device, steps };
}

const { engine, device, steps } = readArguments();
const started = performance.now();
const samples = await trainSteps({
  engine,
  device,
  steps,
  checkpointEvery,
  onSample: (sample) => {
    if (sample.step % 100 === 0) console.log(describe(sample));
  },
});
const late = samples.filter(({ step }) => step >= settled);
const problems = [...new Set(late.map(({ tensors, bytes }) => `${tensors} arrays of ${bytes} bytes`))];
const growth = slope(late) * (samples.length - settled);
const [first, last] = [late[0], late.at(-1)];
console.log(`
${engine} on ${device}: ${samples.length} steps in ${((performance.now() - started) / 1000).toFixed(0)} s
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
