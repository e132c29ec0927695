// `npm run bench:scaling`: samples a second of one process with all cores beside those of several that share them, and
// the time that these spend in communication, on each engine that works here, through the launcher as users run it.
// Arguments: rounds (default 3), processes (default 2). Run `npm run build` first. Nothing else should run.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import sharp from "sharp";
import { probeEngines } from "../../runtime/engine/open.ts";
import { keyedRandom } from "../../runtime/processors/random.ts";
import type { Stamped, StepEvent } from "../../runtime/train/events.ts";
import { programText } from "../runtime/train/program-text.ts";
import { count, readOrExit } from "./arguments.ts";
import { median } from "./contender.ts";
import { formatTable } from "./table.ts";

const usage = `usage: npm run bench:scaling -- [rounds] [processes]`;
const [rounds, processes] = readOrExit(usage, () => {
  const [first = "3", second = "2"] = process.argv.slice(2);
  return [count("rounds", first), count("processes", second)] as const;
});

/** Samples of a step, over all processes. */
const globalBatch = 32;
/** Steps that are not counted, as they pay for what is done once, and those that are. */
const warmUp = 5;
const measured = 25;
const numImages = 256;
const words = ["red", "green", "blue", "round", "square", "sign", "face", "flag"] as const;

const folder = mkdtempSync(join(tmpdir(), "lavis-scaling-"));

/** Pictures of noise with captions of a few words. */
async function makeData(): Promise<void> {
  mkdirSync(join(folder, "images"));
  const random = keyedRandom(1);
  const rows = [];
  for (let index = 0; index < numImages; index++) {
    const side = 64;
    const data = Uint8Array.from({ length: 3 * side * side }, () => Math.floor(256 * random.uniform()));
    const image = `${index}.png`;
    await sharp(data, { raw: { width: side, height: side, channels: 3 } }).toFile(
      join(folder, "images", image),
    );
    const caption = Array.from(
      { length: 3 + (index % 3) },
      (_, i) => words[(index * 3 + i) % words.length],
    ).join(" ");
    rows.push({ image, image_id: index, caption });
  }
  writeFileSync(join(folder, "train.json"), JSON.stringify(rows));
}

function writeProgram(engine: string, size: number): string {
  const run = {
    batch_size_train: globalBatch / size,
    batch_size_eval: 1,
    world_size: size,
    device: "cpu",
    engine: engine.replaceAll("-", "_"),
    num_workers: 1,
    save_freq: 0,
    save_last: false,
    valid_splits: [],
    test_splits: [],
    output_dir: join(folder, "output"),
  };
  const path = join(folder, `${engine}-${size}.mjs`);
  const steps = warmUp + measured;
  const program = programText({
    model: {},
    images: join(folder, "images"),
    annotations: { train: join(folder, "train.json") },
    schedule: { init_lr: 1e-4, max_iters: steps, iters_per_inner_epoch: steps },
    run,
  });
  writeFileSync(path, program);
  return path;
}

/** What a run did: samples a second, and the share of its time that its processes were blocked in communication. */
interface Rate {
  readonly samplesPerSecond: number;
  readonly communication: number;
}

async function measure(program: string): Promise<Rate> {
  const child = spawn(process.execPath, [program, "--ui", "json"], { stdio: ["ignore", "pipe", "inherit"] });
  const steps: StepEvent[] = [];
  let failure = "";
  for await (const line of createInterface({ input: child.stdout })) {
    const event: Stamped = JSON.parse(line);
    if (event.type === "step") steps.push(event);
    if (event.type === "failed") failure = event.message;
  }
  if (failure !== "" || steps.length < warmUp + measured) throw new Error(`${program} failed: ${failure}`);
  const counted = steps.slice(warmUp);
  const seconds = counted.reduce((sum, step) => sum + step.seconds, 0);
  const waited = counted.flatMap(({ ranks = [] }) =>
    ranks.map(({ communicationSeconds }) => communicationSeconds),
  );
  const ranks = counted[0]?.ranks?.length ?? 1;
  return {
    samplesPerSecond: counted.reduce((sum, step) => sum + step.samples, 0) / seconds,
    communication: waited.reduce((sum, value) => sum + value, 0) / ranks / seconds,
  };
}

try {
  await makeData();
  const engines = (await probeEngines()).filter(({ isUsable }) => isUsable).map(({ name }) => name);
  const rows: string[][] = [];
  for (const engine of engines) {
    const [one, several] = [writeProgram(engine, 1), writeProgram(engine, processes)];
    const alone: Rate[] = [];
    const together: Rate[] = [];
    for (let round = 0; round < rounds; round++) {
      alone.push(await measure(one));
      together.push(await measure(several));
    }
    const rateOf = (rates: readonly Rate[]) => median(rates.map(({ samplesPerSecond }) => samplesPerSecond));
    const ratio = median(
      together.map((rate, round) => rate.samplesPerSecond / (alone[round]?.samplesPerSecond ?? NaN)),
    );
    const share = median(together.map(({ communication }) => communication));
    rows.push([
      engine,
      rateOf(alone).toFixed(0),
      rateOf(together).toFixed(0),
      `${ratio.toFixed(2)} ×`,
      `${(100 * share).toFixed(1)} %`,
    ]);
  }
  console.log(`blip_caption.tiny, ${globalBatch} samples a step; medians of ${rounds} rounds`);
  const header = ["engine", "1 process, samples/s", `${processes} processes`, "ratio", "in communication"];
  console.log(formatTable([header, ...rows], 1, "text"));
} finally {
  rmSync(folder, { recursive: true });
}
