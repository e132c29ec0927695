// `npm run bench:step`: seconds of a training step of BLIP's captioner on each engine and in PyTorch, in turns.
// Arguments: rounds (default 5), then sizes (quickstart small base; default quickstart). Nothing else should run.
import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { benchFile, type Contender, type Measured, median, pythonWithTorch, start } from "./contender.ts";
import { sizes } from "./sizes.ts";

const [rounds = "5", ...names] = process.argv.slice(2);
const threads = availableParallelism();
const python = pythonWithTorch();

for (const name of names.length > 0 ? names : ["quickstart"]) {
  const size = sizes[name];
  if (size === undefined)
    throw new Error(`there is no size ${name}; there are ${Object.keys(sizes).join(", ")}`);
  const engine = (kind: string) =>
    start(kind, process.execPath, [
      benchFile("../../node_modules/tsx/dist/cli.mjs"),
      benchFile("engine-step.ts"),
      kind,
      JSON.stringify({ ...size, threads }),
    ]);
  const pytorch = (style: string) =>
    python === undefined
      ? undefined
      : start(`pytorch (${style})`, python, [
          benchFile("pytorch_step.py"),
          JSON.stringify({ ...size, threads, style }),
        ]);
  const started = await Promise.all([
    pytorch("lavis"),
    pytorch("tuned"),
    engine("wasm"),
    engine("tfjs-node"),
  ]);
  const contenders = started.filter((contender): contender is Contender => contender !== undefined);

  const results = new Map<Contender, Measured[]>(contenders.map((contender) => [contender, []]));
  for (let round = -2; round < Number(rounds); round++) {
    for (const [contender, steps] of results) {
      // The threads of the one before spin for a while after their step, and would take part in this one.
      await sleep(500);
      const measured = await contender.step();
      // The first rounds compile, allocate and fill caches.
      if (round >= 0) steps.push(measured);
    }
  }
  for (const contender of contenders) contender.close();

  console.log(
    `\n${name}: ${JSON.stringify(size)}, ${threads} threads, median of ${rounds} alternating rounds`,
  );
  const [reference] = results.values();
  for (const [contender, steps] of results) {
    const seconds = median(steps.map((step) => step.seconds));
    const ratio = seconds / median((reference ?? steps).map((step) => step.seconds));
    const peak = Math.max(...steps.map((step) => step.peak));
    console.log(
      [
        contender.name.padEnd(18),
        `${(seconds * 1000).toFixed(1).padStart(9)} ms`,
        `${ratio.toFixed(2).padStart(6)}×`,
        `${(peak / 1e6).toFixed(0).padStart(6)} MB`,
        `${(contender.ready.parameters / 1e6).toFixed(2)} M parameters`,
        contender.ready.version,
      ].join("  "),
    );
  }
}
