// `npm run bench:step`: time and memory of a training step of BLIP's captioner on each engine and in PyTorch.
//     npm run bench:step -- [rounds] [sizes…] [--no-amp] [--only torch,pytorch-lavis] [--markdown] …
// Nothing else should run on the machine. docs/performance.md says how it measures.
import { writeFileSync } from "node:fs";
import { cpus, freemem, totalmem } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Device } from "../../runtime/tensor/index.ts";
import { count, oneOf, readOrExit, readStepArguments, stepFlags, stepFlagsUsage } from "./arguments.ts";
import {
  benchFile,
  type Contender,
  EndedEarly,
  type Measured,
  median,
  pythonWithTorch,
  runFile,
  start,
} from "./contender.ts";
import type { StepConfig } from "./engine-step.ts";
import {
  differentModels,
  goals,
  lavisStyle,
  type Precision,
  type Result,
  report,
  tunedStyle,
} from "./results.ts";
import { estimateMemory, type Size, sizeNames } from "./sizes.ts";

/** Who can take part on a device. */
const contenders = (device: Device): readonly string[] =>
  device === "cuda"
    ? ["torch", lavisStyle, tunedStyle]
    : ["torch", "tfjs-node", "wasm", lavisStyle, tunedStyle];

const usage = `npm run bench:step -- [rounds] [sizes…] [flags]
  rounds             how often each contender has its turn (5)
  sizes              ${sizeNames.join(" ")} (small base)
  --no-amp           float32 only
  --amp-dtype NAME   bfloat16 (the default) or float16; may be given twice
  --only NAMES       contenders, with commas between: ${contenders("cpu").join(" ")};
                     ends with exit code 1 where one of them has no result
  --steps N          steps in a turn where the contenders do not fit into memory together (3)
  --json FILE        write everything that was measured${stepFlagsUsage}`;

const options = readOrExit(usage, () => {
  const parsed = parseArgs({
    allowPositionals: true,
    allowNegative: true,
    options: {
      ...stepFlags,
      amp: { type: "boolean", default: true },
      "amp-dtype": { type: "string", multiple: true, default: ["bfloat16"] },
      steps: { type: "string", default: "3" },
      json: { type: "string" },
    },
  });
  const { values } = parsed;
  const mixed = values["amp-dtype"].map(
    (name): Precision => oneOf("--amp-dtype", name, ["bfloat16", "float16"]),
  );
  const precisions = new Set<Precision>(["float32", ...(values.amp ? mixed : [])]);
  return {
    ...readStepArguments(parsed, { rounds: 5, sizes: ["small", "base"] }, contenders),
    precisions: [...precisions],
    steps: count("--steps", values.steps),
    json: values.json,
  };
});
const { device, threads, rounds, steps, only } = options;
const python = pythonWithTorch();
/** The first steps of a process compile, allocate and fill caches. */
const warmUps = 2;

/** A contender that may be started, again and again. */
interface Entry {
  readonly name: string;
  readonly precision: Precision;
  start(): Promise<Contender | undefined>;
}

/** Who takes part: mixed precision is there on the torch engine and in PyTorch. */
function entriesOf(size: Size): Entry[] {
  const all = options.precisions.flatMap((precision): Entry[] => {
    const title = (name: string) => `${name} in ${precision}`;
    const config = { ...size, threads, device, precision };
    const engine = (name: string): Entry => ({
      name,
      precision,
      start: () => {
        const own = { ...config, num_recomputed: 0 } satisfies StepConfig;
        return start(title(name), ...runFile("engine-step.ts", name, JSON.stringify(own)));
      },
    });
    const pytorch = (name: string, style: string): Entry[] =>
      python === undefined
        ? []
        : [
            {
              name,
              precision,
              start: () => {
                const text = JSON.stringify({ ...config, style });
                return start(title(name), python, [benchFile("pytorch_step.py"), text]);
              },
            },
          ];
    const onlyFloat = precision === "float32" && device === "cpu" ? ["tfjs-node", "wasm"] : [];
    return [
      engine("torch"),
      ...onlyFloat.map(engine),
      ...pytorch(lavisStyle, "lavis"),
      ...pytorch(tunedStyle, "tuned"),
    ];
  });
  return all.filter(({ name }) => only?.includes(name) ?? true);
}

/** Lets each entry have its turn in each round; those that cannot go on are left out, with a line that says why. */
async function measure(entries: readonly Entry[], keepAll: boolean): Promise<Result[]> {
  const running = new Map<Entry, Contender>();
  const taken = new Map<Entry, { readonly contender: Contender; readonly turns: Measured[][] }>();
  const models = new Map<Entry, Pick<Result, "name" | "parameters">>();
  const turn = async (entry: Entry): Promise<boolean> => {
    let contender = running.get(entry);
    try {
      if (contender === undefined) {
        contender = await entry.start();
        if (contender === undefined) {
          taken.delete(entry);
          return false;
        }
        running.set(entry, contender);
        models.set(entry, { name: entry.name, parameters: contender.ready.parameters });
        const difference = differentModels([...models.values()]);
        if (difference !== undefined) {
          console.error(difference);
          process.exit(1);
        }
        for (let i = 0; i < warmUps; i++) await contender.step();
      }
      // The threads of the one before spin for a while after their step, and would take part in this one.
      await sleep(500);
      const measured: Measured[] = [];
      for (let i = 0; i < (keepAll ? 1 : steps); i++) measured.push(await contender.step());
      const { turns } = taken.get(entry) ?? { turns: [] };
      taken.set(entry, { contender, turns: [...turns, measured] });
      if (!keepAll) await release(entry);
      return true;
    } catch (error) {
      if (!(error instanceof EndedEarly)) throw error;
      console.log(`${entry.name} in ${entry.precision}: cannot run this size: ${error.message}`);
      running.delete(entry);
      taken.delete(entry);
      return false;
    }
  };
  const release = async (entry: Entry): Promise<void> => {
    await running.get(entry)?.close();
    running.delete(entry);
  };
  let active = [...entries];
  for (let round = 0; round < rounds; round++) {
    const first = round % Math.max(1, active.length);
    for (const entry of [...active.slice(first), ...active.slice(0, first)]) {
      if (!(await turn(entry))) active = active.filter((one) => one !== entry);
    }
  }
  for (const entry of running.keys()) await release(entry);
  return entries.flatMap((entry) => {
    const found = taken.get(entry);
    if (found === undefined) return [];
    const { contender, turns } = found;
    return {
      name: entry.name,
      precision: entry.precision,
      ...contender.ready,
      seconds: turns.map((turn) => median(turn.map(({ seconds }) => seconds))),
      peak: Math.max(...turns.flat().map(({ peak }) => peak)),
    };
  });
}

const machine = {
  processor: cpus()[0]?.model.trim() ?? "unknown",
  threads,
  memory: totalmem(),
  node: process.versions.node,
  device,
};
const plural = (number: number, what: string): string => `${number} ${what}${number === 1 ? "" : "s"}`;
const measured: object[] = [];
for (const [name, size] of options.chosen) {
  const entries = entriesOf(size);
  const keepAll = device === "cpu" && entries.length * estimateMemory(size) < 0.7 * freemem();
  const results = await measure(entries, keepAll);
  const missing = only?.filter((wanted) => !results.some((result) => result.name === wanted)) ?? [];
  if (missing.length > 0) {
    console.error(`${name}: no result of ${missing.join(", ")}`);
    process.exitCode = 1;
  }
  const [any] = results;
  if (any === undefined) {
    console.error(`${name}: none of the contenders could run it`);
    process.exitCode = 1;
    continue;
  }
  const where = [...new Set(results.map(({ version }) => version))].join("; ");
  const how = keepAll
    ? `${plural(rounds, "round")} of one step`
    : `${plural(rounds, "round")} of ${plural(steps, "step")}, each in a new process`;
  const about = `BLIP captioner, ${size.image_size} px, batch ${size.batch}, ${(any.parameters / 1e6).toFixed(1)} M parameters; ${machine.processor}, ${threads} threads; ${where}; median of ${how}, in turns`;
  const [before, after, format] = options.markdown
    ? (["### ", ".\n\n", "markdown"] as const)
    : (["", "\n", "text"] as const);
  const title = options.markdown ? `${name}\n\n${about}` : `${name}: ${about}`;
  console.log(`\n${before}${title}${after}${report(results, format)}`);
  measured.push({ name, size, keepAll, rounds, results, goals: goals(results) });
}
if (options.json !== undefined) {
  writeFileSync(
    options.json,
    `${JSON.stringify({ machine, date: new Date().toISOString(), measured }, null, 2)}\n`,
  );
}
