import { describe, expect, it } from "vitest";
import type { Dataset, ImageId } from "../../../runtime/datasets/dataset.ts";
import { UserError } from "../../../runtime/errors.ts";
import type {
  Batch,
  Captioner,
  CaptioningOptions as GenerateOptions,
} from "../../../runtime/models/model.ts";
import { type CaptioningOptions, CaptioningTask } from "../../../runtime/tasks/captioning.ts";
import { isBetter, resultFile } from "../../../runtime/tasks/task.ts";
import { key } from "../../../runtime/tensor/index.ts";
import { goldenJson } from "../../golden.ts";

const options: CaptioningOptions = {
  max_len: 20,
  min_len: 5,
  num_beams: 3,
  repetition_penalty: 1.1,
  length_penalty: 0.5,
  use_nucleus_sampling: false,
  top_p: 0.8,
  temperature: 0.7,
  report_metric: true,
  constant_baseline: false,
  annotation_file: null,
  load_gt_from_file: false,
  sample_id_key: "image_id",
  caption_key: "caption",
  img_ids: null,
  select: "agg_metrics",
};

function dataset(references?: ReadonlyMap<ImageId, readonly string[]>): Dataset {
  return {
    name: "emoji_caption",
    split: "val",
    length: references?.size ?? 0,
    row: () => {
      throw new Error("metrics read no rows");
    },
    origin: () => "",
    ...(references && { references: () => references }),
  };
}

/** A captioner that says what it is told, and remembers how it was asked. */
function captioner(captions: readonly string[]) {
  const asked: GenerateOptions[] = [];
  const model = {
    generate(_: Batch, options: GenerateOptions) {
      asked.push(options);
      return [...captions];
    },
  } as unknown as Captioner;
  return { model, asked };
}
const batch = (ids?: readonly ImageId[]) => ({ ...(ids && { image_id: ids }) }) as unknown as Batch;
const keys = [key(1), key(2)];

describe("the captioning task", () => {
  it("generates with the recipe's options and pairs captions with their images", () => {
    const { model, asked } = captioner(["a dog", "a cat"]);
    expect(new CaptioningTask(options).validStep(model, batch([3, "x"]), keys)).toEqual([
      { image_id: 3, caption: "a dog" },
      { image_id: "x", caption: "a cat" },
    ]);
    expect(asked).toEqual([
      { num_beams: 3, max_length: 20, min_length: 5, repetition_penalty: 1.1, length_penalty: 0.5 },
    ]);
  });

  it("draws captions where the recipe says so, with the samples' keys", () => {
    const { model, asked } = captioner(["a dog", "a cat"]);
    new CaptioningTask({ ...options, use_nucleus_sampling: true }).validStep(model, batch([3, "x"]), keys);
    expect(asked).toMatchObject([{ sampling: { keys, top_p: 0.8, temperature: 0.7 } }]);
  });

  it("finds the best constant caption of a split where it is asked for", () => {
    const references = new Map<ImageId, readonly string[]>([
      [1, ["a red flag", "flag"]],
      [2, ["a blue flag", "flag"]],
      [3, ["grinning face"]],
    ]);
    expect(new CaptioningTask(options).baseline(dataset(references))).toBeUndefined();
    const baseline = new CaptioningTask({ ...options, constant_baseline: true }).baseline(
      dataset(references),
    );
    expect(baseline).toMatchObject({ metric: "CIDEr", prediction: expect.any(String) });
    expect([...references.values()].flat()).toContain(baseline?.prediction);
    expect(baseline?.value).toBeGreaterThan(0);
  });

  it("refuses batches without image ids, and models that lose a caption", () => {
    expect(() => new CaptioningTask(options).validStep(captioner(["a"]).model, batch(), keys)).toThrow(
      "needs image_id",
    );
    expect(() => new CaptioningTask(options).validStep(captioner(["a"]).model, batch([1, 2]), keys)).toThrow(
      "1 captions for 2 images",
    );
  });

  it('keeps the first result of an image seen twice; 1 and "1" are two images', () => {
    const results = [
      { image_id: 1, caption: "a" },
      { image_id: "1", caption: "b" },
    ];
    expect(new CaptioningTask(options).merge([results, [{ image_id: 1, caption: "c" }]])).toEqual(results);
  });

  it("scores as COCO's evaluation does, with agg_metrics = CIDEr + Bleu_4", () => {
    const results = goldenJson<{ image_id: number; caption: string }[]>("metrics_ptb", "results.json");
    const { annotations } = goldenJson<{ annotations: { image_id: number; caption: string }[] }>(
      "metrics_ptb",
      "coco_gt.json",
    );
    const references = new Map<ImageId, string[]>();
    for (const { image_id, caption } of annotations)
      references.set(image_id, [...(references.get(image_id) ?? []), caption]);
    const golden = goldenJson<{ scores: Record<string, number> }>("metrics_ptb", "coco_scores.json").scores;
    const evaluation = new CaptioningTask(options).evaluate(results, dataset(references));
    expect(evaluation?.metrics.agg_metrics).toBeCloseTo(golden["agg_metrics (CIDEr + Bleu_4)"]!, 6);
    expect(evaluation?.metrics.ROUGE_L).toBeCloseTo(golden.ROUGE_L!, 6);
    expect(evaluation).toMatchObject({ scored: results.length, unscored: references.size - results.length });
  });

  it("says which images have no result", () => {
    const references = new Map<ImageId, string[]>([
      [1, ["a dog"]],
      [2, ["a cat"]],
      [3, ["a bird"]],
    ]);
    const evaluation = new CaptioningTask(options).evaluate(
      [
        { image_id: 1, caption: "a dog" },
        { image_id: 2, caption: "a cat" },
      ],
      dataset(references),
    );
    expect(evaluation).toMatchObject({ scored: 2, unscored: 1 });
  });

  it("names a split without references, before and after, and the way out", () => {
    for (const act of [
      () => new CaptioningTask(options).check(dataset()),
      () => new CaptioningTask(options).evaluate([{ image_id: 1, caption: "a" }], dataset()),
    ]) {
      expect(act).toThrow(UserError);
      expect(act).toThrow("emoji_caption, split val, has no reference captions");
    }
    expect(() => new CaptioningTask(options).check(dataset(new Map([[7, []]])))).toThrow(
      "image 7 has no reference caption",
    );
  });

  it("refuses captions of unknown images, and none at all", () => {
    const references = new Map<ImageId, string[]>([[1, ["a"]]]);
    const evaluate = (id: ImageId) => () =>
      new CaptioningTask(options).evaluate([{ image_id: id, caption: "a" }], dataset(references));
    expect(evaluate("1")).toThrow("a caption for image 1, which the split lacks");
    expect(() => new CaptioningTask(options).evaluate([], dataset(references))).toThrow(
      "no captions to score",
    );
  });

  it("only writes results where report_metric is false", () => {
    const task = new CaptioningTask({ ...options, report_metric: false });
    expect(task.selection).toBeUndefined();
    expect(() => task.check(dataset())).not.toThrow();
    expect(task.evaluate([{ image_id: 1, caption: "a" }], dataset())).toBeUndefined();
  });

  it("evaluates the images that img_ids names, and says where there is none of them", () => {
    const ids = [41, 42, 43];
    const val: Dataset = {
      ...dataset(),
      length: ids.length,
      row: (index) => ({ image: "", image_id: ids[index] ?? 0, instance_id: String(index) }),
    };
    expect(new CaptioningTask(options).narrow(val)).toBe(val);
    const some = new CaptioningTask({ ...options, img_ids: ["43", "7"] }).narrow(val);
    expect([some.length, some.row(0).image_id]).toEqual([1, 43]);
    expect(() => new CaptioningTask({ ...options, img_ids: ["a", "b", "c", "d"] }).narrow(val)).toThrow(
      "emoji_caption, split val: no image is one of img_ids (a, b, c, …)",
    );
  });

  it("selects by the recipe's metric", () => {
    expect(new CaptioningTask({ ...options, select: "ROUGE_L" }).selection).toEqual({
      metric: "ROUGE_L",
      direction: "higher",
    });
  });

  it("shows samples beside the references", () => {
    const references = new Map<ImageId, string[]>([[1, ["a dog"]]]);
    const samples = new CaptioningTask(options).samples(
      [
        { image_id: 1, caption: "x" },
        { image_id: 2, caption: "y" },
      ],
      dataset(references),
      1,
    );
    expect(samples).toEqual([{ id: "1", prediction: "x", references: ["a dog"] }]);
  });
});

describe("picking the best", () => {
  it("follows the direction, and never takes NaN or a tie", () => {
    const higher = { metric: "CIDEr", direction: "higher" } as const;
    const lower = { metric: "loss", direction: "lower" } as const;
    expect(isBetter(higher, 0, undefined)).toBe(true);
    expect([isBetter(higher, 2, 1), isBetter(higher, 1, 1), isBetter(higher, 0, 1)]).toEqual([
      true,
      false,
      false,
    ]);
    expect([isBetter(lower, 0, 1), isBetter(lower, 2, 1)]).toEqual([true, false]);
    expect(isBetter(higher, Number.NaN, undefined)).toBe(false);
  });

  it("results are named as LAVIS names them", () => {
    expect(resultFile("val", 3)).toBe("result/val_epoch3.json");
    expect(resultFile("test", "best")).toBe("result/test_epochbest.json");
  });
});
