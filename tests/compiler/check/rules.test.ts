import { describe, expect, it } from "vitest";
import { Catalog, cards } from "../../../compiler/catalog/index.ts";
import { checkRecipe } from "../../../compiler/check-recipe.ts";
import { memoryHost } from "../../../compiler/program/index.ts";
import { bool, type Card, defineCard } from "../../../runtime/card.ts";
import { checkText, lines, recipe } from "../marked.ts";

const check = (text: string, extra: readonly Card[]) =>
  checkRecipe(memoryHost({ "/r.lavis": text }), "r.lavis", { catalog: new Catalog([...cards, ...extra]) });

describe("with more of LAVIS in the catalogue", () => {
  const vqa = defineCard({
    kind: "task",
    name: "pointing",
    doc: "Answers.",
    options: {},
    reads: ["image", "image_id"],
  });
  const pictures = defineCard({
    kind: "dataset",
    name: "pictures",
    doc: "Images without captions.",
    options: { shuffle: bool({ doc: "Shuffle.", default: { value: true } }) },
    provides: ["image"],
  });

  it("a model that cannot do the task is reported at the model", () => {
    const text = recipe({ task: "task pointing" });
    const { diagnostics } = check(text, [vqa]);
    expect(lines(diagnostics)).toEqual(["LV3003 model `blip_caption` cannot do the task `pointing`"]);
    expect(text.slice(diagnostics[0]?.span.start, diagnostics[0]?.span.end)).toBe("model blip_caption.tiny");
    expect(diagnostics[0]?.notes).toEqual(["It can do `captioning`."]);
  });

  it("a dataset without a field is reported for each reader", () => {
    const { diagnostics } = check(recipe({ dataset: "dataset pictures" }), [pictures]);
    expect(lines(diagnostics)).toEqual([
      "LV3004 dataset `pictures` has no text_input, which model `blip_caption` reads",
      "LV3004 dataset `pictures` has no image_id, which task `captioning` reads",
    ]);
  });

  it("an evaluation does not need what only training reads", () => {
    const model = 'model blip_caption.tiny { finetuned = "w.pth" }';
    const { diagnostics } = check(
      recipe({ model, dataset: "dataset pictures", run: "run { device = cpu, evaluate = true }" }),
      [pictures],
    );
    expect(lines(diagnostics)).toEqual([
      "LV3004 dataset `pictures` has no image_id, which task `captioning` reads",
    ]);
  });
});

describe("a rule that depends on the phase", () => {
  const model = 'model blip_caption.tiny { finetuned = "w.pth" }';
  it.each([
    [
      "no length of training",
      recipe({
        model,
        schedule: "schedule { max_epoch = none }",
        run: "run { device = cpu, evaluate = true }",
      }),
    ],
    [
      "no processor for training",
      recipe({
        model,
        dataset: "dataset emoji_caption { vis_processor { train = none } }",
        run: "run { device = cpu, evaluate = true }",
      }),
    ],
    [
      "no training split",
      recipe({ model, run: "run { device = cpu, evaluate = true, train_splits = [nope] }" }),
    ],
    [
      "no metric in an evaluation",
      recipe({
        model,
        task: "task captioning { select = CIDEr }",
        run: "run { device = cpu, evaluate = true, valid_splits = [] }",
      }),
    ],
    ["no validation where nothing is selected", recipe({ run: "run { device = cpu, valid_splits = [] }" })],
    [
      "no processor for evaluation without evaluation",
      recipe({
        dataset: "dataset emoji_caption { vis_processor { eval = none } }",
        run: "run { device = cpu, valid_splits = [], test_splits = [] }",
      }),
    ],
    [
      "pre-trained weights that are not loaded",
      recipe({
        model:
          'model blip_caption.tiny { load_pretrained = true  load_finetuned = true  finetuned = "w.pth" }',
      }),
    ],
    [
      "an evaluation of pre-trained weights",
      recipe({
        model: "model blip_caption.base_coco { load_finetuned = false }",
        run: "run { device = cpu, evaluate = true }",
      }),
    ],
    [
      "mixed precision that the engine lacks in an evaluation, which computes in float32",
      recipe({
        model,
        run: "run { device = cpu, engine = wasm, evaluate = true, amp = true, amp_dtype = float16 }",
      }),
    ],
    ["mixed precision on the engine that is there", recipe({ run: "run { device = cpu, amp = true }" })],
    ["float16 on the GPU", recipe({ run: "run { engine = torch, amp = true, amp_dtype = float16 }" })],
    ["torch on the CPU", recipe({ run: "run { engine = torch, device = cpu, amp = true }" })],
  ])("lets %s be", (_, text) => {
    expect(lines(checkText(text).diagnostics)).toEqual([]);
  });
});

it("several mistakes are all reported, in the order of the text", () => {
  const text = recipe({
    task: "task captioning { max_len = 4, beams = 2 }",
    model: "model blip_caption.tiny { image_size = 100px }",
    run: 'run { device = gpu, seed = "1", distributed = false, world_size = 2 }',
  });
  expect(checkText(text).diagnostics.map(({ code }) => code)).toEqual([
    "LV3006",
    "LV2009",
    "LV3011",
    "LV2106",
    "LV2101",
    "LV3027",
  ]);
});

it("a mistake in a card's name does not bring others with it", () => {
  for (const parts of [
    { model: "model blip_captoin.tiny" },
    { task: "task captionin" },
    { dataset: "dataset emoji" },
  ])
    expect(checkText(recipe(parts)).diagnostics.map(({ code }) => code)).toEqual(["LV2007"]);
});

describe("a secret", () => {
  const model = (options: string) =>
    recipe({ head: 'secret hub = env("HUB_TOKEN")\n', model: `model blip_caption.tiny { ${options} }` });
  it.each([
    ["over https", 'load_finetuned = true, finetuned = "https://a.org/w.pth", weights_token = hub'],
    [
      "to this machine",
      'load_finetuned = true, finetuned = "http://localhost:8000/w.pth", weights_token = hub',
    ],
    ["not at all where the weights are not loaded", 'finetuned = "http://a.org/w.pth", weights_token = hub'],
    ["not at all where there is none", 'load_finetuned = true, finetuned = "http://a.org/w.pth"'],
  ])("may be sent %s", (_, options) => {
    expect(lines(checkText(model(options)).diagnostics)).toEqual([]);
  });
});

it("captions of images without any are scored where the task names a file of references", () => {
  const parts = (task: string) => ({
    task: `task captioning { ${task} }`,
    model: 'model blip_caption.tiny { finetuned = "w.pth" }',
    dataset: 'dataset mine from csv { annotations { val = "v.csv" }  columns { caption = none } }',
    run: "run { device = cpu, evaluate = true, test_splits = [] }",
  });
  const codes = (task: string) => checkText(recipe(parts(task))).diagnostics.map(({ code }) => code);
  expect(codes("")).toEqual(["LV3070"]);
  expect(codes('annotation_file = "references.json"')).toEqual([]);
});
