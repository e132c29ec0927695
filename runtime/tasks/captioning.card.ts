import { bool, defineCard, listOf, number, oneOf, path, ratio, string } from "../card.ts";
import { trainedWith } from "../train/training-defaults.card.ts";
import { generatedLength, lengthPenalty, numBeams, repetitionPenalty } from "./generation-options.card.ts";

/** What one evaluation of a captioner gives; `agg_metrics` is LAVIS's sum CIDEr + Bleu_4. */
const metrics = {
  agg_metrics: "higher",
  Bleu_1: "higher",
  Bleu_2: "higher",
  Bleu_3: "higher",
  Bleu_4: "higher",
  ROUGE_L: "higher",
  CIDEr: "higher",
} as const;

export type CaptioningMetric = keyof typeof metrics;

/** What only the search, or only drawing, reads. */
const whileSampling = { idleWhile: { option: "use_nucleus_sampling", is: true } } as const;
const whileSearching = { idleWhile: { option: "use_nucleus_sampling", is: false } } as const;

const ownReferences = "references are what the dataset or `annotation_file` has in this version";

/** Image captioning: trains on captions, evaluates generated ones (LAVIS tasks/captioning.py). */
export const captioning = defineCard({
  kind: "task",
  name: "captioning",
  doc: "Generates a caption for each image and scores it against the references with BLEU, ROUGE-L and CIDEr.",
  options: {
    ...generatedLength("caption", 20, 5, "; the model's prompt counts, as in LAVIS"),
    num_beams: { ...numBeams(3), ...whileSampling },
    repetition_penalty: repetitionPenalty,
    length_penalty: { ...lengthPenalty(1.0), ...whileSampling },
    use_nucleus_sampling: bool({
      doc: "Draw captions at random, token by token from the 50 likeliest at most (Holtzman et al. 2020), rather than search the likeliest. What is drawn for an image follows from `run.seed` and its place in the split.",
      default: { value: false },
    }),
    top_p: ratio({
      doc: "Tokens are drawn from the likeliest that together have this probability.",
      range: { above: 0 },
      default: { value: 0.9 },
      ...whileSearching,
    }),
    temperature: number({
      doc: "Divides the tokens' scores before they are drawn: below 1 the likely ones are drawn more often, above 1 less.",
      range: { above: 0 },
      default: { value: 1 },
      ...whileSearching,
    }),
    report_metric: bool({
      doc: "Score the captions. Where false they are only written, and the checkpoint of the last epoch is the best.",
      default: { value: true },
    }),
    constant_baseline: bool({
      doc: "In the test, also score the best constant caption: what a model gets that does not look at the image.",
      default: { value: false },
    }),
    annotation_file: path({
      doc: "Reference captions in COCO's format, of all images that are evaluated, for every split; none takes those of each dataset's annotations.",
      nullable: true,
      default: { value: null },
    }),
    load_gt_from_file: bool({
      doc: "Read the reference captions from the annotation file rather than from the samples.",
      default: { value: false },
      only: { value: false, because: ownReferences },
    }),
    sample_id_key: string({
      doc: "The field of a sample that names it in results and ground truth.",
      default: { value: "image_id" },
      only: { value: "image_id", because: ownReferences },
    }),
    caption_key: string({
      doc: "The field of an annotation that holds its captions.",
      default: { value: "caption" },
      only: { value: "caption", because: ownReferences },
    }),
    img_ids: listOf(string({ doc: "The name of a sample." }), {
      doc: "The samples that are evaluated, by the names of their images; none takes all.",
      nullable: true,
      default: { value: null },
    }),
    select: oneOf(Object.keys(metrics) as CaptioningMetric[], {
      doc: "The metric that picks the best checkpoint; `agg_metrics` is CIDEr + Bleu_4, as in LAVIS.",
      noun: "metric",
      default: { value: "agg_metrics" },
    }),
  },
  defaults: trainedWith({ init_lr: 1e-5, max_epoch: 5, batch: [32, 64] }),
  reads: ["image_id"],
  metrics,
});
