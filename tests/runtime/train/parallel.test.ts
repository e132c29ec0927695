import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StepEvent } from "../../../runtime/train/events.ts";
import { backends } from "../distributed/backends.ts";
import { engineNames } from "../engine/harness.ts";
import { makeData, numTrain, tensorsOf } from "./fixture.ts";
import { type Printed, type ProgramChanges, startProgram, writeProgram } from "./program.ts";

const numSteps = 20;

let data: string;
beforeAll(async () => {
  data = await makeData();
  // Captions of several lengths: processes have unequal numbers of tokens.
  const file = join(data, "train.json");
  const rows: { caption: string }[] = JSON.parse(readFileSync(file, "utf8"));
  for (const [index, row] of rows.entries())
    row.caption += " on a red circle".repeat(index % 4 === 0 ? 1 : 0);
  writeFileSync(file, JSON.stringify(rows));
});
afterAll(() => rmSync(data, { recursive: true }));

/** A run of twenty steps of all samples each, by `size` processes: its steps and its last weights. */
async function trained(
  size: number,
  engine: string,
  run: object = {},
  args: readonly string[] = [],
  { model = {}, ratios }: Pick<ProgramChanges, "model" | "ratios"> = {},
) {
  const path = writeProgram(data, `parallel-${size}-${engine}.mjs`, "", engine, {
    model,
    ...(ratios && { ratios }),
    schedule: { init_lr: 1e-3, max_epoch: numSteps },
    run: { batch_size_train: numTrain / size, world_size: size, num_workers: 0, save_freq: 0, ...run },
  });
  const program = startProgram(path, ["--ui", "json", ...args]);
  const { code, error } = await program.end();
  const of = <T extends Printed["type"]>(type: T) =>
    program.printed.filter((line): line is Extract<Printed, { type: T }> => line.type === type);
  expect({ code, error, failed: of("failed") }).toEqual({ code: 0, error: "", failed: [] });
  const steps: readonly StepEvent[] = of("step");
  const checkpoints = of("checkpoint");
  const weights = tensorsOf(checkpoints.at(-1)?.path ?? "");
  return { steps, start: of("start")[0], evaluated: of("evaluated"), checkpoints, weights };
}

/** The largest difference of two lists of numbers, relative to the largest number. */
function difference(a: readonly number[], b: readonly number[]): number {
  expect(b).toHaveLength(a.length);
  const largest = a.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return a.reduce((most, value, index) => Math.max(most, Math.abs(value - (b[index] ?? 0))), 0) / largest;
}

const lossesOf = ({ steps }: { readonly steps: readonly StepEvent[] }) =>
  steps.map(({ losses }) => losses.loss ?? 0);
const recipeName = (engine: string) => engine.replaceAll("-", "_");

describe.each(engineNames)("processes on %s that share a batch", (engine) => {
  let alone: Awaited<ReturnType<typeof trained>>;
  beforeAll(async () => {
    alone = await trained(1, recipeName(engine));
  });

  it.each(backends)(
    "through %s learn what one learns from the whole batch, dropout included",
    async (backend) => {
      const shared = await trained(2, recipeName(engine), {}, ["--backend", backend]);
      expect(shared.start?.processes).toMatchObject({ size: 2, backend });
      expect(shared.steps).toHaveLength(numSteps);
      expect(difference(lossesOf(alone), lossesOf(shared))).toBeLessThan(1e-5);
      expect(
        difference(
          alone.steps.map(({ gradNorm }) => gradNorm),
          shared.steps.map(({ gradNorm }) => gradNorm),
        ),
      ).toBeLessThan(1e-4);
      for (const { samples, ranks } of shared.steps) {
        expect(samples).toBe(numTrain);
        expect(ranks).toHaveLength(2);
      }
    },
  );
});

describe("a run of several processes", () => {
  const evaluated = { valid_splits: ["val"], test_splits: ["test"], val_freq: 10, batch_size_eval: 1 };
  let alone: Awaited<ReturnType<typeof trained>>;
  beforeAll(async () => {
    alone = await trained(1, "wasm", evaluated);
  });
  const scores = ({ evaluated: all }: typeof alone) =>
    all.map(({ split, epoch, metrics, samples }) => ({ split, epoch, metrics, samples }));

  it.each([3, 4])("gives what one gives when it has %i, and evaluates each sample once", async (size) => {
    const shared = await trained(size, "wasm", evaluated);
    expect(difference(lossesOf(alone), lossesOf(shared))).toBeLessThan(1e-5);
    expect(scores(shared)).toEqual(scores(alone));
  });

  it("gives the same bits each time, also where each process evaluates everything", async () => {
    const first = await trained(2, "wasm", evaluated);
    const second = await trained(2, "wasm", { ...evaluated, use_dist_eval_sampler: false });
    expect(lossesOf(second)).toEqual(lossesOf(first));
    expect(second.weights).toEqual(first.weights);
    expect(scores(second)).toEqual(scores(first));
    expect(scores(first)).toEqual(scores(alone));
  });

  it("accumulates batches as one process does", async () => {
    const run = { batch_size_train: 3, accum_grad_iters: 2 };
    const one = await trained(1, "wasm", { ...run, batch_size_train: 6 });
    const two = await trained(2, "wasm", run);
    expect(two.steps.map(({ samples }) => samples)).toEqual(one.steps.map(({ samples }) => samples));
    expect(difference(lossesOf(one), lossesOf(two))).toBeLessThan(1e-5);
  });

  it("mixes datasets by their ratios as one process does", async () => {
    const ratios = [0.7, 0.3];
    const mixed = await trained(1, "wasm", {}, [], { ratios });
    const shared = await trained(3, "wasm", {}, [], { ratios });
    expect(difference(lossesOf(mixed), lossesOf(shared))).toBeLessThan(1e-5);
    const even = await trained(1, "wasm", {}, [], { ratios: [0.5, 0.5] });
    expect(difference(lossesOf(mixed), lossesOf(even))).toBeGreaterThan(1e-3);
  });

  it.each([
    ["fewer", 1],
    ["more", 4],
    ["a number that does not divide the batch of", 5],
  ])("goes on with %s processes with the same batches, rates and order of samples", async (_, size) => {
    // Dropout of parts that are taken one after the other is not that of the whole.
    const model = { hidden_dropout_prob: 0, attention_probs_dropout_prob: 0 };
    const run = { batch_size_train: 6, save_freq: 7 };
    const whole = await trained(2, "wasm", run, [], { model });
    const checkpoint = join(dirname(whole.checkpoints[0]?.path ?? ""), "epoch_7");
    const rest = await trained(size, "wasm", run, ["--resume", checkpoint], { model });
    expect(rest.steps.map(({ step, lr, samples }) => [step, lr, samples])).toEqual(
      whole.steps.slice(7).map(({ step, lr, samples }) => [step, lr, samples]),
    );
    expect(difference(lossesOf(whole).slice(7), lossesOf(rest))).toBeLessThan(1e-5);
  });

  it("goes on with processes among which its batch does not divide, and each takes some of it", async () => {
    const run = { batch_size_train: 1, save_freq: 7 };
    const whole = await trained(4, "wasm", run);
    const checkpoint = join(dirname(whole.checkpoints[0]?.path ?? ""), "epoch_7");
    const rest = await trained(3, "wasm", run, ["--resume", checkpoint]);
    expect(rest.steps.map(({ step, samples }) => [step, samples])).toEqual(
      whole.steps.slice(21).map(({ step, samples }) => [step, samples]),
    );
    for (const { ranks = [] } of rest.steps) {
      expect(ranks.map(({ samples }) => samples).sort()).toEqual([1, 1, 2]);
    }
  });
});
