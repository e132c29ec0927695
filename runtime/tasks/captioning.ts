import type { OptionsOf } from "../card.ts";
import type { Dataset, ImageId } from "../datasets/dataset.ts";
import { ofImages } from "../datasets/subset.ts";
import { UserError } from "../errors.ts";
import { scoreCaptions } from "../metrics/captions.ts";
import { bestConstantCaption } from "../metrics/constant-caption.ts";
import type { Batch, Captioner, CaptionSampling } from "../models/model.ts";
import type { Key } from "../tensor/index.ts";
import { type CaptioningMetric, captioning as card } from "./captioning.card.ts";
import { ReferenceFile } from "./reference-file.ts";
import type { Baseline, Evaluation, SampleResult, Selection, Task } from "./task.ts";

export type CaptioningOptions = OptionsOf<typeof card>;

/** One generated caption, as COCO's results files have it. */
export interface CaptionResult {
  readonly image_id: ImageId;
  readonly caption: string;
}

/**
 * Image captioning: captions by beam search or sampling, scored as COCO does (LAVIS tasks/captioning.py). Each split is
 * scored against its own references; LAVIS scores a test split of other data against the validation's.
 */
export class CaptioningTask implements Task<Captioner, CaptionResult, CaptioningMetric> {
  readonly name = card.name;
  readonly selection: Selection<CaptioningMetric> | undefined;
  readonly #options: CaptioningOptions;
  readonly #file: ReferenceFile | undefined;

  /** @param file references in place of the datasets' own */
  constructor(options: CaptioningOptions, file?: ReferenceFile) {
    this.#options = options;
    this.#file = file;
    const metric = options.select;
    const direction = card.metrics?.[metric];
    if (!direction) throw new Error(`the card of ${card.name} gives no direction for ${metric}`);
    this.selection = options.report_metric ? { metric, direction } : undefined;
  }

  /** The images that `img_ids` names. */
  narrow(dataset: Dataset): Dataset {
    const { img_ids } = this.#options;
    if (img_ids === null) return dataset;
    const chosen = ofImages(dataset, img_ids);
    if (chosen.length === 0)
      throw new UserError(
        `${dataset.name}, split ${dataset.split}: no image is one of img_ids (${img_ids.slice(0, 3).join(", ")}${img_ids.length > 3 ? ", …" : ""})`,
        dataset.length > 0 ? `its images are called ${dataset.row(0).image_id} and the like` : undefined,
      );
    return chosen;
  }

  check(dataset: Dataset): void {
    if (!this.#options.report_metric) return;
    const references = this.#referencesOf(dataset);
    for (const [image, captions] of references)
      if (captions.length === 0)
        throw new UserError(
          `${dataset.name}, split ${dataset.split}: image ${image} has no reference caption`,
        );
  }

  /** @throws UserError when the batch does not say which images it has. */
  validStep(model: Captioner, batch: Batch, keys: readonly Key[]): CaptionResult[] {
    const ids = batch.image_id;
    if (!ids)
      throw new UserError("captioning needs image_id in its batches, to write and score the captions");
    const { num_beams, max_len, min_len, repetition_penalty, length_penalty } = this.#options;
    const captions = model.generate(batch, {
      num_beams,
      max_length: max_len,
      min_length: min_len,
      repetition_penalty,
      length_penalty,
      ...this.#sampling(keys),
    });
    if (captions.length !== ids.length)
      throw new Error(`the model wrote ${captions.length} captions for ${ids.length} images`);
    return ids.map((image_id, index) => ({ image_id, caption: captions[index]! }));
  }

  #sampling(keys: readonly Key[]): { readonly sampling?: CaptionSampling } {
    const { use_nucleus_sampling, top_p, temperature } = this.#options;
    return use_nucleus_sampling ? { sampling: { keys, top_p, temperature } } : {};
  }

  merge(parts: readonly (readonly CaptionResult[])[]): CaptionResult[] {
    const first = new Map<ImageId, CaptionResult>();
    for (const part of parts)
      for (const result of part) if (!first.has(result.image_id)) first.set(result.image_id, result);
    return [...first.values()];
  }

  /**
   * BLEU-1..4, ROUGE-L, CIDEr and `agg_metrics` = CIDEr + Bleu_4. Images without a result are left out, of
   * CIDEr's document frequencies too, as COCO's evaluation does.
   * @throws UserError when the split has no references, or a result is of an image that it lacks.
   */
  evaluate(results: readonly CaptionResult[], dataset: Dataset): Evaluation<CaptioningMetric> | undefined {
    if (!this.#options.report_metric) return undefined;
    const references = this.#referencesOf(dataset);
    if (results.length === 0)
      throw new UserError(`${dataset.name}, split ${dataset.split}: there are no captions to score`);
    const captions = results.map(({ image_id, caption }) => ({
      caption,
      references: references.get(image_id) ?? unknownImage(image_id, dataset),
    }));
    const { corpus } = scoreCaptions(captions);
    return {
      metrics: { ...corpus, agg_metrics: corpus.CIDEr + corpus.Bleu_4 },
      scored: results.length,
      unscored: references.size - results.length,
    };
  }

  /** The caption among the split's own references with the highest CIDEr when every image gets it. */
  baseline(dataset: Dataset): Baseline | undefined {
    if (!this.#options.constant_baseline) return undefined;
    const references = [...this.#referencesOf(dataset).values()];
    const best = bestConstantCaption(references.flat(), references);
    return best && { prediction: best.caption, metric: "CIDEr", value: best.CIDEr };
  }

  samples(results: readonly CaptionResult[], dataset: Dataset, count: number): SampleResult[] {
    const references = this.#file?.of(dataset) ?? dataset.references?.();
    return results.slice(0, count).map(({ image_id, caption }) => ({
      id: String(image_id),
      prediction: caption,
      references: references?.get(image_id) ?? [],
    }));
  }

  #referencesOf(dataset: Dataset): ReadonlyMap<ImageId, readonly string[]> {
    const references = this.#file?.of(dataset) ?? dataset.references?.();
    if (!references)
      throw new UserError(
        `${dataset.name}, split ${dataset.split}, has no reference captions to score against`,
        "Give the split an annotation file with captions, name one as annotation_file in the task, or set report_metric = false to only write captions.",
      );
    return references;
  }
}

function unknownImage(image: ImageId, dataset: Dataset): never {
  throw new UserError(
    `${dataset.name}, split ${dataset.split}: there is a caption for image ${image}, which the split lacks`,
    'Check that the images\' ids in the annotation file are of one type: 42 is not "42".',
  );
}

/** What programs load: makes the task of a recipe. @throws UserError where its `annotation_file` cannot be read */
export async function createTask(options: CaptioningOptions): Promise<CaptioningTask> {
  const { annotation_file, report_metric } = options;
  const isNeeded = annotation_file !== null && report_metric;
  return new CaptioningTask(options, isNeeded ? await ReferenceFile.open(annotation_file) : undefined);
}
