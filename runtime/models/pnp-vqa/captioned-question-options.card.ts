import { block, bool, checkpoint, count, oneOf, string } from "../../card.ts";
import { embeddingSize } from "../options/contrastive.card.ts";
import { blipWeights } from "../options/weights.card.ts";

/** What both BLIP models of the pipeline have: their weights, and a large vision transformer. */
const blipPart = (weights: string, recomputedBlocks: number) =>
  ({
    load_finetuned: bool({ doc: "Load the weights that `finetuned` names.", default: { value: true } }),
    finetuned: checkpoint({ doc: "Its weights: a path or a URL.", default: { value: blipWeights(weights) } }),
    image_size: count({
      doc: "Height and width of its input image.",
      dimension: "pixels",
      range: { min: 1 },
      default: { value: 384 },
    }),
    vit_type: oneOf(["base", "large"], {
      doc: "Size of its vision transformer.",
      default: { value: "large" },
    }),
    vit_grad_ckpt: bool({
      doc: "Compute activations again in the backward pass: less memory, more time.",
      default: { value: recomputedBlocks > 0 },
    }),
    vit_ckpt_layer: count({
      doc: "How many of the last blocks `vit_grad_ckpt` recomputes.",
      default: { value: recomputedBlocks },
    }),
  }) as const;

/** The BLIP models that turn a question about an image into captions (LAVIS models/pnp_vqa_models, img2prompt_models). */
export const captionedQuestion = {
  image_question_matching_model: block(
    { ...blipPart("model_large_retrieval_coco_train2014.pth", 0), ...embeddingSize },
    { doc: "The `blip_image_text_matching` model that finds the patches a question looks at." },
  ),
  image_captioning_model: block(
    {
      ...blipPart("model_large_caption_coco_train2014.pth", 5),
      prompt: string({ doc: "Start of every caption.", default: { value: "a picture of " } }),
    },
    { doc: "The `blip_caption` model that describes these patches." },
  ),
} as const;
