// `npm run bench:checkpointing`: what gradient checkpointing of the vision transformer (vit_grad_ckpt with
// vit_ckpt_layer) saves in memory and costs in time, on each engine.
//     npm run bench:checkpointing -- [rounds] [sizes…] [--only torch,wasm] [--device cuda] [--markdown] …
import { parseArgs } from "node:util";
import type { Device } from "../../runtime/tensor/index.ts";
import { readOrExit, readStepArguments, stepFlags, stepFlagsUsage } from "./arguments.ts";
import { type Contender, EndedEarly, type Measured, median, runFile, start } from "./contender.ts";
import type { StepConfig } from "./engine-step.ts";
import { type Size, sizeNames } from "./sizes.ts";
import { formatTable } from "./table.ts";

const engines = (device: Device): readonly string[] =>
  device === "cuda" ? ["torch"] : ["torch", "tfjs-node", "wasm"];

const usage = `npm run bench:checkpointing -- [rounds] [sizes…] [flags]
  rounds             steps that are measured of each engine and number of blocks (3)
  sizes              ${sizeNames.join(" ")} (small)
  --only NAMES       engines, with commas between: ${engines("cpu").join(" ")};
                     ends with exit code 1 where one of them has no result${stepFlagsUsage}`;

const { rounds, chosen, only, device, threads, markdown } = readOrExit(usage, () =>
  readStepArguments(
    parseArgs({ allowPositionals: true, options: stepFlags }),
    { rounds: 3, sizes: ["small"] },
    engines,
  ),
);

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
const tensors = (steps: readonly Measured[]): number =>
  Math.max(...steps.map(({ tensorPeak = Number.NaN }) => tensorPeak));
const time = (steps: readonly Measured[]): number => median(steps.map(({ seconds }) => seconds));

for (const [name, size] of chosen) {
  const depth = size.vit_depth;
  const lines = [
    ["engine", "recomputed blocks", "peak of tensors, MB", "of none", "peak of process, MB", "ms", "of none"],
  ];
  for (const engine of only ?? engines(device)) {
    const found: { readonly blocks: number; readonly steps: readonly Measured[] }[] = [];
    for (const blocks of [0, Math.ceil(depth / 2), depth]) {
      const steps = await measure(engine, size, blocks);
      // An engine that is not there is so in each variant: one line says it.
      if (steps === undefined) break;
      found.push({ blocks, steps });
    }
    const [none] = found;
    if (none === undefined && only !== undefined) process.exitCode = 1;
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
  console.log(formatTable(lines, 2, markdown ? "markdown" : "text"));
}

/** Steps in a process of their own, as peaks never fall; undefined when they cannot be taken. */
async function measure(engine: string, size: Size, num_recomputed: number): Promise<Measured[] | undefined> {
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
