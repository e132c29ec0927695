import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resultFile } from "../../../runtime/tasks/task.ts";
import { type Changes, finished, makeData, tinyRecipe } from "./fixture.ts";
import { type Printed, startProgram, writeProgram } from "./program.ts";

let data: string;
beforeAll(async () => {
  data = await makeData();
});
afterAll(() => rmSync(data, { recursive: true }));

const sampling = { use_nucleus_sampling: true, temperature: 2, top_p: 1 } as const;
/** One step that learns next to nothing, then a test: all runs of a seed write captions with the same weights. */
const untrained = {
  task: { max_len: 9, min_len: 6 },
  model: { load_pretrained: false },
  schedule: { init_lr: 1e-12, min_lr: 0, warmup_lr: 1e-12, max_epoch: 1 },
  run: { batch_size_train: 12, valid_splits: [] },
} as const;

const captionsIn = (folder: string): unknown =>
  JSON.parse(readFileSync(join(folder, resultFile("test", "last")), "utf8"));

/** The captions of the test split, by a run in this process. */
async function written(task: Changes["task"], run: Changes["run"] = {}, seed = 42): Promise<unknown> {
  const { folder } = await finished(
    tinyRecipe(data, {
      ...untrained,
      task: { ...untrained.task, ...task },
      run: { ...untrained.run, seed, ...run },
    }),
  );
  return captionsIn(folder);
}

/** The captions of the test split, by `size` processes that share each batch of the evaluation, or do not. */
async function writtenBy(size: number, use_dist_eval_sampler: boolean): Promise<unknown> {
  const { task, model, run } = untrained;
  const path = writeProgram(data, `sampling-${size}-${use_dist_eval_sampler}.mjs`, "", "wasm", {
    task: { ...task, ...sampling },
    model,
    schedule: { init_lr: 1e-12, max_epoch: 1 },
    run: {
      ...run,
      batch_size_train: run.batch_size_train / size,
      test_splits: ["test"],
      batch_size_eval: 2,
      world_size: size,
      num_workers: 0,
      save_freq: 0,
      use_dist_eval_sampler,
    },
  });
  const program = startProgram(path, ["--ui", "json"]);
  const { code, error } = await program.end();
  expect({ code, error }).toEqual({ code: 0, error: "" });
  const isStart = (line: Printed): line is Printed & { type: "start" } => line.type === "start";
  return captionsIn(program.printed.find(isStart)?.outputDir ?? "");
}

describe("captions that are drawn", () => {
  let drawn: unknown;
  beforeAll(async () => {
    drawn = await written(sampling);
  });

  it("are others than those that a search finds, and than those of another seed", async () => {
    expect(drawn).toHaveLength(3);
    expect(await written({})).not.toEqual(drawn);
    expect(await written(sampling, {}, 43)).not.toEqual(drawn);
  });

  it("are the same for the same seed, whatever the batch and the threads that read", async () => {
    expect(await written(sampling)).toEqual(drawn);
    expect(await written(sampling, { batch_size_eval: 1 })).toEqual(drawn);
    expect(await written(sampling, { batch_size_eval: 3, num_workers: 2 })).toEqual(drawn);
  });

  it("follow temperature and top_p: with little of either only the likeliest token is drawn", async () => {
    const greedy = await written({ num_beams: 1 });
    expect(drawn).not.toEqual(greedy);
    expect(await written({ ...sampling, temperature: 1e-4 })).toEqual(greedy);
    expect(await written({ ...sampling, top_p: 1e-6 })).toEqual(greedy);
  });

  it.each([
    ["share", true],
    ["do not share", false],
  ])("are the same by two processes that %s the evaluation", async (_, isShared) => {
    expect(await writtenBy(2, isShared)).toEqual(drawn);
  });
});
