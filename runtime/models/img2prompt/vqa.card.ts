import { block, checkpoint, defineCard } from "../../card.ts";
import { processedBy } from "../options/defaults.card.ts";
import { captionedQuestion } from "../pnp-vqa/captioned-question-options.card.ts";

const questionMaker =
  "https://storage.googleapis.com/sfr-vision-language-research/LAVIS/projects/img2prompt/T5_large_QG.pth";

/** LAVIS models/img2prompt_models/img2prompt_vqa.py. */
export const img2prompt_vqa = defineCard({
  kind: "model",
  name: "img2prompt_vqa",
  implemented: false,
  doc: "Turns an image into a prompt of captions and made-up questions, from which any language model answers (Guo et al. 2023).",
  options: {
    ...captionedQuestion,
    // LAVIS's own file misspells the key, so that its program cannot find the block.
    question_generation_model: block(
      {
        pretrained: checkpoint({
          doc: "Its weights: a path or a URL.",
          default: { value: questionMaker },
        }),
      },
      { doc: "The T5 that makes questions of captions." },
    ),
  },
  defaults: processedBy("blip_image_eval", "blip_image_eval", "blip_caption"),
  variants: { base: { doc: "Large BLIP models and a large T5.", options: {} } },
  tasks: ["vqa_reading_comprehension", "gqa_reading_comprehension"],
  reads: ["image", "text_input"],
});
