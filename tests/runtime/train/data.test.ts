import { cpSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Recipe } from "../../../runtime/recipe.ts";
import { type Changes, failure, finished, makeData, numTrain, tinyRecipe } from "./fixture.ts";

let data: string;
beforeAll(async () => {
  data = await makeData();
});
afterAll(() => rmSync(data, { recursive: true }));

const run = (changes: Changes = {}) => finished(tinyRecipe(data, changes));

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

  it("take part in the splits that they have", async () => {
    const recipe = joined("same");
    const [first, second] = recipe.datasets;
    if (!first || !second) throw new Error("two datasets were joined");
    const { build_info, ...rest } = second.options as { build_info: { annotations: { train: object } } };
    const { train } = build_info.annotations;
    const trainOnly = { ...rest, build_info: { ...build_info, annotations: { train } } };
    const run = { ...recipe.run, valid_splits: ["val"], test_splits: [] };
    const { of } = await finished({ ...recipe, run, datasets: [first, { ...second, options: trainOnly }] });
    expect(of("start")[0]?.numTrainSamples).toBe(2 * numTrain);
    expect(of("evaluated").map(({ split }) => split)).toEqual(["val", "val"]);
    const missing = { ...recipe.run, valid_splits: ["valid"], test_splits: [] };
    expect(await failure({ ...recipe, run: missing })).toMatchObject({
      message: "dataset shapes has no split valid; its annotations name train, val, test",
    });
  });

  it("with different processors are refused, not prepared by the first one's", async () => {
    expect(await failure(joined("differs"))).toMatchObject({
      message: "the datasets shapes and more are mixed, but their processors for train differ",
    });
  });
});

describe("splits", () => {
  it("are trained on and evaluated whatever their names, one of them as both", async () => {
    const { of, steps } = await run({
      schedule: { max_epoch: 1 },
      run: {
        train_splits: ["val", "test"],
        valid_splits: ["val"],
        test_splits: ["train"],
        batch_size_train: 6,
      },
    });
    // Three images each, with two captions.
    expect(of("start")[0]?.numTrainSamples).toBe(12);
    expect(steps).toHaveLength(2);
    expect(of("evaluated").map(({ split, epoch }) => [split, epoch])).toEqual([
      ["val", 1],
      ["train", "best"],
    ]);
    expect(of("evaluated")[1]?.samples[0]?.references).toHaveLength(1);
  });

  it("to train on must be named", async () => {
    expect(await failure(tinyRecipe(data, { run: { train_splits: [] } }))).toMatchObject({
      message: "run.train_splits is empty, so there is nothing to train on",
    });
  });
});

describe("an evaluation of captions", () => {
  const evaluated = (task: NonNullable<Changes["task"]>) =>
    run({ task, schedule: { max_epoch: 1 }, run: { valid_splits: ["val"], test_splits: ["test"] } });

  it("scores against the references of a file where the task names one", async () => {
    const annotation_file = join(data, "references.json");
    const annotations = Array.from({ length: 6 }, (_, image_id) => ({ image_id, caption: "a white stripe" }));
    writeFileSync(annotation_file, JSON.stringify({ annotations }));
    const { of } = await evaluated({ annotation_file });
    expect(of("evaluated")).toHaveLength(2);
    for (const { samples } of of("evaluated"))
      for (const { references } of samples) expect(references).toEqual(["a white stripe"]);
    const own = await evaluated({});
    expect(own.of("evaluated")[0]?.metrics).not.toEqual(of("evaluated")[0]?.metrics);
  });

  it("is refused before training where the file lacks an image", async () => {
    const annotation_file = join(data, "few-references.json");
    writeFileSync(annotation_file, JSON.stringify({ annotations: [{ image_id: 0, caption: "a" }] }));
    const { message, steps } = await failure(tinyRecipe(data, { task: { annotation_file } }));
    expect(message).toMatch(/few-references\.json has no caption of image 1, which shapes, split val, shows/);
    expect(steps).toEqual([]);
  });

  it("shows only the images that img_ids names", async () => {
    const { of } = await evaluated({ img_ids: ["1", "2", "4"] });
    expect(of("evaluated").map(({ samples }) => samples.map(({ id }) => id))).toEqual([["1", "2"], ["4"]]);
    expect(of("message").map(({ text }) => text)).toEqual([
      "of 3 samples of val, 2 are evaluated, as the task says",
      "of 3 samples of test, 1 are evaluated, as the task says",
    ]);
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
