import { count, defineCard, ratio, string } from "../../card.ts";
import { blipProcessors } from "../options/defaults.card.ts";
import { lavisWeights } from "../options/weights.card.ts";
import { blip2Encoders, blip2PatchSize, instructionOptions } from "./blip2-options.card.ts";

/** LAVIS models/blip2_models/blip2_t5_instruct.py. */
export const blip2_t5_instruct = defineCard({
  kind: "model",
  name: "blip2_t5_instruct",
  implemented: false,
  doc: "InstructBLIP with Flan-T5: the Q-Former reads the instruction as well, and looks for what is asked (Dai et al. 2023).",
  options: {
    ...blip2Encoders,
    t5_model: string({
      doc: "The language model: Flan-T5's name, or a folder that holds it.",
      default: { value: "google/flan-t5-xl" },
    }),
    ...instructionOptions,
    num_few_shot_examples: count({
      doc: "Examples that may stand before the instruction.",
      default: { value: 0 },
    }),
    few_shot_prob: ratio({
      doc: "Chance that examples stand before an instruction in training.",
      default: { value: 0 },
    }),
  },
  patchSize: blip2PatchSize,
  defaults: blipProcessors("blip_caption"),
  variants: {
    flant5xl: {
      doc: "Flan-T5 of 3 billion parameters.",
      options: {
        load_finetuned: false,
        pretrained: lavisWeights("InstructBLIP/instruct_blip_flanxl_trimmed.pth"),
      },
    },
    flant5xxl: {
      doc: "Flan-T5 of 11 billion parameters.",
      options: {
        t5_model: "google/flan-t5-xxl",
        load_finetuned: false,
        pretrained: lavisWeights("InstructBLIP/instruct_blip_flanxxl_trimmed.pth"),
      },
    },
  },
  tasks: ["captioning", "vqa", "gqa", "aok_vqa", "multimodal_classification"],
  reads: [["image", "video"], "text_input", "text_output"],
});
