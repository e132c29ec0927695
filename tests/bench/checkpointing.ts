// `npm run bench:checkpointing`: what gradient checkpointing of the vision transformer (vit_grad_ckpt with
// vit_ckpt_layer) saves in memory and costs in time, on each engine.
//     npm run bench:checkpointing -- [rounds] [size] [--device cuda] [--batch N] [--markdown]
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { type Contender, EndedEarly, type Measured, median, runFile, start } from "./contender.ts";
import type { StepConfig } from "./engine-step.ts";
import { sizes } from "./sizes.ts";
import { formatTable } from "./table.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    device: { type: "string", default: "cpu" },
    batch: { type: "string" },
    markdown: { type: "boolean", default: false },
  },
});
const device = values.device === "cuda" ? "cuda" : "cpu";
const [rounds = 3] = positionals.map(Number).filter((number) => number >= 1);
const name = positionals.find((text) => text in sizes) ?? "small";
const own = sizes[name];
if (own === undefined) throw new Error(`there is no size ${name}`);
const size = { ...own, ...(values.batch !== undefined && { batch: Number(values.batch) }) };
const threads = availableParallelism();
const depth = size.vit_depth;
const variants = [0, Math.ceil(depth / 2), depth];

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
const lines = [
  ["engine", "recomputed blocks", "peak of tensors, MB", "of none", "peak of process, MB", "ms", "of none"],
];
for (const engine of device === "cuda" ? ["torch"] : ["torch", "tfjs-node", "wasm"]) {
  const found: { readonly blocks: number; readonly steps: readonly Measured[] }[] = [];
  for (const blocks of variants) {
    const steps = await measure(engine, blocks);
    // An engine that is not there is so in each variant: one line says it.
    if (steps === undefined) break;
    found.push({ blocks, steps });
  }
  const tensors = (steps: readonly Measured[]) =>
    Math.max(...steps.map(({ tensorPeak = Number.NaN }) => tensorPeak));
  const time = (steps: readonly Measured[]) => median(steps.map(({ seconds }) => seconds));
  const [none] = found;
  for (const { blocks, steps } of found) {
    lines.push([
      engine,
      blocks === 0 ? "none" : `${blocks} of ${depth}`,
      megabytes(tensors(steps)),
      `${(tensors(steps) / tensors(none?.steps ?? steps)).toFixed(2)}×`,
      megabytes(Math.max(...steps.map(({ peak }) => peak))),
      (1000 * time(steps)).toFixed(0),
      `${(time(steps) / time(none?.steps ?? steps)).toFixed(2)}×`,
    ]);
  }
}
console.log(
  `\nGradient checkpointing, ${name}: ${size.image_size} px, batch ${size.batch}, float32, ${device}, ${threads} threads; median of ${rounds} steps\n`,
);
console.log(formatTable(lines, 2, values.markdown ? "markdown" : "text"));

/** Steps in a process of their own, as peaks never fall; undefined when they cannot be taken. */
async function measure(engine: string, num_recomputed: number): Promise<Measured[] | undefined> {
  const config: StepConfig = { ...size, threads, device, precision: "float32", num_recomputed };
  const title = `${engine}, ${num_recomputed} blocks recomputed`;
  const contender: Contender | undefined = await start(
    title,
    ...runFile("engine-step.ts", engine, JSON.stringify(config)),
  );
  if (contender === undefined) return undefined;
  try {
    const steps: Measured[] = [];
    for (let step = -1; step < rounds; step++) {
      const measured = await contender.step();
      if (step >= 0) steps.push(measured);
    }
    await contender.close();
    return steps;
  } catch (error) {
    if (!(error instanceof EndedEarly)) throw error;
    console.log(`${title}: ${error.message}`);
    return undefined;
  }
}
