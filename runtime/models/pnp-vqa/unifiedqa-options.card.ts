import { string } from "../../card.ts";

/** The language model that answers from captions. */
export const unifiedQaOptions = {
  pretrained: string({
    doc: "The language model: UnifiedQA's name, which says its size, or a folder that holds it.",
    default: { value: "allenai/unifiedqa-v2-t5-base-1363200" },
  }),
} as const;
