import type { ExamplesOf } from "../../diagnostics/example.ts";
import type { formatMessages } from "../../diagnostics/messages/formats.ts";

const files = 'annotations { train = "train.jsonl", val = "val.jsonl", test = "test.jsonl" }';

/** LV22xx: datasets of the user's own. */
export const formatExamples: ExamplesOf<typeof formatMessages> = {
  LV2201: {
    invalid: `dataset my_shop from jsonlines { ${files} }`,
    valid: `dataset my_shop from jsonl { ${files} }`,
    given: { name: "jsonlines" },
  },
  LV2202: {
    invalid: `dataset coco_caption from jsonl { ${files} }`,
    valid: `dataset my_captions from jsonl { ${files} }`,
    given: { name: "coco_caption" },
  },
  LV2203: {
    invalid: "model blip_caption.tiny from jsonl",
    valid: "model blip_caption.tiny",
    given: { section: "model", format: "jsonl" },
  },
};
