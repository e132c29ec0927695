import { defineCard, string } from "../../card.ts";
import { processedBy } from "../options/defaults.card.ts";
import { lavisWeights } from "../options/weights.card.ts";
import { blip2Encoders, blip2PatchSize, instructionOptions } from "./blip2-options.card.ts";

/** LAVIS models/blip2_models/blip2_vicuna_instruct.py. */
export const blip2_vicuna_instruct = defineCard({
  kind: "model",
  name: "blip2_vicuna_instruct",
  implemented: false,
  doc: "InstructBLIP with Vicuna: the Q-Former reads the instruction as well, and looks for what is asked (Dai et al. 2023).",
  options: {
    ...blip2Encoders,
    llm_model: string({
      doc: "The language model: a folder that holds Vicuna, whose weights everybody must obtain for themselves.",
      default: { value: "llm/vicuna-7b" },
    }),
    ...instructionOptions,
  },
  patchSize: blip2PatchSize,
  defaults: processedBy("blip2_image_train", "blip_image_eval", "blip_caption"),
  variants: {
    vicuna7b: {
      doc: "Vicuna of 7 billion parameters.",
      options: {
        load_finetuned: false,
        pretrained: lavisWeights("InstructBLIP/instruct_blip_vicuna7b_trimmed.pth"),
      },
    },
    vicuna13b: {
      doc: "Vicuna of 13 billion parameters.",
      options: {
        llm_model: "llm/vicuna-13b",
        load_finetuned: false,
        pretrained: lavisWeights("InstructBLIP/instruct_blip_vicuna13b_trimmed.pth"),
      },
    },
  },
  tasks: ["captioning", "vqa", "gqa", "aok_vqa", "multimodal_classification"],
  reads: [["image", "video"], "text_input", "text_output"],
});
