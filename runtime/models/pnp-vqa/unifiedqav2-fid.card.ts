import { defineCard } from "../../card.ts";
import { unifiedQaOptions } from "./unifiedqa-options.card.ts";

/** LAVIS models/pnp_vqa_models/pnp_unifiedqav2_fid.py, which has no variants of its own: these are those of `pnp_vqa`. */
export const pnp_unifiedqav2_fid = defineCard({
  kind: "model",
  name: "pnp_unifiedqav2_fid",
  implemented: false,
  doc: "UnifiedQA with fusion in the decoder: reads captions apart and answers from all of them; a part of `pnp_vqa` (Tiong et al. 2022).",
  options: unifiedQaOptions,
  variants: {
    base: { doc: "220 million parameters.", options: {} },
    large: {
      doc: "770 million parameters.",
      options: { pretrained: "allenai/unifiedqa-v2-t5-large-1363200" },
    },
    unifiedqa_3b: {
      doc: "3 billion parameters.",
      lavisName: "3b",
      options: { pretrained: "allenai/unifiedqa-v2-t5-3b-1363200" },
    },
  },
  tasks: [],
  reads: ["text_input"],
});
