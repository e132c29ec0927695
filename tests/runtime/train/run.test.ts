import { cpSync, existsSync, readdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Recipe } from "../../../runtime/recipe.ts";
import type { Selection, Task } from "../../../runtime/tasks/task.ts";
import { mul } from "../../../runtime/tensor/index.ts";
import {
  type Changes,
  type Ended,
  logOf,
  makeData,
  numTrain,
  pointed,
  stopAfter,
  tensorsOf,
  tinyRecipe,
  trainTiny,
} from "./fixture.ts";

let data: string;
beforeAll(async () => {
  data = await makeData();
});
afterAll(() => rmSync(data, { recursive: true }));

async function finished(recipe: Recipe): Promise<Ended> {
  const run = await trainTiny(recipe);
  expect(run.of("failed")).toEqual([]);
  expect({ code: run.code, done: run.of("done") }).toMatchObject({
    code: 0,
    done: [{ outcome: "finished" }],
  });
  return run;
}
const run = (changes: Changes = {}) => finished(tinyRecipe(data, changes));

async function failure(recipe: Recipe) {
  const { code, of, steps } = await trainTiny(recipe);
  expect(code).toBe(1);
  const [failed] = of("failed");
  expect(failed?.stack).toBeUndefined();
  return { ...failed, steps };
}

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
    validStep: (model, batch) => captioning.validStep(model, batch),
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

describe("a run's folder", () => {
  it("has the recipe, the log in full precision, results of each split, and checkpoints", async () => {
    const { folder, steps, of, events } = await run({
      optimizer: { grad_clip_norm: 0.1 },
      run: { valid_splits: ["val", "test"] },
    });
    expect(readdirSync(folder).sort()).toEqual(["checkpoints", "log.jsonl", "result", "run.json"]);
    expect(JSON.parse(readFileSync(join(folder, "run.json"), "utf8"))).toMatchObject({
      name: "tiny",
      model: { name: "blip_caption", variant: "tiny", options: { vit_depth: 1, vit_drop_path_rate: 0 } },
      run: { batch_size_train: 4, seed: 42, val_freq: 1 },
    });
    expect(readdirSync(join(folder, "result")).sort()).toEqual(
      ["val_epoch1", "val_epoch2", "test_epoch1", "test_epoch2", "test_epochbest"]
        .map((n) => `${n}.json`)
        .sort(),
    );
    const results = JSON.parse(readFileSync(join(folder, "result/test_epochbest.json"), "utf8"));
    expect(results.map(({ image_id }: { image_id: number }) => image_id)).toEqual([3, 4, 5]);

    const log = logOf(folder);
    expect(log.filter(({ type }) => type === "step")).toEqual(JSON.parse(JSON.stringify(steps)));
    expect(log.map(({ type }) => type)).toEqual(
      events.map(({ type }) => type).filter((type) => type !== "evaluate_progress"),
    );
    expect(log[0]).toMatchObject({ type: "phase", phase: "starting", detail: "opening the engine wasm" });
    const [first] = steps;
    expect(String(first?.losses.loss).length).toBeGreaterThan(12);
    expect(first?.gradNorm).toBeGreaterThan(0.1);
    expect(of("done")[0]).toMatchObject({ outcome: "finished", step: 6, outputDir: folder });
  });

  it("follows the schedule at each step", async () => {
    const { steps } = await run({ run: { valid_splits: [], test_splits: [] } });
    const cosine = (step: number) => 1e-4 + (2e-3 - 1e-4) * 0.5 * (1 + Math.cos((Math.PI * (step - 2)) / 3));
    const expected = [5e-4, 1.25e-3, cosine(2), cosine(3), cosine(4), 1e-4];
    expect(steps.map(({ lr }) => lr)).toEqual(expected.map((lr) => expect.closeTo(lr, 12)));
  });

  it("learns", async () => {
    const { steps } = await run({
      schedule: { max_epoch: 10, init_lr: 1e-2 },
      run: { valid_splits: [], test_splits: [] },
    });
    const losses = steps.map(({ losses }) => losses.loss ?? Number.NaN);
    expect(losses.at(-1)).toBeLessThan(0.6 * (losses[0] ?? 0));
  });
});

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

describe("a pause", () => {
  it("holds the next step until it is over; a checkpoint can be asked for meanwhile", async () => {
    const whole = await run({ run: { test_splits: [] } });
    const said: string[] = [];
    const paused = await trainTiny(tinyRecipe(data, { run: { test_splits: [] } }), (event, control) => {
      if (event.type === "phase") said.push(event.phase);
      if (event.type === "step" && event.step === 1) {
        control.receive({ type: "pause" });
        setTimeout(() => control.receive({ type: "checkpoint" }), 20);
      }
      if (event.type === "checkpoint" && event.reason === "asked") {
        said.push("checkpoint");
        setTimeout(() => control.receive({ type: "resume" }), 20);
      }
    });
    expect(said.slice(3)).toEqual(
      "training paused checkpoint paused training validating training validating".split(" "),
    );
    expect(paused.steps.map(({ losses }) => losses)).toEqual(whole.steps.map(({ losses }) => losses));
  });

  it("holds an evaluation too, and ends when the run is stopped", async () => {
    const { of, events } = await trainTiny(tinyRecipe(data), (event, control) => {
      if (event.type === "evaluate_progress") control.receive({ type: "pause" });
      if (event.type === "phase" && event.phase === "paused") {
        setTimeout(() => control.receive({ type: "stop" }), 20);
      }
    });
    expect(of("evaluated")).toEqual([]);
    expect(events.at(-1)).toMatchObject({ type: "done", outcome: "stopped", step: 3 });
  });
});

describe("a stop", () => {
  it("while the run is starting ends it without a folder", async () => {
    const output = join(data, "never");
    const { code, events } = await trainTiny(
      tinyRecipe(data, { run: { output_dir: output } }),
      (event, control) => {
        if (event.type === "phase" && event.detail?.startsWith("building")) control.receive({ type: "stop" });
      },
    );
    expect(code).toBe(0);
    expect(events.at(-1)).toMatchObject({ type: "done", outcome: "stopped", step: 0 });
    expect(existsSync(output)).toBe(false);
  });

  it("by a signal says so in the exit code", async () => {
    const { code, of } = await trainTiny(tinyRecipe(data), (event, control) => {
      if (event.type === "step") control.stop("SIGTERM");
    });
    expect(code).toBe(143);
    expect(of("done")[0]?.resumeFrom).toMatch(/checkpoints\/step_1$/);
  });
});

describe("an evaluation only", () => {
  it("evaluates each split once with the weights that were loaded, and says what became of them", async () => {
    const trained = await run({ run: { test_splits: [] } });
    const finetuned = join(
      trained.folder,
      "checkpoints",
      pointed(trained.folder, "best"),
      "model.safetensors",
    );
    const changes = { model: { finetuned }, run: { evaluate: true, test_splits: ["val", "test"] } };
    const { of, steps, folder } = await run(changes);
    expect(steps).toEqual([]);
    expect(of("message").map(({ text }) => text)).toEqual([
      expect.stringMatching(/^loaded (\d+) of \1 tensors from .*model\.safetensors/),
    ]);
    expect(of("evaluated").map(({ split, epoch }) => [split, epoch])).toEqual([
      ["val", "loaded"],
      ["test", "loaded"],
    ]);
    const best = trained.of("evaluated").find(({ isBest }) => isBest);
    expect(of("evaluated")[0]?.metrics).toEqual(best?.metrics);
    expect(readdirSync(join(folder, "checkpoints"))).toEqual([]);
  });

  it("of random weights is refused", async () => {
    const recipe = tinyRecipe(data, { model: { load_finetuned: false }, run: { evaluate: true } });
    expect(await failure(recipe)).toMatchObject({ message: expect.stringContaining("loads no weights") });
    const unnamed = tinyRecipe(data, { run: { evaluate: true } });
    expect(await failure(unnamed)).toMatchObject({ message: expect.stringContaining("names no weights") });
  });

  it("of weights of something else is refused", async () => {
    const trained = await run({ run: { valid_splits: [], test_splits: [] } });
    const finetuned = join(trained.folder, "checkpoints/epoch_2/optimizer.safetensors");
    const recipe = tinyRecipe(data, { model: { finetuned }, run: { evaluate: true } });
    expect(await failure(recipe)).toMatchObject({
      message: expect.stringMatching(/none of the tensors of .*optimizer\.safetensors is one of the model's/),
    });
  });
});

describe("several datasets", () => {
  const joined = (other: "same" | "differs"): Recipe => {
    const recipe = tinyRecipe(data, { run: { valid_splits: [], test_splits: [] } });
    const [first] = recipe.datasets;
    if (!first) throw new Error("the tiny recipe has a dataset");
    const { vis_processor, ...rest } = first.options as { vis_processor: { train: { name: string } } };
    const train = { ...vis_processor.train, name: "blip_image_eval", options: {} };
    const options =
      other === "same" ? first.options : { ...rest, vis_processor: { ...vis_processor, train } };
    return { ...recipe, datasets: [first, { ...first, label: "more", options }] };
  };

  it("train as one", async () => {
    const { of, steps } = await finished(joined("same"));
    expect(of("start")[0]?.numTrainSamples).toBe(2 * numTrain);
    expect(steps).toHaveLength(12);
  });

  it("with different processors are refused, not prepared by the first one's", async () => {
    expect(await failure(joined("differs"))).toMatchObject({
      message: "the datasets shapes and more are mixed, but their processors for train differ",
    });
  });
});

describe("damaged images", () => {
  let images: string;
  beforeAll(() => {
    images = join(data, "damaged");
    cpSync(join(data, "images"), images, { recursive: true });
    writeFileSync(join(images, "2.png"), "no picture");
    unlinkSync(join(images, "5.jpg"));
  });

  it.each([0, 1])(
    "are named once each and skipped, up to max_bad_images (%i threads)",
    async (num_workers) => {
      const { of, steps } = await run({ images, run: { max_bad_images: 2, num_workers } });
      expect(steps).toHaveLength(6);
      const skipped = of("message").filter(({ text }) => text.includes("is skipped"));
      expect(skipped.map(({ text }) => text.split(" ")[0]?.split("/").at(-1)).sort()).toEqual([
        "2.png",
        "5.jpg",
      ]);
      expect(of("message").map(({ text }) => text)).toContain(
        "1 of 3 images of test have no result and are not scored",
      );
    },
  );

  it("beyond max_bad_images end the run", async () => {
    const recipe = tinyRecipe(data, { images, run: { max_bad_images: 1, valid_splits: [] } });
    expect(await failure(recipe)).toMatchObject({
      message: expect.stringMatching(
        /^2 images cannot be read; max_bad_images allows 1:[\s\S]*2\.png[\s\S]*5\.jpg/,
      ),
      hint: expect.stringContaining("max_bad_images"),
    });
  });
});

describe("training that diverges", () => {
  it("is an error that leaves the last checkpoint as it was, and says where that is", async () => {
    const tiny = tinyRecipe(data, { run: { save_freq: 1, valid_splits: [], test_splits: [] } });
    const create: typeof tiny.model.create = async (options, build) => {
      const model = await tiny.model.create(options, build);
      const forward = model.forward.bind(model);
      let calls = 0;
      model.forward = (batch, at) => {
        const { loss } = forward(batch, at);
        return { loss: ++calls === 6 ? mul(loss, Number.NaN) : loss };
      };
      return model;
    };
    const recipe = { ...tiny, model: { ...tiny.model, create } };
    const { message, hint, resumeFrom, steps } = await failure(recipe);
    expect(message).toMatch(/^loss is NaN in epoch 2, step 3: training has diverged/);
    expect(hint).toContain("lower schedule.init_lr");
    expect(steps).toHaveLength(5);
    expect(resumeFrom).toMatch(/checkpoints\/epoch_1$/);
    expect(
      Object.values(tensorsOf(resumeFrom ?? ""))
        .flat()
        .every((value) => Number.isFinite(value)),
    ).toBe(true);
  });
});

describe("an optimizer step", () => {
  const still = {
    model: { hidden_dropout_prob: 0, attention_probs_dropout_prob: 0 },
    run: { valid_splits: [], test_splits: [] },
  };
  const first = async (changes: Changes) => {
    const recipe = tinyRecipe(data, { ...still, ...changes, run: { ...still.run, ...changes.run } });
    const stopped = await trainTiny(recipe, stopAfter(1));
    return { step: stopped.steps[0], weights: tensorsOf(stopped.of("done")[0]?.resumeFrom ?? "") };
  };

  it("of several batches is that of one batch of all their samples", async () => {
    const whole = await first({ run: { batch_size_train: 12 } });
    const parts = await first({ run: { batch_size_train: 4, accum_grad_iters: 3 } });
    expect(parts.step?.losses.loss).toBeCloseTo(whole.step?.losses.loss ?? 0, 5);
    expect(parts.step?.samples).toBe(12);
    for (const [name, values] of Object.entries(whole.weights)) {
      const others = parts.weights[name] ?? [];
      // Where a gradient is nought up to rounding, Adam's first step is of either sign.
      const differing = values.filter((value, i) => Math.abs(value - (others[i] ?? Number.NaN)) > 1e-5);
      expect(differing.length, name).toBeLessThanOrEqual(0.02 * values.length);
    }
  });

  it("clips gradients to their norm, which it logs from before", async () => {
    const loose = await first({ optimizer: { grad_clip_norm: 1e6 } });
    const tight = await first({ optimizer: { grad_clip_norm: 1e-9, weight_decay: 0 } });
    expect(tight.step?.gradNorm).toBe(loose.step?.gradNorm);
    const start = await first({ optimizer: { weight_decay: 0 }, schedule: { init_lr: 1e-30, warmup_lr: 0 } });
    const moved = (to: Record<string, readonly number[]>) =>
      Math.max(
        ...Object.entries(to).flatMap(([name, values]) =>
          values.map((value, i) => Math.abs(value - (start.weights[name]?.[i] ?? Number.NaN))),
        ),
      );
    expect(moved(loose.weights)).toBeGreaterThan(4e-4);
    expect(moved(tight.weights)).toBeLessThan(1e-4);
  });
});

describe("memory", () => {
  it("does not grow over two hundred steps", async () => {
    const { steps } = await run({
      schedule: { max_epoch: 67 },
      optimizer: { grad_clip_norm: 1 },
      run: { valid_splits: [], test_splits: [], save_last: false, batch_size_train: 4 },
    });
    expect(steps).toHaveLength(201);
    expect(new Set(steps.slice(1).map(({ memory }) => memory.engine)).size).toBe(1);
  });
});
