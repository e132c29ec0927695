import { describe, expect, it } from "vitest";
import { catalog } from "../../../compiler/catalog/index.ts";
import { find, optionsIn } from "../../../compiler/check/rule.ts";
import {
  type Plan,
  type PlanRequest,
  planRecipe,
  planText,
  type TrainingFigures,
} from "../../../compiler/plan/index.ts";
import { isUnknown, type Known } from "../../../compiler/plan/known.ts";
import { sizedModels } from "../../../compiler/plan/size.ts";
import { checkText, type Parts, recipe } from "../marked.ts";

/** The plan of a recipe with these sections. */
function planned(parts: Parts, request?: PlanRequest, params: readonly string[] = []): Plan {
  const [first] = checkText(recipe(parts), { params }).partial;
  if (first === undefined) throw new Error("there is no recipe");
  return planRecipe(first, request);
}

function training(parts: Parts, request?: PlanRequest): TrainingFigures {
  const { training: figures } = planned(parts, request);
  if (isUnknown(figures)) throw new Error(figures.unknown);
  return figures;
}

function known<T>(value: Known<T>): T {
  if (isUnknown(value)) throw new Error(value.unknown);
  return value;
}

const coco = {
  model: "model blip_caption.base_coco",
  dataset: "dataset coco_caption",
  schedule: "schedule { init_lr = 1e-5, max_epoch = 5 }",
};

describe("the parameters of a plan", () => {
  it("are counted by part, and those that are trained", () => {
    const { parts, total, trained } = known(planned(coco).parameters);
    expect(parts.map(({ name }) => name)).toEqual([
      "vision transformer",
      "word and position embeddings",
      "text decoder",
      "head that scores words",
    ]);
    expect(parts.reduce((sum, { parameters }) => sum + parameters, 0)).toBe(total);
    expect(trained).toBe(total);
    expect(total).toBe(223_971_644);
  });

  it("are not trained in a part that is frozen", () => {
    const model = "model blip_caption.base_coco { freeze = visual_encoder }";
    const { parts, total, trained } = known(planned({ ...coco, model }).parameters);
    expect(parts.map((part) => part.trained === part.parameters)).toEqual([false, true, true, true]);
    expect(total - trained).toBe(86_090_496);
  });

  it("take the tokens of the vocabulary's file, and add those that it lacks", () => {
    const model = 'model blip_caption.tiny { vocab_file = "v.txt" }';
    const count = (tokens: readonly string[]) =>
      known(planned({ model }, { readVocabulary: () => tokens }).parameters).total;
    expect(count(["a", "[DEC]", "[ENC]"])).toBe(count(["a"]));
    // A word has a vector of 192, and a bias in the head.
    expect(count(["a", "b"]) - count(["a"])).toBe(192 + 1);
    expect(planned({ model }).parameters).toEqual({
      unknown: "the vocabulary /v.txt is not there to be counted",
    });
  });

  it("are not known of a model that the runtime lacks, nor is what follows from them; the rest is", () => {
    const plan = planned({ ...coco, task: "task retrieval", model: "model blip_retrieval.coco" });
    expect(plan.parameters).toEqual({
      unknown: "this version of the runtime does not have the model blip_retrieval, nor its size",
    });
    const figures = known(plan.training);
    expect(isUnknown(figures.memory)).toBe(true);
    expect(isUnknown(figures.checkpoints)).toBe(true);
    expect(isUnknown(figures.rates)).toBe(false);
  });

  it("are not known of a model of the user's own", () => {
    const [one] = checkText(recipe()).partial;
    if (one?.model === undefined) throw new Error("the recipe has a model");
    const model = { ...one.model, card: { ...one.model.card, name: "mine" } };
    expect(planRecipe({ ...one, model }).parameters).toEqual({
      unknown: "the size of mine is not known before it is built",
    });
  });

  it("are known of every model that the runtime has", () => {
    const runnable = catalog
      .all()
      .filter(({ kind, implemented }) => kind === "model" && implemented !== false);
    expect(runnable.map(({ name }) => name).sort()).toEqual([...sizedModels].sort());
  });

  it("are not known where a parameter of the recipe decides, until it has a value", () => {
    const parts = {
      head: "param side: count",
      model: "model blip_caption.tiny { image_size = side }",
    };
    expect(planned(parts).parameters).toEqual({
      unknown: "model.image_size has no value before the run: give its parameter one with -p",
    });
    expect(isUnknown(planned(parts, {}, ["side=64"]).parameters)).toBe(false);
  });
});

describe("the length of a plan", () => {
  it("comes from the samples that the data set's card documents", () => {
    expect(known(training(coco).length)).toMatchObject({
      samples: 566_747,
      batch: 32,
      processes: 1,
      stepsPerEpoch: 17_710,
      totalSteps: 88_550,
      samplesSeen: 88_550 * 32,
    });
  });

  it("adds the data sets up, and takes what is given instead", () => {
    const dataset = "dataset coco_caption\n  dataset emoji_caption";
    expect(known(training({ ...coco, dataset }).length).samples).toBe(566_747 + 19_344);
    expect(known(training(coco, { samples: 3200 }).length)).toMatchObject({
      samples: 3200,
      stepsPerEpoch: 100,
    });
  });

  it("says what is drawn from each data set where ratios do, in an epoch of the same length", () => {
    const mixed = (first: string, second: string) => {
      const dataset = `dataset coco_caption { ${first} }\n  dataset emoji_caption { ${second} }`;
      return known(training({ ...coco, dataset }).length);
    };
    const plain = mixed("", "");
    expect(plain.mixture).toEqual([]);
    const { mixture, ...rest } = mixed("ratio = 3", "ratio = 1");
    expect({ ...rest, mixture: [] }).toEqual(plain);
    const seen = plain.samplesSeen;
    expect(mixture).toEqual([
      { dataset: "coco_caption", share: 0.75, samplesSeen: 0.75 * seen, timesEach: (0.75 * seen) / 566_747 },
      { dataset: "emoji_caption", share: 0.25, samplesSeen: 0.25 * seen, timesEach: (0.25 * seen) / 19_344 },
    ]);
    expect(known(mixed("", "ratio = 0.2").mixture).map(({ share }) => share)).toEqual([0.8, 0.2]);
  });

  it("tells what is known of a mixture with a parameter, or with data that nobody counted", () => {
    const own = 'dataset mine from csv { annotations { train = "train.csv" } ratio = 0.5 }';
    const parts = (ratio: string) => ({
      ...coco,
      head: "param part: number",
      dataset: `dataset coco_caption { ratio = ${ratio} }\n  ${own}`,
    });
    const mixture = (ratio: string) => known(training(parts(ratio), { samples: 3200 }).length).mixture;
    expect(mixture("part")).toEqual({
      unknown: "the ratio of coco_caption has no value before the run: give its parameter one with -p",
    });
    expect(known(mixture("0.5"))[1]).toMatchObject({
      share: 0.5,
      samplesSeen: 8000,
      timesEach: { unknown: expect.stringContaining("nobody has counted the split train of mine") },
    });
    expect(planText(planned(parts("0.5"), { samples: 3200 }))).toContain(`
  samples seen       16,000
  of coco_caption     8,000  50.0 %, each sample 0.0141 times
  of mine             8,000  50.0 %
`);
  });

  it("shares a step among processes and batches", () => {
    const run = "run { device = cpu, batch_size_train = 10, world_size = 4, accum_grad_iters = 3 }";
    expect(known(training({ ...coco, run }, { samples: 1000 }).length)).toMatchObject({
      // 25 global batches, three to a step, the last step takes the one that is left.
      stepsPerEpoch: 9,
      samplesSeen: 5 * 1000,
    });
    const alone = run.replace("world_size = 4", "distributed = false");
    expect(known(training({ ...coco, run: alone }, { samples: 1000 }).length)).toMatchObject({
      processes: 1,
    });
  });

  it("is not known where nobody counted the samples: the annotations are the recipe's own", () => {
    const dataset = 'dataset coco_caption { build_info { annotations { train = "mine.json" } } }';
    expect(training({ ...coco, dataset }).length).toEqual({
      unknown: "nobody has counted the split train of coco_caption: give the samples of a pass, --samples N",
    });
  });

  it("needs no samples where it is counted in steps", () => {
    const parts = {
      ...coco,
      dataset: 'dataset coco_caption { build_info { annotations { train = "mine.json" } } }',
      schedule: "schedule { init_lr = 1e-5, max_iters = 1_000, iters_per_inner_epoch = 400 }",
    };
    expect(known(training(parts).length)).toMatchObject({ epochs: 3, totalSteps: 1000 });
  });

  it("is none where a pass is less than a batch", () => {
    expect(training(coco, { samples: 31 }).length).toEqual({
      unknown: "a pass of 31 samples is less than one batch of 32, so there is no step",
    });
  });
});

describe("the samples that cards document", () => {
  const counted = catalog.all().filter(({ samples }) => samples !== undefined);

  it.each(counted.map((card) => [card.name, card] as const))(
    "are of splits that %s has",
    (name, { samples = {} }) => {
      const [one] = checkText(recipe({ dataset: `dataset ${name}` })).partial;
      const annotations = find(one?.datasets[0], "build_info", "annotations");
      const splits = [...((annotations && optionsIn(annotations.value)) ?? new Map()).keys()];
      expect(splits).toEqual(expect.arrayContaining(Object.keys(samples)));
    },
  );
});

describe("the learning rates of a plan", () => {
  const points = (schedule: string, samples: number) =>
    known(training({ ...coco, schedule }, { samples }).rates).points;

  it("are those of the first step, the end of the warm-up, half way, and the last step", () => {
    const schedule =
      "schedule linear_warmup_cosine_lr { init_lr = 1e-4, min_lr = 1e-6, warmup_lr = 1e-6, warmup_steps = 50, max_epoch = 1 }";
    const found = points(schedule, 32 * 151);
    expect(found.map(({ when, step }) => [when, step])).toEqual([
      ["start", 0],
      ["warm-up end", 50],
      ["half", 75],
      ["end", 150],
    ]);
    expect(found.map(({ rate }) => rate)).toEqual([1e-6, 1e-4, expect.closeTo(8.55e-5, 7), 1e-6]);
  });

  it("follow each schedule, and its staircase", () => {
    expect(points("schedule constant_lr { init_lr = 1e-4, max_epoch = 2 }", 640).at(-1)?.rate).toBe(1e-4);
    const decayed = "schedule linear_warmup_step_lr { init_lr = 1e-4, lr_decay_rate = 0.5, max_epoch = 3";
    expect(points(`${decayed}, per_epoch_staircase = true }`, 640).at(-1)?.rate).toBe(2.5e-5);
    expect(points(`${decayed} }`, 640).at(-1)?.rate).toBeLessThan(1.4e-5);
  });

  it("are drawn from every step of a short run", () => {
    const { curve } = known(training(coco, { samples: 64 }).rates);
    expect(curve).toHaveLength(10);
    expect(curve[0]).toBe(1e-5);
    expect(curve.at(-1)).toBe(0);
  });

  it("are those of one step where there is only one", () => {
    expect(points("schedule { init_lr = 1e-5, max_epoch = 1 }", 32).map(({ step }) => step)).toEqual([
      0, 0, 0,
    ]);
  });
});

describe("the checkpoints of a plan", () => {
  const kept = (options: string) =>
    known(
      training({
        ...coco,
        schedule: "schedule { init_lr = 1e-5, max_epoch = 12 }",
        run: `run { device = cpu, ${options} }`,
      }).checkpoints,
    ).kept;

  it.each([
    // Epochs 5 and 10, the best, the last.
    ["save_freq = 5", 4],
    ["save_freq = 4", 4],
    ["save_freq = 0", 2],
    ["save_freq = 0, save_last = false", 1],
    ["save_freq = 1", 12],
    ["save_freq = 5, valid_splits = []", 3],
  ])("are kept by %s: %i", (options, expected) => {
    expect(kept(options)).toBe(expected);
  });

  it("hold weights, buffers and two moments, and need room for one more", () => {
    const { bytesEach, kept: count, bytes } = known(training(coco).checkpoints);
    expect(bytesEach).toBe(12 * 223_971_644 + 4 * 512);
    expect(bytes).toBe((count + 1) * bytesEach);
  });
});

describe("the time of a plan", () => {
  it("is that of all steps", () => {
    const step = { seconds: 0.5, source: "--step-seconds" };
    expect(training(coco, { samples: 3200, step }).time).toEqual({ ...step, total: 250 });
  });

  it("is not known without a measured step, and says how to get one", () => {
    expect(training(coco).time).toEqual({
      unknown: "no step was measured: give --step-seconds X, or --from the folder of a run",
    });
  });
});

describe("a plan", () => {
  it("of a recipe that only evaluates has no training", () => {
    const plan = planned({ ...coco, schedule: "", run: "run { device = cpu, evaluate = true }" });
    expect(plan.training).toEqual({ unknown: "the recipe only evaluates" });
    expect(planText(plan)).toContain("training\n  none: the recipe only evaluates\n");
  });

  it("of a recipe with mistakes tells what can be told", () => {
    const plan = planned({
      model: "model blip_capton.tiny",
      schedule: "schedule { init_lr = 1e-5 }",
      run: "",
    });
    expect(plan.parameters).toEqual({ unknown: "the recipe has no model" });
    expect(planText(plan)).toContain("parameters\n  unknown: the recipe has no model\n");
  });

  it("is shown in columns", () => {
    const step = { seconds: 0.35, source: "median of 20 steps of output/r/latest" };
    expect(planText(planned(coco, { step }))).toMatchInlineSnapshot(`
      "recipe r, model blip_caption.base_coco

      parameters
        vision transformer             86,090,496  trained
        word and position embeddings   23,837,184  trained
        text decoder                  113,421,312  trained
        head that scores words            622,652  trained
        all                           223,971,644  trained

      training
        samples of a pass    566,747
        samples of a step         32  32 a process
        steps of an epoch     17,710
        epochs                     5
        steps                 88,550
        samples seen       2,833,600

      learning rate
        start  1e-5  step 1, linear_warmup_cosine_lr
        half   5e-6  step 44,276
        end       0  step 88,550
        ⠉⠉⠉⠉⠉⠉⠒⠒⠒⠒⠤⠤⠤⣀⣀⡀
                       ⠈⠉⠉⠒⠒⠤⠤⣀⣀
                                ⠉⠉⠒⠒⠢⠤⢄⣀⡀
                                        ⠈⠉⠉⠑⠒⠒⠤⠤⠤⠤⢄⣀⣀⣀⣀⣀

      memory of a process
        weights               896 MB
        gradients                0 B  none yet
        optimizer's moments   1.8 GB
        activations          14.9 GB
        engine                972 MB  torch on cpu
        estimated peak       18.5 GB  when the forward pass has ended; within 10 %

      disk
        a checkpoint      2.7 GB  weights and the optimizer's moments
        checkpoints kept       2  at most
        needed            8.1 GB  with the one that is being written

      time
        a step         350 ms  median of 20 steps of output/r/latest
        all steps  8 h 37 min  validation and tests come on top
      "
    `);
  });
});
