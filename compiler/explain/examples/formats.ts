import type { Example } from "../../diagnostics/example.ts";
import type { formatMessages } from "../../diagnostics/messages/formats.ts";

/** LV22xx: datasets of the user's own. */
export const formatExamples: Readonly<Record<keyof typeof formatMessages, Example>> = {
  LV2201: {
    invalid: 'dataset my_shop from jsonlines { annotations { train = "train.jsonl" } }',
    valid: 'dataset my_shop from jsonl { annotations { train = "train.jsonl" } }',
  },
  LV2202: {
    invalid: 'dataset coco_caption from karpathy { annotations { train = "mine.json" } }',
    valid: 'dataset my_captions from karpathy { annotations { train = "mine.json" } }',
  },
  LV2203: {
    invalid: "model blip_caption.tiny from jsonl",
    valid: "model blip_caption.tiny",
  },
};
