import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Dataset } from "../../../runtime/datasets/dataset.ts";
import type { DatasetSource, Recipe } from "../../../runtime/recipe.ts";
import {
  type Changes,
  failure,
  finished,
  learned,
  makeData,
  numTrain,
  resumeFrom,
  stopAfter,
  tensorsOf,
  tinyRecipe,
  trainTiny,
} from "./fixture.ts";

/** Samples of the smaller dataset. */
const numFew = 3;

let data: string;
beforeAll(async () => {
  data = await makeData();
  const rows: readonly object[] = JSON.parse(readFileSync(join(data, "train.json"), "utf8"));
  writeFileSync(join(data, "few.json"), JSON.stringify(rows.slice(0, numFew)));
});
afterAll(() => rmSync(data, { recursive: true }));

interface Mixed {
  /** The ratio of the twelve shapes. */
  readonly many?: number | null;
  /** The ratio of the first three of them, as a dataset of their own. */
  readonly few?: number | null;
  readonly changes?: Changes;
}

/** The tiny recipe with a second dataset: nine steps of five samples, in three epochs. */
function mixedRecipe({ many = null, few = null, changes = {} }: Mixed): Recipe {
  const run = { batch_size_train: 5, valid_splits: [], test_splits: [], ...changes.run };
  const recipe = tinyRecipe(data, { schedule: { max_epoch: 3 }, ...changes, run });
  const [first] = recipe.datasets;
  if (!first) throw new Error("the tiny recipe has a dataset");
  const { build_info, ...rest } = first.options as { readonly build_info: object };
  const train = { url: null, md5: null, storage: join(data, "few.json") };
  const ofFew = { ...rest, build_info: { ...build_info, annotations: { train } }, ratio: few };
  return {
    ...recipe,
    datasets: [
      { ...first, options: { ...first.options, ratio: many } },
      { ...first, label: "few", options: ofFew },
    ],
  };
}

describe("datasets with ratios", () => {
  it("are mixed by them in epochs that are as long as all datasets together", async () => {
    const { of, steps } = await finished(mixedRecipe({ many: 1, few: 3 }));
    expect(of("message").map(({ text }) => text)).toEqual([
      "mixing shapes 25.0 % (each of 12 samples 0.938 times), few 75.0 % (each of 3 samples 11.3 times)",
    ]);
    expect(of("start")[0]).toMatchObject({ numTrainSamples: numTrain + numFew, stepsPerEpoch: 3 });
    expect(steps.map(({ epoch, stepInEpoch, samples }) => [epoch, stepInEpoch, samples])).toEqual(
      [1, 2, 3].flatMap((epoch) => [1, 2, 3].map((step) => [epoch, step, 5])),
    );
  });

  it("learn something else than without", async () => {
    const mixed = await finished(mixedRecipe({ many: 0.25, few: 0.75 }));
    const plain = await finished(mixedRecipe({}));
    expect(plain.of("message")).toEqual([]);
    expect(plain.steps).toHaveLength(mixed.steps.length);
    expect(learned(mixed)).not.toEqual(learned(plain));
  });

  it("share what is left where only some have one", async () => {
    const some = await finished(mixedRecipe({ few: 0.75 }));
    const all = await finished(mixedRecipe({ many: 0.25, few: 0.75 }));
    expect(learned(some)).toEqual(learned(all));
  });

  it("learn the same with any number of threads", async () => {
    const ratios = { many: 0.25, few: 0.75 };
    const none = await finished(mixedRecipe(ratios));
    const two = await finished(mixedRecipe({ ...ratios, changes: { run: { num_workers: 2 } } }));
    expect(learned(two)).toEqual(learned(none));
  });

  it.each([
    ["epochs", { schedule: { max_epoch: 3 } }],
    ["inner epochs", { schedule: { max_iters: 9, iters_per_inner_epoch: 4 } }],
  ] as const)("go on in a run of %s that was stopped as if it never was", async (_, changes) => {
    const ratios = { many: 0.25, few: 0.75 };
    const whole = await finished(mixedRecipe({ ...ratios, changes }));
    const first = await trainTiny(mixedRecipe({ ...ratios, changes }), stopAfter(5));
    const run = { resume_ckpt_path: resumeFrom(first) };
    const second = await finished(mixedRecipe({ ...ratios, changes: { ...changes, run } }));
    expect(second.of("message").filter(({ level }) => level === "warning")).toEqual([]);
    expect([...learned(first), ...learned(second)]).toEqual(learned(whole));
    const [again, once] = [second, whole].map(({ of }) => tensorsOf(of("checkpoint").at(-1)?.path ?? ""));
    expect(again).toEqual(once);
  });

  it("that are not those of the checkpoint are said to be another recipe's", async () => {
    const first = await trainTiny(mixedRecipe({ many: 0.25, few: 0.75 }), stopAfter(2));
    const changes = { run: { resume_ckpt_path: resumeFrom(first) } };
    const { of } = await finished(mixedRecipe({ many: 0.5, few: 0.5, changes }));
    expect(of("message").map(({ text }) => text)).toContain(
      "the recipe is not the one that wrote the checkpoint: the run goes on with the new one",
    );
  });
});

describe("ratios that cannot be had", () => {
  it("are refused where they leave nothing for a dataset that has none", async () => {
    expect(await failure(mixedRecipe({ many: 1.5 }))).toMatchObject({
      message: "the ratios of the other datasets sum to 1 or more, which leaves nothing for few",
      hint: "give each dataset a ratio, or none",
    });
  });

  it("are refused where a dataset of the user's own has nothing to draw", async () => {
    const recipe = mixedRecipe({ many: 0.5, few: 0.5 });
    const [first, second] = recipe.datasets;
    if (!first || !second) throw new Error("two datasets were mixed");
    const empty: Dataset = {
      name: "few",
      split: "train",
      length: 0,
      row: () => expect.unreachable(),
      origin: () => expect.unreachable(),
    };
    const own: DatasetSource = { ...second, create: async () => new Map([["train", empty]]) };
    expect(await failure({ ...recipe, datasets: [first, own] })).toMatchObject({
      message: "the dataset few has no sample to train on, so it cannot have a share of the training samples",
    });
  });
});
