import { basename } from "node:path";
import { importYaml } from "../../../compiler/import-yaml/index.ts";
import { type Catalog, type CheckResult, checkRecipe, memoryHost } from "../../../compiler/index.ts";
import { SourceText } from "../../../grammar/index.ts";

/** What became of a YAML text, and what the recipe's check says. */
export interface ImportedText {
  /** The recipe; empty where the file was refused. */
  readonly text: string;
  /** "LV5007 12: LAVIS has no model `x`", with the line, for each reason of a refusal. */
  readonly refusals: readonly string[];
  readonly notes: readonly string[];
  readonly check: CheckResult;
}

export function importText(yaml: string, path = "recipe.yaml", catalog?: Catalog): ImportedText {
  const source = new SourceText(yaml, path);
  const imported = importYaml(source, {
    stem: basename(path, ".yaml"),
    ...(catalog && { catalog }),
  });
  const text = imported.kind === "recipe" ? imported.text : "";
  const diagnostics = imported.kind === "refused" ? imported.diagnostics : [];
  return {
    text,
    refusals: diagnostics.map(
      ({ code, message, span }) => `${code} ${source.positionAt(span.start).line}: ${message}`,
    ),
    notes: diagnostics.flatMap(({ notes }) => notes),
    check: checkRecipe(memoryHost({ "/recipe.lavis": text }), "/recipe.lavis", catalog && { catalog }),
  };
}

/** A configuration without mistakes, with `changed` lines in place of some. */
export function configuration({ model = "", dataset = "", run = "" } = {}): string {
  return `model:
  arch: blip_caption
  model_type: base_coco
  load_finetuned: False
${model}
datasets:
  coco_caption:
    vis_processor:
      train:
        name: blip_image_train
      eval:
        name: blip_image_eval
    text_processor:
      train:
        name: blip_caption
        prompt: "a picture of "
      eval:
        name: blip_caption
${dataset}
run:
  task: captioning
  lr_sched: linear_warmup_cosine_lr
  init_lr: 1e-5
  min_lr: 0
  max_epoch: 5
  batch_size_train: 32
  batch_size_eval: 64
  num_workers: 4
  seed: 42
  output_dir: output/BLIP/Caption_coco
  evaluate: False
  device: cuda
  train_splits: [train]
  valid_splits: [val]
  test_splits: [test]
${run}`;
}

/** The lines of a text that hold a word. */
export const linesWith = (text: string, word: string): readonly string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.includes(word));
