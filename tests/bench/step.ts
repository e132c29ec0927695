// `npm run bench:step`: time and memory of a training step of BLIP's captioner on each engine and in PyTorch.
//     npm run bench:step -- [rounds] [sizes…] [--no-amp] [--only torch,pytorch-lavis] [--markdown] …
// Nothing else should run on the machine. docs/performance.md says how it measures.
import { writeFileSync } from "node:fs";
import { availableParallelism, cpus, freemem, totalmem } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Device } from "../../runtime/tensor/index.ts";
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
import { goals, lavisStyle, type Precision, type Result, report, tunedStyle } from "./results.ts";
import { estimateMemory, type Size, sizes } from "./sizes.ts";

const usage = `npm run bench:step -- [rounds] [sizes…] [flags]
  rounds             how often each contender has its turn (5)
  sizes              ${Object.keys(sizes).join(" ")} (quickstart)
  --no-amp           float32 only
  --amp-dtype NAME   bfloat16 (the default) or float16
  --only NAMES       contenders, with commas between: torch tfjs-node wasm ${lavisStyle} ${tunedStyle}
  --device NAME      cpu (the default) or cuda
  --batch N          samples in a step, in place of the size's own
  --image-size N     pixels, in place of the size's own
  --threads N        on the CPU; all cores unless given
  --steps N          steps in a turn where the contenders do not fit into memory together (3)
  --markdown         print tables in Markdown
  --json FILE        write everything that was measured`;

/** Ends with the usage and what is wrong. */
function refuse(what: string): never {
  console.error(`${what}\n${usage}`);
  process.exit(2);
}

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    allowNegative: true,
    options: {
      amp: { type: "boolean", default: true },
      "amp-dtype": { type: "string", default: "bfloat16" },
      only: { type: "string" },
      device: { type: "string", default: "cpu" },
      batch: { type: "string" },
      "image-size": { type: "string" },
      threads: { type: "string", default: String(availableParallelism()) },
      steps: { type: "string", default: "3" },
      markdown: { type: "boolean", default: false },
      json: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) refuse("bench:step times a training step");
  const count = (what: string, text: string): number =>
    /^[1-9]\d*$/.test(text) ? Number(text) : refuse(`${what} is ${text}, expected a number from 1`);
  const { device, "amp-dtype": ampDType } = values;
  if (device !== "cpu" && device !== "cuda") refuse(`there is no device ${device}`);
  if (ampDType !== "bfloat16" && ampDType !== "float16") refuse(`there is no --amp-dtype ${ampDType}`);
  const numbers = positionals.filter((text) => /^\d/.test(text));
  const names = positionals.filter((text) => !/^\d/.test(text));
  const chosen = (names.length > 0 ? names : ["quickstart"]).map((name): [string, Size] => {
    const size = sizes[name] ?? refuse(`there is no size ${name}`);
    return [
      name,
      {
        ...size,
        ...(values.batch !== undefined && { batch: count("--batch", values.batch) }),
        ...(values["image-size"] !== undefined && {
          image_size: count("--image-size", values["image-size"]),
        }),
      },
    ];
  });
  return {
    rounds: count("rounds", numbers[0] ?? "5"),
    chosen,
    only: values.only?.split(","),
    device: device as Device,
    precisions: ["float32", ...(values.amp ? [ampDType] : [])] as readonly Precision[],
    threads: count("--threads", values.threads),
    steps: count("--steps", values.steps),
    markdown: values.markdown,
    json: values.json,
  };
}

/** A contender that may be started, again and again. */
interface Entry {
  readonly name: string;
  readonly precision: Precision;
  start(): Promise<Contender | undefined>;
}

const options = readArguments();
const { device, threads, rounds, steps } = options;
const python = pythonWithTorch();
/** The first steps of a process compile, allocate and fill caches. */
const warmUps = 2;

/** Who takes part: mixed precision is there on the torch engine and in PyTorch. */
function entriesOf(size: Size): Entry[] {
  const all = options.precisions.flatMap((precision): Entry[] => {
    const title = (name: string) => `${name} in ${precision}`;
    const config = (more: object) => JSON.stringify({ ...size, threads, device, precision, ...more });
    const engine = (name: string): Entry => ({
      name,
      precision,
      start: () => {
        const { num_recomputed }: Pick<StepConfig, "num_recomputed"> = { num_recomputed: 0 };
        return start(title(name), ...runFile("engine-step.ts", name, config({ num_recomputed })));
      },
    });
    const pytorch = (name: string, style: string): Entry[] =>
      python === undefined
        ? []
        : [
            {
              name,
              precision,
              start: () => start(title(name), python, [benchFile("pytorch_step.py"), config({ style })]),
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
  const { only } = options;
  for (const name of only ?? []) {
    if (!all.some((entry) => entry.name === name)) console.log(`${name}: no such contender on ${device}`);
  }
  return all.filter(({ name }) => only?.includes(name) ?? true);
}

/** Lets each entry have its turn in each round; those that cannot go on are left out, with a line that says why. */
async function measure(entries: readonly Entry[], keepAll: boolean): Promise<Result[]> {
  const running = new Map<Entry, Contender>();
  const taken = new Map<Entry, { readonly contender: Contender; readonly turns: Measured[][] }>();
  const turn = async (entry: Entry): Promise<boolean> => {
    let contender = running.get(entry);
    try {
      if (contender === undefined) {
        contender = await entry.start();
        if (contender === undefined) return false;
        running.set(entry, contender);
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
const measured: object[] = [];
for (const [name, size] of options.chosen) {
  const entries = entriesOf(size);
  const keepAll = device === "cpu" && entries.length * estimateMemory(size) < 0.7 * freemem();
  const results = await measure(entries, keepAll);
  const [any] = results;
  if (any === undefined) {
    console.log(`${name}: none of the contenders could run it`);
    continue;
  }
  const where = [...new Set(results.map(({ version }) => version))].join("; ");
  const how = keepAll
    ? `${rounds} rounds of one step`
    : `${rounds} rounds of ${steps} steps, each in a new process`;
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
