import { bool } from "../card.ts";
import { ratio } from "../datasets/options/dataset.card.ts";
import { processorOptions } from "../datasets/options/processors.card.ts";
import { weightOptions } from "../models/options/weights.card.ts";

/** The options that every component of a user's own has beside those of its file, because a run reads them. */
export const ownOptions = {
  task: {},
  model: {
    ...weightOptions,
    // Nobody publishes weights of it.
    load_pretrained: bool({ doc: weightOptions.load_pretrained.doc, default: { value: false } }),
  },
  dataset: {
    vis_processor: processorOptions.vis_processor,
    text_processor: processorOptions.text_processor,
    ratio,
  },
  vis_processor: {},
  text_processor: {},
} as const;

/** The kinds of component that can be a user's own. */
export type OwnKind = keyof typeof ownOptions;
