/** What hover and completion say about the language itself: its words, its sections, the types of parameters. */

import type { SectionKind } from "../catalog/index.ts";

export interface WordHelp {
  readonly doc: string;
  /** With tab stops, for clients that know snippets. */
  readonly snippet: string;
}

/** The words that a declaration of a file starts with. */
export const declarationWords: Readonly<Record<string, WordHelp>> = {
  lavis: { doc: "The version of the language that the file is written in: `lavis 1`.", snippet: "lavis 1" },
  import: {
    doc: "Takes names from another recipe file. The path is relative to this file.",
    snippet: 'import { $2 } from "$1"',
  },
  param: {
    doc: "A value that can be given on the command line (`-p name=value`) and to the emitted program (`--name value`).",
    snippet: "param $1: $2 = $0",
  },
  let: { doc: "A name for a value.", snippet: "let $1 = $0" },
  secret: {
    doc: "A value that is read from the environment at run time and never written to the output.",
    snippet: 'secret $1 = env("$0")',
  },
  fragment: {
    doc: "Keys and sections that recipes splice in with `use`.",
    snippet: "fragment $1 for $2 {\n\t$0\n}",
  },
  recipe: {
    doc: "A training or an evaluation: a task, a model, datasets, a schedule, an optimizer and the run.",
    snippet:
      "recipe $1 {\n\ttask $2\n\n\tmodel $3\n\n\tdataset $4\n\n\tschedule linear_warmup_cosine_lr {\n\t\tmax_epoch = $5\n\t}\n\n\trun {\n\t\t$0\n\t}\n}",
  },
};

/** The words that an item of a block starts with. */
export const itemWords: Readonly<Record<string, WordHelp>> = {
  use: { doc: "Splices a fragment in where it stands.", snippet: "use $0" },
  remove: { doc: "Takes out a section or a key of the recipe that this one extends.", snippet: "remove $0" },
};

/** The words that go on with a declaration or a section. */
export const joiningWords: Readonly<Record<string, string>> = {
  extends: "The recipe that this one takes everything from that it does not say itself.",
  for: "The kind of section, or the key, that the fragment can be spliced into.",
  from: "Where it comes from: a file, or the format of data of your own.",
};

export const wordDoc = (word: string): string | undefined =>
  declarationWords[word]?.doc ?? itemWords[word]?.doc ?? joiningWords[word];

/** The sections of a recipe. */
export const sectionDocs: Readonly<Record<SectionKind, string>> = {
  task: "What is learnt and how it is scored; `select` picks the metric of the best checkpoint.",
  model: "The architecture and its variant: `model blip_caption.base_coco`.",
  dataset: "The data, one section for each dataset, with the processors of its images and texts.",
  schedule: "The learning rate over the training, and how long the training is.",
  optimizer: "How gradients become steps; `adamw` when it is left out.",
  run: "Batches, splits, device, output: everything about the run itself.",
};

/** The declaration of a processor of the user's own in a recipe. */
export const ownProcessorDoc =
  'A processor of your own, from a TypeScript file: `vis_processor square from "./square.ts"`. Datasets name it where they prepare their data; options in braces here hold for each use.';

/** Whether there is one such section in a recipe; datasets may be several. */
export const isSingleSection = (kind: SectionKind): boolean => kind !== "dataset";

/** Sections whose name is not asked for. */
export const hasNoLabel = (kind: SectionKind): boolean => kind === "run";

/** The functions of values. */
export const functionDocs: Readonly<Record<string, WordHelp>> = {
  env: {
    doc: 'An environment variable, with a default: `env("NAME", "default")`. Only in `param` and `secret`.',
    snippet: 'env("$1")',
  },
  file: { doc: "A path relative to this file.", snippet: 'file("$1")' },
};
