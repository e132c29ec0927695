import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Recipe } from "../../../runtime/recipe.ts";
import type { Selection, Task } from "../../../runtime/tasks/task.ts";
import {
  type Changes,
  type Ended,
  finished,
  makeData,
  numTrain,
  pointed,
  tinyRecipe,
  trainTiny,
} from "./fixture.ts";

let data: string;
beforeAll(async () => {
  data = await makeData();
});
afterAll(() => rmSync(data, { recursive: true }));

const run = (changes: Changes = {}) => finished(tinyRecipe(data, changes));

/** A recipe whose validation gives these scores, one after the other; what it writes are captions. */
function scored(scores: readonly number[], direction: Selection["direction"], changes: Changes = {}): Recipe {
  const recipe = tinyRecipe(data, {
    ...changes,
    schedule: { max_epoch: scores.length, ...changes.schedule },
    run: { batch_size_train: numTrain, ...changes.run },
  });
  const left = [...scores];
  const scripted = (captioning: Task): Task => ({
    name: "scripted",
    selection: { metric: "score", direction },
    check: () => {},
    validStep: (model, batch, keys) => captioning.validStep(model, batch, keys),
    merge: (parts) => captioning.merge(parts),
    evaluate: (results, { split }) => ({
      metrics: { score: split === "val" ? (left.shift() ?? 0) : 0 },
      scored: results.length,
      unscored: 0,
    }),
    baseline: () => undefined,
    samples: () => [],
  });
  const create = async (options: object) => scripted(await recipe.task.create(options));
  return { ...recipe, task: { ...recipe.task, create } };
}

const checkpointsOf = ({ folder }: Ended) =>
  readdirSync(join(folder, "checkpoints"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
const validated = ({ of }: Ended) =>
  of("evaluated").flatMap(({ split, epoch, isBest }) => (split === "val" ? [[epoch, isBest]] : []));

describe("the best checkpoint", () => {
  it("is the one with the highest score where higher is better, and is tested", async () => {
    const run = await finished(scored([0.2, 0.5, 0.4], "higher"));
    expect(validated(run)).toEqual([
      [1, true],
      [2, true],
      [3, false],
    ]);
    expect(checkpointsOf(run)).toEqual(["epoch_2", "epoch_3"]);
    expect([pointed(run.folder, "best"), pointed(run.folder, "latest")]).toEqual(["epoch_2", "epoch_3"]);
    expect(run.of("evaluated").at(-1)).toMatchObject({ split: "test", epoch: "best" });
  });

  it("is the one with the lowest score where lower is better", async () => {
    const run = await finished(scored([0.2, -0.5, -0.4], "lower"));
    expect(pointed(run.folder, "best")).toBe("epoch_2");
  });

  it("can have a score below zero, and never NaN", async () => {
    const run = await finished(scored([Number.NaN, -3, -4], "higher"));
    expect(validated(run)).toEqual([
      [1, false],
      [2, true],
      [3, false],
    ]);
  });

  it("of equal scores is the first", async () => {
    const run = await finished(scored([1, 1], "higher"));
    expect(pointed(run.folder, "best")).toBe("epoch_1");
  });

  it("gives the test its weights, not the last ones", async () => {
    const trained = await finished(
      scored([2, 1], "higher", { schedule: { init_lr: 5e-2 }, run: { batch_size_train: 2 } }),
    );
    const captions = ({ folder }: Ended, of: string) =>
      JSON.parse(readFileSync(join(folder, "result", `test_epoch${of}.json`), "utf8"));
    const evaluated = async (name: string) => {
      const finetuned = join(trained.folder, "checkpoints", name, "model.safetensors");
      const changes = { model: { finetuned }, run: { evaluate: true, valid_splits: [] } };
      return captions(await run(changes), "loaded");
    };
    expect(captions(trained, "best")).toEqual(await evaluated("epoch_1"));
    expect(captions(trained, "best")).not.toEqual(await evaluated("epoch_2"));
  });

  it("is not sought where the task scores nothing: the last weights are tested", async () => {
    const run_ = await run({ task: { report_metric: false } });
    expect(
      run_.of("evaluated").map(({ split, epoch, metrics, isBest }) => [split, epoch, metrics, isBest]),
    ).toEqual([
      ["val", 1, {}, undefined],
      ["val", 2, {}, undefined],
      ["test", "last", {}, undefined],
    ]);
    expect(checkpointsOf(run_)).toEqual(["epoch_2"]);
    expect(existsSync(join(run_.folder, "result/val_epoch2.json"))).toBe(true);
  });

  it("is chosen by the first of several validation splits", async () => {
    const run = await finished(scored([1, 2], "higher", { run: { valid_splits: ["test", "val"] } }));
    expect(run.of("evaluated").map(({ split, select, isBest }) => [split, select, isBest])).toEqual([
      ["test", "score", true],
      ["val", undefined, undefined],
      ["test", "score", false],
      ["val", undefined, undefined],
      ["test", undefined, undefined],
    ]);
  });
});

describe("checkpoints and validations", () => {
  it("are made each save_freq and val_freq epochs, and after the last", async () => {
    const scores = [1, 2, 3];
    const changes = { schedule: { max_epoch: 5 }, run: { val_freq: 2, save_freq: 3 } };
    const run = await finished(scored(scores, "higher", changes));
    expect(validated(run).map(([epoch]) => epoch)).toEqual([2, 4, 5]);
    expect(run.of("checkpoint").map(({ path, reason }) => [path.split("/").at(-1), reason])).toEqual([
      ["epoch_2", "best"],
      ["epoch_3", "epoch"],
      ["epoch_4", "best"],
      ["epoch_5", "best"],
    ]);
    // Those of save_freq are kept, and the best; former bests are not.
    expect(checkpointsOf(run)).toEqual(["epoch_3", "epoch_5"]);
  });

  it("that were the best are kept where save_freq keeps them", async () => {
    const run = await finished(scored([1, 2, 3], "higher", { run: { save_freq: 2 } }));
    expect(checkpointsOf(run)).toEqual(["epoch_2", "epoch_3"]);
  });

  it("of the end are not written with save_last = false", async () => {
    const run = await finished(scored([2, 1], "higher", { run: { save_last: false } }));
    expect(checkpointsOf(run)).toEqual(["epoch_1"]);
  });

  it("are left out with no validation split: the last weights are tested", async () => {
    const { of, folder } = await run({ run: { valid_splits: [] } });
    expect(of("evaluated").map(({ split, epoch }) => [split, epoch])).toEqual([["test", "last"]]);
    expect(existsSync(join(folder, "checkpoints/best"))).toBe(false);
  });

  it("are left out with nothing to save or to test", async () => {
    const { of, folder } = await run({ run: { valid_splits: [], test_splits: [], save_last: false } });
    expect(of("evaluated")).toEqual([]);
    expect(readdirSync(join(folder, "checkpoints"))).toEqual([]);
  });

  it("are written on request after the running step, once, and training goes on", async () => {
    const recipe = tinyRecipe(data, { run: { valid_splits: [], test_splits: [] } });
    const { of, steps } = await trainTiny(recipe, (event, control) => {
      if (event.type === "step" && event.step === 2) control.receive({ type: "checkpoint" });
    });
    expect(of("checkpoint").map(({ path, reason, step }) => [path.split("/").at(-1), reason, step])).toEqual([
      ["step_2", "asked", 2],
      ["epoch_2", "last", 6],
    ]);
    expect(steps).toHaveLength(6);
  });

  it("that cannot be written end the run with what the file system says", async () => {
    const recipe = tinyRecipe(data, { run: { valid_splits: [], test_splits: [] } });
    const { code, of } = await trainTiny(recipe, (event) => {
      if (event.type !== "start") return;
      const folder = join(event.outputDir, "checkpoints");
      rmSync(folder, { recursive: true });
      writeFileSync(folder, "a file in the way");
    });
    expect(code).toBe(1);
    expect(of("failed")[0]).toMatchObject({
      message: expect.stringMatching(/^the checkpoint epoch_2 cannot be written: ENOTDIR/),
      hint: expect.stringContaining("make room"),
    });
  });
});
