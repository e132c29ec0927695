import { block, bool, count, ratio } from "../../card.ts";
import { processedBy } from "../options/defaults.card.ts";
import { bertOptions, bertVocabularyFile, fusionLayer } from "../options/text.card.ts";

const rate = (doc: string, of: number) => ratio({ doc, range: { below: 1 }, default: { value: of } });

/** ALPRO's encoders: TimeSformer, with attention in space and in time, and BERT (Li et al. 2022; LAVIS models/timesformer). */
export const alproEncoders = {
  timesformer: block(
    {
      n_frms: count({ doc: "Frames of each video.", range: { min: 1 }, default: { value: 8 } }),
      image_size: count({
        doc: "Height and width of a frame; a multiple of `patch_size`.",
        dimension: "pixels",
        range: { min: 1 },
        default: { value: 224 },
      }),
      patch_size: count({
        doc: "Height and width of a patch of a frame.",
        dimension: "pixels",
        range: { min: 1 },
        default: { value: 16 },
      }),
      attn_drop_rate: rate("Dropout of the attention weights, in training.", 0),
      drop_rate: rate("Dropout of embeddings and hidden states, in training.", 0),
      drop_path_rate: rate("Stochastic depth: chance of skipping the last block, in training.", 0.1),
      use_grad_ckpt: bool({
        doc: "Compute activations again in the backward pass: less memory, more time, the same result.",
        default: { value: false },
      }),
      ckpt_layer: count({
        doc: "How many blocks `use_grad_ckpt` recomputes.",
        default: { value: 0 },
      }),
    },
    { doc: "The encoder of videos." },
  ),
  vocab_file: bertVocabularyFile,
  ...bertOptions("encoder"),
  ...fusionLayer,
} as const;

/** The processors of LAVIS's ALPRO configurations. */
export const alproProcessors = processedBy("alpro_video_train", "alpro_video_eval", "blip_caption");
