// `npm run bench:allreduce`: all-reduce of each backend that is there, beside PyTorch's gloo in the same run.
//     npm run bench:allreduce -- [rounds] [--processes 2] [--megabytes 25,100,350] [--only shm,gloo] [--markdown]
// Nothing else should run on the machine: processes that wait for each other suffer most from others.
import { availableParallelism, cpus } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { AllReduceConfig, AllReduceStep } from "./allreduce-ranks.ts";
import { count, oneOf, readOrExit } from "./arguments.ts";
import { benchFile, type Contender, median, pythonWithTorch, runFile, start } from "./contender.ts";
import { formatTable } from "./table.ts";

const reference = "gloo";
const names = ["shm", "shm, own memory", "c10d", "socket", reference];
/** How many times gloo's bandwidth a backend is to reach, by its name. */
const goals: Readonly<Record<string, number>> = { shm: 6, c10d: 1, socket: 1.2 };

const usage = `npm run bench:allreduce -- [rounds] [flags]
  rounds             how often each contender has its turn (5)
  --processes N      processes on this host (2)
  --megabytes LIST   sizes in MB of 10⁶ bytes, with commas between (25,100,350)
  --calls N          all-reduces of each size in a turn (5)
  --only NAMES       contenders, with commas between: shm own c10d socket gloo; own is shm on memory of the process's own
  --markdown         print tables in Markdown`;

const shortNames: Readonly<Record<string, string>> = {
  shm: "shm",
  own: "shm, own memory",
  c10d: "c10d",
  socket: "socket",
  gloo: reference,
};

const options = readOrExit(usage, () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      processes: { type: "string", default: "2" },
      megabytes: { type: "string", default: "25,100,350" },
      calls: { type: "string", default: "5" },
      only: { type: "string" },
      markdown: { type: "boolean", default: false },
    },
  });
  const only = values.only?.split(",").map((name) => oneOf("--only", name, Object.keys(shortNames)));
  return {
    rounds: count("rounds", positionals[0] ?? "5"),
    processes: count("--processes", values.processes),
    megabytes: values.megabytes.split(",").map((text) => count("--megabytes", text)),
    calls: count("--calls", values.calls),
    chosen: only === undefined ? names : only.map((name) => shortNames[name] ?? name),
    format: values.markdown ? ("markdown" as const) : ("text" as const),
  };
});
const { rounds, processes, megabytes, calls, chosen, format } = options;

type Runner = Contender<{ readonly version: string }, AllReduceStep>;

const config = { size: processes, bytes: megabytes.map((size) => size * 1e6), calls };

async function launch(name: string): Promise<Runner | undefined> {
  if (name === reference) {
    const python = pythonWithTorch();
    if (python === undefined) return undefined;
    return start(name, python, [benchFile("pytorch_allreduce.py"), JSON.stringify(config)]);
  }
  const [backend = name, isOwnMemory] = [name.split(",")[0], name.includes("own memory")];
  const own = { ...config, isOwnMemory } satisfies AllReduceConfig;
  return start(name, ...runFile("allreduce-ranks.ts", backend, JSON.stringify(own)));
}

/** Seconds of all calls, by contender and size. */
const taken = new Map<Runner, number[][]>();
for (const name of chosen) {
  const runner = await launch(name);
  if (runner !== undefined)
    taken.set(
      runner,
      megabytes.map(() => []),
    );
}
if (taken.size === 0) {
  console.error("none of the contenders could run");
  process.exit(1);
}
for (let round = 0; round < rounds; round++) {
  const turns = [...taken];
  const first = round % turns.length;
  for (const [runner, bySize] of [...turns.slice(first), ...turns.slice(0, first)]) {
    // Threads of the one before may still spin.
    await sleep(200);
    const { seconds } = await runner.step();
    for (const [index, some] of seconds.entries()) bySize[index]?.push(...some);
  }
}
for (const runner of taken.keys()) await runner.close();

/** Bytes a second that a link between neighbours in a ring would have to carry, as NCCL's tests count. */
const busBandwidth = (bytes: number, seconds: number): number =>
  ((bytes / seconds) * 2 * (processes - 1)) / processes / 1e9;

const gloo = [...taken].find(([{ name }]) => name === reference)?.[1];
const beside = (value: number | undefined): string => (value === undefined ? "–" : `${value.toFixed(2)}×`);
const lines = [
  ["contender", "MB", "best", "median", "GB/s at best", "at median", "gloo at best", "at median"],
];
const verdicts: string[] = [];
for (const [index, size] of megabytes.entries()) {
  for (const [{ name }, bySize] of taken) {
    const seconds = bySize[index] ?? [];
    const [best, middle] = [Math.min(...seconds), median(seconds)];
    const ofGloo = gloo?.[index];
    const ratios = ofGloo && { best: Math.min(...ofGloo) / best, middle: median(ofGloo) / middle };
    const milliseconds = (value: number): string => `${(1000 * value).toFixed(1)} ms`;
    lines.push([
      name,
      String(size),
      milliseconds(best),
      milliseconds(middle),
      busBandwidth(size * 1e6, best).toFixed(2),
      busBandwidth(size * 1e6, middle).toFixed(2),
      beside(ratios?.best),
      beside(ratios?.middle),
    ]);
    const goal = goals[name];
    if (goal === undefined || name === reference) continue;
    const judged = ratios === undefined ? "not measured" : ratios.middle >= goal ? "met" : "not met";
    verdicts.push(
      `${name} at ${size} MB at least ${goal}× gloo: ${judged} (${beside(ratios?.middle)} at the median)`,
    );
  }
}
const versions = [...taken.keys()].map(({ ready }) => ready.version);
console.log(
  `\nSum of float32 over ${processes} processes on one host; ${cpus()[0]?.model.trim() ?? "unknown"}, ${availableParallelism()} cores; ${[...new Set(versions)].join("; ")}; ${rounds} rounds of ${calls} calls, in turns\n`,
);
console.log(formatTable(lines, 1, format));
console.log(`\n${verdicts.join("\n")}`);
