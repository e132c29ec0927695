import { block, defineCard } from "../../card.ts";
import { processedBy } from "../options/defaults.card.ts";
import { captionedQuestion } from "./captioned-question-options.card.ts";
import { unifiedQaOptions } from "./unifiedqa-options.card.ts";

const answering = (size: "base" | "large" | "3b") => ({
  question_answering_model: { pretrained: `allenai/unifiedqa-v2-t5-${size}-1363200` },
});

/** LAVIS models/pnp_vqa_models/pnp_vqa.py. */
export const pnp_vqa = defineCard({
  kind: "model",
  name: "pnp_vqa",
  implemented: false,
  doc: "Plug-and-play question answering without training: captions of what the question looks at, read by UnifiedQA (Tiong et al. 2022).",
  options: {
    ...captionedQuestion,
    question_answering_model: block(unifiedQaOptions, {
      doc: "The `pnp_unifiedqav2_fid` model that answers from the captions.",
    }),
  },
  defaults: processedBy("blip_image_eval", "blip_image_eval", "blip_caption"),
  variants: {
    base: { doc: "UnifiedQA of 220 million parameters.", options: answering("base") },
    large: { doc: "UnifiedQA of 770 million parameters.", options: answering("large") },
    unifiedqa_3b: { doc: "UnifiedQA of 3 billion parameters.", lavisName: "3b", options: answering("3b") },
  },
  tasks: ["vqa_reading_comprehension", "gqa_reading_comprehension"],
  reads: ["image", "text_input"],
});
